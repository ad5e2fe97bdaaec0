//! Signed metadata: the claims, each by its own rule and all at once.

use safire_protocol::fault::Diagnose;
use safire_protocol::udap::SignedMetadataPolicy;
use safire_protocol::udap::SignedMetadataRule as Rule;
use safire_protocol::udap::UdapDiscoveryError;
use safire_protocol::udap::UdapLocation;
use safire_protocol::url::FhirBase;
use safire_protocol::url::LoopbackHttp;
use safire_protocol::url::UrlPolicy;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::BASE;
use super::NOW;
use super::answer;
use super::policy;
use super::read;
use super::read_at;
use super::world::World;
use super::world::jws;
use super::world::uri;
use super::world::x5c;
use rcgen::CertificateParams;
use rcgen::SanType;
use safire_protocol::jose::Algorithm;
use safire_protocol::udap::SignedMetadata;

fn check(world: &World, claims: &Map<String, Value>) -> Result<SignedMetadata, UdapDiscoveryError> {
    read(&world.document_with(world.signed(claims))).signed_metadata(&policy(), NOW)
}

fn rules(error: &UdapDiscoveryError) -> Vec<Rule> {
    error.violations().iter().map(|violation| violation.rule).collect()
}

/// The rules that good claims break with this one changed; `None` leaves it out.
fn with(claim: &str, value: Option<Value>) -> Vec<Rule> {
    let world = World::new(BASE);
    let mut claims = world.claims();
    match value {
        Some(value) => claims.insert(claim.to_owned(), value),
        None => claims.shift_remove(claim),
    };
    match check(&world, &claims) {
        Ok(_) => Vec::new(),
        Err(error) => {
            assert!(error.hint().is_some() && error.to_string().contains("signed_metadata"), "{error}");
            rules(&error)
        }
    }
}

/// The outcome for a leaf certificate that is issued otherwise.
fn with_leaf(base: &str, change: impl FnOnce(&mut CertificateParams)) -> Vec<Rule> {
    let world = World::new(base);
    let mut params = world.server_params();
    change(&mut params);
    let header = json!({"alg": "RS256", "x5c": x5c(&[world.server_leaf(&params), world.sub.der.clone()])});
    let signed = jws(&world.server_key, Algorithm::Rs256, &header, &Value::Object(world.claims()));
    let outcome = read_at(base, &world.document_with(signed)).unwrap().signed_metadata(&policy(), NOW);
    outcome.err().map(|error| rules(&error)).unwrap_or_default()
}

#[test]
fn z_20_z_22_tc_133_iss_is_a_uri_name_of_the_leaf_and_the_base() {
    for iss in [None, Some(json!("")), Some(json!(" ")), Some(json!(7)), Some(json!(null))] {
        let broken = with("iss", iss.clone());
        assert!(broken.contains(&Rule::IssuerInCertificate), "{iss:?}: {broken:?}");
    }
    let other = with("iss", Some(json!("https://other.example.com/r4")));
    assert_eq!(other, [Rule::IssuerInCertificate, Rule::IssuerIsBase, Rule::Subject]);
    for near in
        ["https://fhir.example.com/R4", "https://FHIR.example.com/r4", "https://fhir.example.com:443/r4"]
    {
        let broken = with("iss", Some(json!(near)));
        assert!(
            broken.contains(&Rule::IssuerInCertificate) && broken.contains(&Rule::IssuerIsBase),
            "{near}"
        );
    }
}

#[test]
fn z_20_tc_133_a_certificate_of_another_server_is_refused() {
    let broken =
        with_leaf(BASE, |params| params.subject_alt_names = vec![uri("https://other.example.com/r4")]);
    assert_eq!(broken, [Rule::IssuerInCertificate]);
    let broken = with_leaf(BASE, |params| params.subject_alt_names = Vec::new());
    assert_eq!(broken, [Rule::IssuerInCertificate]);
    let several =
        |params: &mut CertificateParams| params.subject_alt_names.insert(0, uri("https://a.example/"));
    assert_eq!(with_leaf(BASE, several), [], "any of its URI names will do");
}

#[test]
fn z_21_td_15_names_of_other_kinds_never_are_uri_names() {
    let dns = |text: &str| SanType::DnsName(text.try_into().unwrap());
    let mail = |text: &str| SanType::Rfc822Name(text.try_into().unwrap());
    for name in [
        dns(&format!("x.example.com, URI:{BASE}")),
        dns("fhir.example.com"),
        dns(BASE),
        mail(&format!("a,{BASE}")),
        mail(&format!("a, URI:{BASE}")),
    ] {
        let broken = with_leaf(BASE, |params| params.subject_alt_names = vec![name.clone()]);
        assert_eq!(broken, [Rule::IssuerInCertificate], "{name:?}");
    }
}

#[test]
fn z_21_td_16_a_uri_name_with_a_comma_is_compared_whole() {
    let base = "https://fhir.example.com/r4,v2";
    assert_eq!(with_leaf(base, |_| {}), []);
    let broken =
        with_leaf(base, |params| params.subject_alt_names = vec![uri("https://fhir.example.com/r4")]);
    assert_eq!(broken, [Rule::IssuerInCertificate]);
}

#[test]
fn z_22_iss_is_the_base_that_was_asked() {
    let world = World::new(BASE);
    let document = world.document();
    let untrusted = read_at("https://fhir.example.com/r5", &document).unwrap();
    let error = untrusted.signed_metadata(&policy(), NOW).unwrap_err();
    assert_eq!(rules(&error), [Rule::IssuerIsBase]);
    assert!(error.to_string().contains("https://fhir.example.com/r5"), "{error}");
}

#[test]
fn z_22_t25_i_the_slash_after_the_host_is_forgiven_on_either_side() {
    let (without, with) = ("https://h.example.com", "https://h.example.com/");
    for (signed, asked) in [(without, with), (with, without)] {
        let document = World::new(signed).document();
        let checked = read_at(asked, &document).unwrap().signed_metadata(&policy(), NOW);
        assert!(checked.is_ok(), "signed {signed}, asked {asked}: {:?}", checked.err());
    }
    // The certificate names the one, the claims the other.
    let world = World::new(without);
    let mut claims = world.claims();
    claims.insert("iss".to_owned(), json!(with));
    claims.insert("sub".to_owned(), json!(with));
    let document = world.document_with(world.signed(&claims));
    assert!(read_at(without, &document).unwrap().signed_metadata(&policy(), NOW).is_ok());
    for (signed, asked) in [(BASE.to_owned(), format!("{BASE}/")), (format!("{BASE}/"), BASE.to_owned())] {
        let document = World::new(&signed).document();
        let error = read_at(&asked, &document).unwrap().signed_metadata(&policy(), NOW).unwrap_err();
        assert_eq!(rules(&error), [Rule::IssuerIsBase], "signed {signed}, asked {asked}");
    }
}

#[test]
fn z_23_tc_133_sub_is_iss() {
    for sub in [None, Some(json!("https://fhir.example.com/r4/")), Some(json!(null)), Some(json!([BASE]))] {
        assert_eq!(with("sub", sub), [Rule::Subject]);
    }
}

#[test]
fn z_24_tc_133_iat_is_a_whole_number_and_not_in_the_future() {
    let now = NOW.as_seconds();
    for iat in [None, Some(json!("1790000000")), Some(json!(null)), Some(json!(1_789_999_000.5))] {
        assert_eq!(with("iat", iat.clone()), [Rule::IssuedAt], "{iat:?}");
    }
    assert_eq!(with("iat", Some(json!(now + 60))), [], "clocks may differ by a minute");
    assert_eq!(with("iat", Some(json!(now + 61))), [Rule::IssuedAt]);
}

#[test]
fn z_25_tc_133_exp_is_in_the_future_and_a_year_after_iat_at_most() {
    let now = NOW.as_seconds();
    for exp in [
        None,
        Some(json!("1790003600")),
        Some(json!(1_790_003_600.5)),
        Some(json!(now)),
        Some(json!(now - 1)),
    ] {
        assert_eq!(with("exp", exp.clone()), [Rule::Expiry], "{exp:?}");
    }
    assert_eq!(with("exp", Some(json!(now + 1))), [], "no leeway, and none is needed");
    let year = 365 * 24 * 3600;
    assert_eq!(with("exp", Some(json!(now - 60 + year))), [], "exactly a year");
    assert_eq!(with("exp", Some(json!(now - 60 + year + 1))), [Rule::Expiry]);
    assert_eq!(with("exp", Some(json!(i64::MAX))), [Rule::Expiry]);
}

#[test]
fn z_08_nbf_has_passed_where_it_is_there() {
    let now = NOW.as_seconds();
    assert_eq!(with("nbf", Some(json!(now))), []);
    assert_eq!(with("nbf", Some(json!(now + 60))), [], "clocks may differ by a minute");
    for nbf in [json!(now + 61), json!("soon"), json!(null), json!(1.5)] {
        assert_eq!(with("nbf", Some(nbf.clone())), [Rule::NotBefore], "{nbf}");
    }
}

#[test]
fn z_26_tc_133_jti_is_a_string_with_something_in_it() {
    for jti in [None, Some(json!("")), Some(json!("  ")), Some(json!(12)), Some(json!(null))] {
        assert_eq!(with("jti", jti), [Rule::JwtId]);
    }
}

#[test]
fn z_27_tc_133_token_and_registration_endpoint_are_signed() {
    for member in ["token_endpoint", "registration_endpoint"] {
        assert_eq!(with(member, None), [Rule::EndpointSigned]);
    }
}

#[test]
fn z_28_tc_133_an_authorization_endpoint_that_is_only_unsigned_is_refused() {
    let world = World::new(BASE);
    let mut claims = world.claims();
    claims.shift_remove("authorization_endpoint");
    assert_eq!(rules(&check(&world, &claims).unwrap_err()), [Rule::EndpointSigned]);
    for nothing in [json!(null), json!(""), json!("  ")] {
        let mut document = world.document_with(world.signed(&claims));
        document.insert("authorization_endpoint".to_owned(), nothing);
        assert!(read(&document).signed_metadata(&policy(), NOW).is_ok());
    }
}

#[test]
fn z_29_tc_133_each_signed_endpoint_is_an_https_url() {
    for member in ["token_endpoint", "registration_endpoint", "authorization_endpoint"] {
        for url in [
            json!(null),
            json!(""),
            json!("  "),
            json!("/token"),
            json!("token"),
            json!("http://fhir.example.com/t"),
            json!(7),
        ] {
            assert_eq!(with(member, Some(url.clone())), [Rule::EndpointUrl], "{member} {url}");
        }
        assert_eq!(with(member, Some(json!("http://127.0.0.1/t"))), [Rule::EndpointUrl], "without the flag");
    }
    let world = World::new(BASE);
    let mut claims = world.claims();
    claims.insert("token_endpoint".to_owned(), json!("http://127.0.0.1/t"));
    let loopback = SignedMetadataPolicy::new(UrlPolicy::new(LoopbackHttp::Allowed));
    let untrusted = read(&world.document_with(world.signed(&claims)));
    assert!(untrusted.signed_metadata(&loopback, NOW).is_ok());
}

#[test]
fn z_30_aud_says_nothing() {
    assert_eq!(with("aud", Some(json!("https://somebody.else"))), []);
}

#[test]
fn z_31_all_that_is_wrong_is_told_at_once() {
    let world = World::new(BASE);
    let error = check(&world, &Map::new()).unwrap_err();
    let expected = [
        Rule::IssuerInCertificate,
        Rule::Subject,
        Rule::IssuedAt,
        Rule::Expiry,
        Rule::JwtId,
        Rule::EndpointSigned,
        Rule::EndpointSigned,
        Rule::EndpointSigned,
    ];
    assert_eq!(rules(&error), expected);
    assert_eq!(error.code(), "udap-issuer-not-in-certificate");
}

#[test]
fn z_33_the_same_document_is_checked_again_at_another_time_and_by_another_policy() {
    let world = World::new(BASE);
    let untrusted = read(&world.document());
    let signed = untrusted.signed_metadata(&policy(), NOW).unwrap();
    assert_eq!(signed.expires_at().as_seconds(), NOW.as_seconds() + 3600);
    let later = NOW.plus_seconds(3600);
    assert_eq!(rules(&untrusted.signed_metadata(&policy(), later).unwrap_err()), [Rule::Expiry]);
    let mut world = World::new(BASE);
    world.base = "http://127.0.0.1:8080/r4".to_owned();
    let base = FhirBase::parse(&world.base, LoopbackHttp::Allowed).unwrap();
    let answered = answer(200, Value::Object(world.document()).to_string());
    let untrusted = UdapLocation::new(&base, None).accept(&base, base.as_url(), &answered).unwrap();
    let loopback = |loopback| SignedMetadataPolicy::new(UrlPolicy::new(loopback));
    assert!(untrusted.signed_metadata(&loopback(LoopbackHttp::Allowed), NOW).is_ok());
    let error = untrusted.signed_metadata(&loopback(LoopbackHttp::Refused), NOW).unwrap_err();
    assert_eq!(rules(&error), [Rule::EndpointUrl; 3]);
    let mut unsigned = World::new(BASE).document();
    unsigned.shift_remove("signed_metadata");
    assert_eq!(rules(&read(&unsigned).signed_metadata(&policy(), NOW).unwrap_err()), [Rule::Present]);
}
