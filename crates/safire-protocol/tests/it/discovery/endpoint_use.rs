//! A document stays readable; an unsafe endpoint is refused when it is used.

use safire_protocol::discovery::DiscoveryError;
use safire_protocol::discovery::EndpointKind;
use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::url::LoopbackHttp;
use safire_protocol::url::UrlError;
use safire_protocol::url::UrlPolicy;
use serde_json::json;

use super::base;
use super::conformant;
use super::conformant_but;
use super::profile;

fn used(endpoint: &str, policy: &UrlPolicy) -> Result<String, DiscoveryError> {
    let found = profile(&conformant_but(&json!({"token_endpoint": endpoint})));
    found.endpoint(EndpointKind::Token, &base(), policy).map(String::from)
}

#[test]
fn tc_049_a_missing_token_endpoint_is_named_with_its_document() {
    let found = profile(&conformant_but(&json!({"token_endpoint": null})));
    let error = found.endpoint(EndpointKind::Token, &base(), &UrlPolicy::default()).unwrap_err();
    assert_eq!(error.code(), "missing-endpoint");
    assert_eq!(error.fault(), Fault::Server);
    assert_eq!(
        error.to_string(),
        "`token_endpoint` is missing from the discovery document \
         https://fhir.example.com/r4/.well-known/smart-configuration"
    );
}

#[test]
fn m_20_a_missing_registration_endpoint_says_what_to_do_next() {
    let found = profile(&conformant());
    let error = found.endpoint(EndpointKind::Registration, &base(), &UrlPolicy::default()).unwrap_err();
    let hint = error.hint().unwrap();
    assert!(hint.contains("--registration-endpoint") && hint.contains("portal"), "{hint}");
}

#[test]
fn tc_048_endpoints_come_from_the_document() {
    let found = profile(&conformant());
    for kind in [EndpointKind::Authorization, EndpointKind::Token, EndpointKind::Jwks] {
        let url = found.endpoint(kind, &base(), &UrlPolicy::default()).unwrap();
        assert_eq!(Some(url.as_str()), kind.of(&found));
    }
}

#[test]
fn td_07_an_http_token_endpoint_is_refused() {
    let error = used("http://fhir.example.com/token", &UrlPolicy::default()).unwrap_err();
    assert!(matches!(&error, DiscoveryError::EndpointRefused { reason: UrlError::NotHttps { .. }, .. }));
    assert_eq!(error.code(), "endpoint-refused");
    assert_eq!(error.fault(), Fault::Server);
    assert!(error.to_string().contains("`token_endpoint` is not https"), "{error}");
}

#[test]
fn td_08_http_and_script_authorization_endpoints_are_refused() {
    for endpoint in
        ["http://fhir.example.com/authorize", "javascript:alert(1)", "data:text/html,x", "file:///x"]
    {
        let found = profile(&conformant_but(&json!({"authorization_endpoint": endpoint})));
        assert_eq!(found.authorization_endpoint.as_deref(), Some(endpoint));
        let error = found.endpoint(EndpointKind::Authorization, &base(), &UrlPolicy::default()).unwrap_err();
        assert!(matches!(error, DiscoveryError::EndpointRefused { member: "authorization_endpoint", .. }));
        assert!(error.hint().is_some());
    }
}

#[test]
fn http_on_loopback_is_used_only_where_allowed() {
    let endpoint = "http://127.0.0.1:8080/token";
    assert!(used(endpoint, &UrlPolicy::default()).is_err());
    assert_eq!(used(endpoint, &UrlPolicy::new(LoopbackHttp::Allowed)).unwrap(), endpoint);
    assert!(used("http://fhir.example.com/token", &UrlPolicy::new(LoopbackHttp::Allowed)).is_err());
}

#[test]
fn hosts_can_be_pinned() {
    let pinned = UrlPolicy::default().with_auth_hosts(["auth.example.org".to_owned()]);
    assert!(used("https://auth.example.org/token", &pinned).is_ok());
    assert!(used("https://fhir.example.com/token", &pinned).is_ok());
    let error = used("https://evil.example.net/token", &pinned).unwrap_err();
    assert!(matches!(&error, DiscoveryError::EndpointRefused { reason: UrlError::HostNotPinned { .. }, .. }));
    assert!(used("https://evil.example.net/token", &UrlPolicy::default()).is_ok());
}

#[test]
fn user_information_is_refused_and_not_shown() {
    let error = used("https://bob:planted@fhir.example.com/token", &UrlPolicy::default()).unwrap_err();
    assert!(matches!(&error, DiscoveryError::EndpointRefused { reason: UrlError::Forbidden { .. }, .. }));
    assert!(!format!("{error} {error:?}").contains("planted"));
}

#[test]
fn a_query_and_a_trailing_slash_are_kept() {
    for endpoint in ["https://fhir.example.com/token?cust=55946/", "https://fhir.example.com/auth/token/"] {
        assert_eq!(used(endpoint, &UrlPolicy::default()).unwrap(), endpoint);
    }
}
