//! The structure of the document: told as deviations, each by its rule.

use safire_protocol::udap::UdapLocation;
use safire_protocol::url::FhirBase;
use safire_protocol::url::LoopbackHttp;
use serde_json::Value;
use serde_json::json;

use super::BASE;
use super::answer;
use super::codes;
use super::discover;
use super::metadata;
use super::read;
use super::world::World;

/// What is told of a good document with one member changed; `None` leaves it out.
fn with(member: &str, value: Option<Value>) -> Vec<(&'static str, String)> {
    with_all(&[(member, value)])
}

fn with_all(changes: &[(&str, Option<Value>)]) -> Vec<(&'static str, String)> {
    let mut document = World::new(BASE).document();
    for (member, value) in changes {
        match value {
            Some(value) => document.insert((*member).to_owned(), value.clone()),
            None => document.shift_remove(*member),
        };
    }
    let untrusted = read(&document);
    codes(untrusted.structure()).into_iter().map(|(code, member)| (code, member.to_owned())).collect()
}

#[track_caller]
fn assert_told(member: &str, value: Option<Value>, code: &str) {
    let shown = format!("{member}: {value:?}");
    let told = with(member, value);
    assert_eq!(told, [(code, member.to_owned())] as [(&str, String); 1], "{shown}");
}

const REQUIRED: [&str; 12] = [
    "udap_versions_supported",
    "udap_profiles_supported",
    "udap_authorization_extensions_supported",
    "udap_certifications_supported",
    "grant_types_supported",
    "scopes_supported",
    "token_endpoint",
    "token_endpoint_auth_methods_supported",
    "token_endpoint_auth_signing_alg_values_supported",
    "registration_endpoint",
    "registration_endpoint_jwt_signing_alg_values_supported",
    "signed_metadata",
];

#[test]
fn a_good_document_is_told_nothing_of() {
    assert!(with_all(&[]).is_empty());
}

#[test]
fn b_01_tc_135_each_required_member_is_missed() {
    for member in REQUIRED {
        assert_told(member, None, "missing-required-member");
        assert_told(member, Some(json!(null)), "missing-required-member");
    }
    let empty = with("udap_certifications_supported", Some(json!([])));
    assert!(empty.is_empty(), "an empty list is there: {empty:?}");
}

#[test]
fn b_02_tc_135_each_array_is_a_list_of_strings() {
    let arrays = REQUIRED.iter().filter(|name| name.ends_with("_supported"));
    for member in arrays.chain(&["udap_authorization_extensions_required", "udap_certifications_required"]) {
        assert_told(member, Some(json!("scalar")), "string-for-array");
        assert_told(member, Some(json!(7)), "wrong-type");
        assert_told(member, Some(json!({})), "wrong-type");
        assert_told(member, Some(json!(["a", 7])), "wrong-element-type");
    }
}

#[test]
fn b_03_one_that_is_missing_hides_the_other_rules() {
    let told = with_all(&[("udap_versions_supported", Some(json!(["2"]))), ("signed_metadata", None)]);
    assert_eq!(told, [("missing-required-member", "signed_metadata".to_owned())]);
}

#[test]
fn b_04_tc_135_the_version_is_1_alone() {
    for versions in [json!(["2"]), json!(["1", "2"]), json!([])] {
        assert_told("udap_versions_supported", Some(versions), "udap-version");
    }
}

#[test]
fn b_05_tc_135_registration_and_authentication_are_profiles() {
    for profiles in [json!(["udap_dcr", "udap_authz"]), json!(["udap_authn", "udap_authz"])] {
        assert_told("udap_profiles_supported", Some(profiles), "udap-profile-missing");
    }
    let none = with("udap_profiles_supported", Some(json!(["udap_authz"])));
    assert_eq!(none.len(), 2, "each one that is missing is told: {none:?}");
}

#[test]
fn b_06_tc_135_the_authentication_method_is_private_key_jwt_alone() {
    for methods in [json!(["client_secret_basic"]), json!(["private_key_jwt", "none"]), json!([])] {
        assert_told("token_endpoint_auth_methods_supported", Some(methods), "udap-auth-method");
    }
}

#[test]
fn b_07_tc_135_scopes_grants_and_algorithms_are_not_empty() {
    for member in ["scopes_supported", "grant_types_supported"] {
        assert_told(member, Some(json!([])), "udap-nothing-supported");
    }
    for member in [
        "token_endpoint_auth_signing_alg_values_supported",
        "registration_endpoint_jwt_signing_alg_values_supported",
    ] {
        let told = with(member, Some(json!([])));
        assert_eq!(told[0], ("udap-nothing-supported", member.to_owned()));
    }
}

#[test]
fn b_08_tc_135_token_and_registration_endpoint_are_https_urls() {
    for member in ["token_endpoint", "registration_endpoint"] {
        assert_told(member, Some(json!("http://fhir.example.com/t")), "endpoint-not-https");
        for url in ["", "  "] {
            let told = with(member, Some(json!(url)));
            assert!(told.contains(&("endpoint-malformed", member.to_owned())), "{told:?}");
        }
        assert_told(member, Some(json!("urn:x")), "endpoint-malformed");
        assert_told(member, Some(json!("http://127.0.0.1/t")), "endpoint-not-https");
    }
    // Whose base is on loopback was allowed to be there.
    let base = "http://127.0.0.1:8080/r4";
    let location = FhirBase::parse(base, LoopbackHttp::Allowed).unwrap();
    let answered = answer(200, Value::Object(World::new(base).document()).to_string());
    let untrusted =
        UdapLocation::new(&location, None).accept(&location, location.as_url(), &answered).unwrap();
    assert!(untrusted.structure().is_empty(), "{:?}", untrusted.structure());
}

#[test]
fn b_09_tc_135_an_authorization_endpoint_is_an_https_url() {
    let member = "authorization_endpoint";
    for url in ["http://fhir.example.com/a", "http://127.0.0.1/a"] {
        assert_told(member, Some(json!(url)), "endpoint-not-https");
    }
    assert_told(member, Some(json!("urn:x")), "endpoint-malformed");
    for url in ["", "  "] {
        assert!(
            with(member, Some(json!(url))).contains(&("endpoint-malformed", member.to_owned())),
            "{url:?}"
        );
    }
    let grants = ("grant_types_supported", Some(json!(["client_credentials"])));
    let told = with_all(&[grants, (member, Some(json!(null)))]);
    assert_eq!(told, [("null-member", member.to_owned())], "it is as good as absent");
}

#[test]
fn b_10_tc_135_signed_metadata_look_like_a_compact_jws() {
    for text in ["", "a.b", "a..c", "a.b.c.d", "a.b.c=", "a b.c.d"] {
        assert_told("signed_metadata", Some(json!(text)), "udap-signed-metadata-form");
    }
}

#[test]
fn b_11_tc_135_the_code_grant_needs_an_authorization_endpoint() {
    assert_told("authorization_endpoint", None, "missing-conditional-member");
    let grants = ("grant_types_supported", Some(json!(["client_credentials"])));
    assert!(with_all(&[grants, ("authorization_endpoint", None)]).is_empty());
}

#[test]
fn b_12_tc_135_client_credentials_need_the_profile_udap_authz() {
    assert_told("udap_profiles_supported", Some(json!(["udap_dcr", "udap_authn"])), "udap-profile-missing");
    let grants = ("grant_types_supported", Some(json!(["authorization_code"])));
    let profiles = ("udap_profiles_supported", Some(json!(["udap_dcr", "udap_authn"])));
    assert!(with_all(&[grants, profiles]).is_empty());
}

#[test]
fn b_13_tc_135_refresh_needs_the_code_grant() {
    let grants = json!(["client_credentials", "refresh_token"]);
    assert_told("grant_types_supported", Some(grants), "udap-refresh-without-code");
}

#[test]
fn b_14_tc_135_extensions_required_are_there_and_a_subset() {
    let member = "udap_authorization_extensions_required";
    assert_told(member, None, "missing-conditional-member");
    assert_told(member, Some(json!(["hl7-b2b", "other"])), "udap-required-not-supported");
    assert!(with(member, Some(json!([]))).is_empty());
}

#[test]
fn b_15_tc_135_certifications_required_are_there_and_a_subset() {
    let member = "udap_certifications_required";
    let supported = ("udap_certifications_supported", Some(json!(["https://c.example/1"])));
    let told = with_all(&[supported.clone(), (member, None)]);
    assert_eq!(told, [("missing-conditional-member", member.to_owned())]);
    let told = with_all(&[supported, (member, Some(json!(["https://c.example/2"])))]);
    assert_eq!(told, [("udap-required-not-supported", member.to_owned())]);
}

#[test]
fn b_16_b_17_b_18_what_is_supported_is_told_by_the_lists() {
    let world = World::new(BASE);
    let found = metadata(&world);
    assert!(found.supports_dynamic_registration() && found.supports_jwt_authentication());
    assert!(found.supports_client_authorization() && found.supports_tiered_oauth());
    assert!(found.supports_authorization_code() && found.supports_refresh());
    let mut document = world.document();
    document.insert("udap_profiles_supported".to_owned(), json!("udap_dcr udap_authn udap_authz udap_to"));
    document.insert("grant_types_supported".to_owned(), json!(["authorization_codes"]));
    let found = discover(&document, &world.community()).unwrap();
    assert!(!found.supports_dynamic_registration() && !found.supports_jwt_authentication());
    assert!(!found.supports_client_authorization() && !found.supports_tiered_oauth());
    assert!(!found.supports_authorization_code() && !found.supports_refresh());
}

#[test]
fn b_19_rs256_and_hl7_b2b_are_missed_where_the_guide_has_them() {
    let algorithms = "token_endpoint_auth_signing_alg_values_supported";
    assert_told(algorithms, Some(json!(["ES384"])), "udap-rs256-missing");
    let told = with_all(&[
        ("udap_authorization_extensions_supported", Some(json!([]))),
        ("udap_authorization_extensions_required", Some(json!([]))),
    ]);
    assert_eq!(told, [("udap-b2b-missing", "udap_authorization_extensions_supported".to_owned())]);
}
