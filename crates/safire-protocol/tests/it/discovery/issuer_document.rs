//! The issuer's own document, for a server that names its issuer and no keys.

use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::url::LoopbackHttp;
use safire_protocol::url::UrlPolicy;
use serde_json::json;

use super::base;
use super::conformant_but;
use super::profile;

fn location(issuer: &str, policy: &UrlPolicy) -> Result<String, &'static str> {
    let profile = profile(&conformant_but(&json!({"issuer": issuer})));
    let location = profile.issuer_location(&base(), policy);
    location.map(|location| location.url.into()).map_err(|error| error.code())
}

#[test]
fn the_well_known_part_is_appended_to_the_issuer() {
    let policy = UrlPolicy::new(LoopbackHttp::Refused);
    for (issuer, expected) in [
        ("https://auth.example.com", "https://auth.example.com/.well-known/openid-configuration"),
        ("https://auth.example.com/t/7/", "https://auth.example.com/t/7/.well-known/openid-configuration"),
    ] {
        assert_eq!(location(issuer, &policy).as_deref(), Ok(expected));
    }
}

#[test]
fn an_issuer_that_may_not_be_asked_is_refused() {
    let policy = UrlPolicy::new(LoopbackHttp::Refused);
    for issuer in [
        "http://auth.example.com",
        "https://auth.example.com?tenant=7",
        "https://auth.example.com#x",
        "https://user@auth.example.com",
        "urn:issuer:7",
    ] {
        assert_eq!(location(issuer, &policy), Err("endpoint-refused"), "{issuer}");
    }
    let pinned = policy.with_auth_hosts(["auth.example.com".to_owned()]);
    assert_eq!(location("https://other.example.com", &pinned), Err("endpoint-refused"));
    let nameless = profile(&conformant_but(&json!({"issuer": null})));
    assert_eq!(nameless.issuer_location(&base(), &pinned).unwrap_err().code(), "missing-endpoint");
}

#[test]
fn the_document_must_be_of_the_same_issuer_byte_for_byte() {
    let of = |issuer: &str| profile(&conformant_but(&json!({"issuer": issuer})));
    let server = of("https://auth.example.com");
    server.check_issuer_of(&of("https://auth.example.com")).unwrap();
    for other in ["https://auth.example.com/", "https://AUTH.example.com", "https://evil.example.com"] {
        let error = server.check_issuer_of(&of(other)).unwrap_err();
        assert_eq!((error.code(), error.fault()), ("discovery-other-issuer", Fault::Trust));
        assert!(error.to_string().contains(other), "{error}");
    }
}
