//! The answer of the metadata endpoint, and what becomes of a good one.

use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::server_profile::ProfileSource;
use safire_protocol::udap::CommunityUri;
use safire_protocol::udap::UdapDiscoveryError;
use safire_protocol::udap::UdapLocation;
use serde_json::Value;
use serde_json::json;

use super::BASE;
use super::answer;
use super::base_of;
use super::codes;
use super::discover;
use super::discover_at;
use super::metadata;
use super::read;
use super::world::World;

fn failure(community: Option<&str>, status: u16, body: &str) -> UdapDiscoveryError {
    let base = base_of(BASE);
    let community = CommunityUri::parse_optional(community).unwrap();
    let location = UdapLocation::new(&base, community);
    location.accept(&base, location.url(), &answer(status, body.to_owned())).unwrap_err()
}

#[test]
fn u_06_tc_127_a_204_says_that_no_workflow_is_offered_and_names_the_community() {
    let error = failure(Some("https://udap.example.org/c1"), 204, "not read at all");
    assert_eq!((error.code(), error.status()), ("udap-no-workflow", Some(204)));
    assert!(error.to_string().contains("https://udap.example.org/c1"), "{error}");
    let error = failure(None, 204, "");
    assert_eq!((error.code(), error.status()), ("udap-no-workflow", Some(204)));
    assert!(!error.to_string().contains("community"), "{error}");
}

#[test]
fn u_07_tc_128_a_404_says_that_udap_is_not_supported() {
    let error = failure(None, 404, "{}");
    assert_eq!((error.code(), error.status()), ("udap-not-supported", Some(404)));
    assert!(error.to_string().contains("UDAP"), "{error}");
    for (status, code) in
        [(401, "discovery-forbidden"), (500, "discovery-status"), (302, "discovery-redirect")]
    {
        let error = failure(Some("urn:c"), status, "{}");
        assert_eq!((error.code(), error.status()), (code, Some(status)));
        assert!(
            error.to_string().starts_with("UDAP discovery") && error.to_string().contains("urn:c"),
            "{error}"
        );
    }
}

#[test]
fn u_08_u_09_td_05_a_body_that_is_no_object_ends_before_any_signature() {
    for body in ["", "[]", "null", "\"text\"", "{oops", "{} trailing"] {
        let error = failure(None, 200, body);
        assert_eq!((error.code(), error.fault()), ("discovery-unusable", Fault::Server), "{body}");
    }
    assert_eq!(failure(None, 200, "{}").code(), "discovery-no-endpoints");
}

#[test]
fn u_08_json_is_read_whatever_its_content_type() {
    let (world, base) = (World::new(BASE), base_of(BASE));
    let location = UdapLocation::new(&base, None);
    let mut response = answer(200, Value::Object(world.document()).to_string());
    response.headers_mut().insert("content-type", "text/plain".parse().unwrap());
    let untrusted = location.accept(&base, location.url(), &response).unwrap();
    assert!(untrusted.signed_metadata(&super::policy(), super::NOW).is_ok());
}

#[test]
fn u_10_u_12_unsigned_metadata_are_refused_with_the_reason() {
    let world = World::new(BASE);
    let mut document = world.document();
    document.shift_remove("signed_metadata");
    let error = discover(&document, &world.community()).unwrap_err();
    assert_eq!((error.code(), error.fault()), ("udap-signed-metadata-missing", Fault::Trust));
    assert!(error.to_string().contains("signed_metadata"), "{error}");
}

#[test]
fn u_13_tc_121_signed_endpoints_replace_unsigned_ones() {
    let found = metadata(&World::new(BASE));
    let profile = &found.profile;
    assert_eq!(profile.token_endpoint.as_deref(), Some("https://fhir.example.com/token"));
    assert_eq!(profile.registration_endpoint.as_deref(), Some("https://fhir.example.com/register"));
    assert_eq!(profile.authorization_endpoint.as_deref(), Some("https://fhir.example.com/authorize"));
    assert_eq!(profile.raw["token_endpoint"], "https://fhir.example.com/token");
    assert_eq!((profile.source, found.issuer.as_str()), (ProfileSource::Udap, BASE));
    assert!(codes(&profile.deviations).contains(&("udap-signed-value-differs", "token_endpoint")));
}

#[test]
fn u_13_z_32_without_a_signed_authorization_endpoint_there_is_none() {
    let world = World::new(BASE);
    let mut claims = world.claims();
    claims.shift_remove("authorization_endpoint");
    let mut document = world.document_with(world.signed(&claims));
    document.shift_remove("authorization_endpoint");
    let found = discover(&document, &world.community()).unwrap();
    assert_eq!(found.profile.authorization_endpoint, None);
    let endpoint = |name: &str| found.profile.raw[name].as_str().map(str::to_owned);
    assert_eq!(endpoint("token_endpoint"), found.profile.token_endpoint);
    assert_eq!(endpoint("registration_endpoint"), found.profile.registration_endpoint);
}

#[test]
fn u_14_z_32_every_signed_value_takes_precedence_and_no_claim_of_the_jwt_leaks_in() {
    let world = World::new(BASE);
    let mut claims = world.claims();
    claims.insert("scopes_supported".to_owned(), json!(["system/Patient.rs"]));
    claims.insert("grant_types_supported".to_owned(), json!(["client_credentials"]));
    claims.insert("udap_authorization_extensions_required".to_owned(), json!(["hl7-b2b", "tefca_ias"]));
    let found = discover(&world.document_with(world.signed(&claims)), &world.community()).unwrap();
    assert_eq!(found.profile.scopes_supported().unwrap(), ["system/Patient.rs"]);
    assert_eq!(found.profile.grant_types_supported.as_deref().unwrap(), ["client_credentials"]);
    assert_eq!(found.extensions_required, ["hl7-b2b", "tefca_ias"]);
    for claim in ["iss", "sub", "exp", "iat", "jti"] {
        assert!(!found.profile.raw.contains_key(claim), "{claim}");
    }
    assert_eq!(found.profile.issuer, None, "the issuer of id tokens is another thing");
}

#[test]
fn u_15_structure_does_not_fail_discovery() {
    let world = World::new(BASE);
    let mut document = world.document();
    document.shift_remove("udap_versions_supported");
    document.insert("scopes_supported".to_owned(), json!("openid"));
    let found = discover(&document, &world.community()).unwrap();
    assert!(codes(&found.structure).contains(&("missing-required-member", "udap_versions_supported")));
    let all = codes(&found.profile.deviations);
    assert_eq!(all.iter().filter(|d| **d == ("string-for-array", "scopes_supported")).count(), 1, "{all:?}");
}

#[test]
fn u_21_discovery_needs_no_key_and_no_certificate_of_the_client() {
    let base = base_of(BASE);
    let request = UdapLocation::new(&base, None).request();
    assert_eq!(request.method(), "GET");
    assert_eq!(request.headers().keys().map(ToString::to_string).collect::<Vec<_>>(), ["accept"]);
}

#[test]
fn u_22_the_default_answer_to_another_community_counts_if_it_is_trusted() {
    let (world, other) = (World::new(BASE), World::new(BASE));
    assert!(discover(&world.document(), &world.community()).is_ok());
    let error = discover(&world.document(), &other.community()).unwrap_err();
    assert_eq!(error.fault(), Fault::Trust);
    assert!(error.code().starts_with("trust-"), "{}", error.code());
}

#[test]
fn t25_i_tc_134_only_the_slash_after_the_host_is_forgiven_and_it_is_reported() {
    let root = World::new("https://fhir.example.com");
    let found = discover_at("https://fhir.example.com/", &root.document(), &root.community()).unwrap();
    assert!(codes(&found.profile.deviations).contains(&("udap-root-slash", "iss")));
    let found = discover_at("https://fhir.example.com", &root.document(), &root.community()).unwrap();
    assert!(!codes(&found.profile.deviations).contains(&("udap-root-slash", "iss")));
    let path = World::new(BASE);
    let error = discover_at("https://fhir.example.com/r4/", &path.document(), &path.community()).unwrap_err();
    assert_eq!(error.code(), "udap-issuer-not-base");
}

#[test]
fn a_trusted_path_of_another_certificate_does_not_count() {
    let (world, other) = (World::new(BASE), World::new(BASE));
    let trust = metadata(&other).trust;
    let untrusted = read(&world.document());
    let signed = untrusted.signed_metadata(&super::policy(), super::NOW).unwrap();
    assert_eq!(untrusted.trusted(&signed, trust).unwrap_err().code(), "udap-other-chain");
}
