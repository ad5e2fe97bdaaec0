//! What is refused before anybody is sent anywhere.

use safire_protocol::authorize::Aud;
use safire_protocol::authorize::AuthorizationRequest;
use safire_protocol::authorize::AuthorizeError;
use safire_protocol::authorize::Callback;
use safire_protocol::authorize::PkcePolicy;
use safire_protocol::discovery::DiscoveryError;
use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::identifier::ClientId;
use safire_protocol::url::UrlPolicy;
use serde_json::json;

use super::BASE;
use super::NOW;
use super::REDIRECT;
use super::SCOPE;
use super::at;
use super::base;
use super::profile;
use super::random;
use super::request;
use super::value;
use super::values;

const AUTHORIZE: &str = "https://auth.example.com/authorize";

fn refused(request: AuthorizationRequest) -> AuthorizeError {
    let error = request.clone().url(&random(1), NOW).unwrap_err();
    let of_form = request.form(&random(1), NOW).unwrap_err();
    assert_eq!(error.to_string(), of_form.to_string());
    assert!(error.hint().is_some(), "{error}");
    error
}

#[test]
fn tc_074_a_missing_scope_is_named() {
    for scope in ["", "  "] {
        let error = refused(at(AUTHORIZE, BASE, REDIRECT, scope));
        assert!(matches!(error, AuthorizeError::Blank { parameter: "scope" }), "{error:?}");
        assert_eq!(error.fault(), Fault::Caller);
    }
}

#[test]
fn a_blank_launch_or_aud_is_refused() {
    let error = refused(request().with_launch(" "));
    assert!(matches!(error, AuthorizeError::Blank { parameter: "launch" }), "{error:?}");
    let error = refused(request().with_aud(Aud::Text(String::new())));
    assert!(matches!(error, AuthorizeError::Blank { parameter: "aud" }), "{error:?}");
}

#[test]
fn tc_074_and_td_08_an_endpoint_that_is_not_https_is_refused() {
    for endpoint in [
        "http://auth.example.com/a",
        "javascript:alert(1)",
        "https://u:p@auth.example.com/a",
        "https://a.example.com/a#x",
    ] {
        let error = refused(at(endpoint, BASE, REDIRECT, SCOPE));
        assert!(matches!(error, AuthorizeError::Endpoint(_)), "{endpoint}: {error:?}");
    }
    assert!(at("http://127.0.0.1:8080/a", BASE, REDIRECT, SCOPE).url(&random(1), NOW).is_ok());
}

#[test]
fn tc_074_redirect_uris_are_there_and_https_loopback_or_of_a_private_scheme() {
    for redirect in [
        "http://127.0.0.1:53211/callback",
        "http://[::1]:53211/callback",
        "http://localhost:53211/callback",
        "com.example.app:/callback",
        "https://app.example.com/cb",
    ] {
        let (url, _) = at(AUTHORIZE, BASE, redirect, SCOPE).url(&random(1), NOW).unwrap();
        assert_eq!(value(&url, "redirect_uri"), redirect);
    }
    for redirect in
        ["", "/callback", "http://app.example.com/cb", "https://app.example.com/cb#x", "javascript:x"]
    {
        let error = refused(at(AUTHORIZE, BASE, redirect, SCOPE));
        assert!(matches!(error, AuthorizeError::RedirectUri(_)), "{redirect}: {error:?}");
    }
}

#[test]
fn td_10_a_parameter_that_the_endpoint_has_already_is_not_sent_twice() {
    let error = refused(at("https://auth.example.com/authorize?%73tate=1", BASE, REDIRECT, SCOPE));
    assert!(matches!(&error, AuthorizeError::Doubled { name } if name == "state"), "{error:?}");
    let further = request().with_prompt("login").with_prompt("none");
    let error = refused(further);
    assert!(matches!(&error, AuthorizeError::Doubled { name } if name == "prompt"), "{error:?}");
    let further =
        at("https://auth.example.com/authorize?t=1", BASE, REDIRECT, SCOPE).with_parameter("t", "2").unwrap();
    assert!(matches!(refused(further), AuthorizeError::Doubled { .. }));
}

#[test]
fn a_further_parameter_cannot_replace_what_the_request_sets() {
    for name in ["state", "redirect_uri", "code_challenge_method", "aud", "launch"] {
        let error = request().with_parameter(name, "x").unwrap_err();
        assert!(matches!(&error, AuthorizeError::Reserved { name: found } if found == name), "{error:?}");
    }
    assert!(matches!(request().with_parameter(" ", "x").unwrap_err(), AuthorizeError::Blank { .. }));
}

#[test]
fn t20_s256_is_sent_whatever_the_server_lists_and_plain_never() {
    for listed in [
        json!({}),
        json!({"code_challenge_methods_supported": ["plain"]}),
        json!({"code_challenge_methods_supported": []}),
    ] {
        let (url, _) = request().with_profile(&profile(&listed)).url(&random(1), NOW).unwrap();
        assert_eq!(values(&url, "code_challenge_method"), ["S256"], "{listed}");
    }
}

#[test]
fn t20_required_needs_s256_in_the_discovery_document() {
    let required = || request().with_pkce(PkcePolicy::Required);
    for (listed, shown) in [
        (json!({}), "is absent"),
        (json!({"code_challenge_methods_supported": []}), "is empty"),
        (json!({"code_challenge_methods_supported": ["plain"]}), "lists plain"),
    ] {
        let error = refused(required().with_profile(&profile(&listed)));
        assert!(matches!(error, AuthorizeError::PkceNotAdvertised { .. }), "{error:?}");
        assert!(error.to_string().contains(shown), "{error}");
        assert_eq!(error.fault(), Fault::Server);
    }
    // Nobody said what the server lists, so it does not say S256.
    assert!(matches!(refused(required()), AuthorizeError::PkceNotAdvertised { listed: None }));
    let listed = json!({"code_challenge_methods_supported": ["plain", "S256"]});
    let (url, _) = required().with_profile(&profile(&listed)).url(&random(1), NOW).unwrap();
    assert_eq!(value(&url, "code_challenge_method"), "S256");
}

#[test]
fn t20_omit_sends_no_challenge() {
    let (url, pending) = request().with_pkce(PkcePolicy::Omit).url(&random(1), NOW).unwrap();
    assert!(values(&url, "code_challenge").is_empty());
    assert!(values(&url, "code_challenge_method").is_empty());
    assert!(!String::from_utf8(pending.to_bytes().to_vec()).unwrap().contains("verifier"));
}

fn of(members: &serde_json::Value) -> Result<AuthorizationRequest, DiscoveryError> {
    let id = ClientId::parse("client-1").unwrap();
    AuthorizationRequest::of_profile(
        base(BASE),
        &profile(members),
        &UrlPolicy::default(),
        id,
        REDIRECT,
        SCOPE,
    )
}

#[test]
fn tc_048_both_endpoints_are_taken_from_the_metadata() {
    let (url, pending) = of(&json!({})).unwrap().url(&random(1), NOW).unwrap();
    assert!(url.as_str().starts_with("https://auth.example.com/authorize?response_type=code&"), "{url}");
    let query = format!("code=c&state={}", value(&url, "state"));
    let code = Callback::from_query(&query).unwrap().complete(Some(pending), NOW).unwrap();
    assert_eq!(code.token_endpoint.as_str(), "https://auth.example.com/token");
    assert_eq!(code.issuer.as_deref(), Some("https://auth.example.com"));
}

#[test]
fn td_08_an_authorization_endpoint_of_the_metadata_that_is_not_https_is_refused() {
    for endpoint in ["http://auth.example.com/authorize", "javascript:alert(1)"] {
        let error = of(&json!({"authorization_endpoint": endpoint})).unwrap_err();
        assert!(matches!(error, DiscoveryError::EndpointRefused { .. }), "{error:?}");
    }
    let error = of(&json!({"authorization_endpoint": null})).unwrap_err();
    assert!(matches!(error, DiscoveryError::MissingEndpoint { .. }), "{error:?}");
}
