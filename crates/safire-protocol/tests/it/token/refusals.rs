//! Answers that are no token, and what is said of them.

use bytes::Bytes;
use http::Response;
use safire_protocol::credentials::BasicEncoding;
use safire_protocol::credentials::Credentials;
use safire_protocol::credentials::SecretPlacement;
use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::secret::GrantAssertion;
use safire_protocol::token::Grant;
use safire_protocol::token::TokenError;
use safire_protocol::token::TokenRequest;
use url::Url;

use super::NOW;
use super::TOKEN_URL;
use super::accept;
use super::answer;
use super::profile;
use super::public;
use super::secret;
use super::step;
use super::step_with;

const JSON: &str = "application/json";

fn hint(credentials: Credentials, error: &str) -> String {
    let body = format!(r#"{{"error":"{error}"}}"#);
    let error = step_with(None, credentials).accept(&answer(400, JSON, body), NOW).unwrap_err();
    error.hint().unwrap().into_owned()
}

#[test]
fn tc_090_status_code_and_description_are_told() {
    let body = r#"{"error":"invalid_grant","error_description":"code expired"}"#;
    let error = accept(400, JSON, body).unwrap_err();
    let answer = error.server_answer().unwrap();
    assert_eq!(answer.status, 400);
    assert_eq!(answer.error.as_deref(), Some("invalid_grant"));
    assert_eq!(answer.error_description.as_deref(), Some("code expired"));
    let text = error.to_string();
    for part in [TOKEN_URL, "400", "invalid_grant", "code expired"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_eq!(error.endpoint(), Some(TOKEN_URL));
    assert_eq!(error.fault(), Fault::Server);
    assert_eq!(error.code(), "token-refused");
}

#[test]
fn t15_a_refused_assertion_lists_what_it_said() {
    let flake = r#"{"error":"invalid_grant","error_description":null}"#;
    let credentials = || Credentials::PrivateKeyJwt(profile().with_lifetime(120).unwrap());
    for body in [flake, r#"{"error":"invalid_client"}"#, ""] {
        let response = Response::builder().status(400).header("date", "Mon, 21 Sep 2026 14:13:17 GMT");
        let response = response.body(Bytes::from_static(body.as_bytes())).unwrap();
        let error = step_with(None, credentials()).accept(&response, NOW).unwrap_err();
        let hint = error.hint().unwrap();
        for part in [
            "method `private_key_jwt`",
            "`kid` `k1`",
            "`aud` https://auth.example.com/token",
            "lifetime 120 s",
            "this clock is 3 seconds ahead of the server's",
        ] {
            assert!(hint.contains(part), "{part} in {hint}");
        }
        assert!(!error.is_retryable());
    }
    // Without a `Date` that is said, too; and what is not of the proof lists nothing.
    let error = step_with(None, credentials()).accept(&answer(400, JSON, flake), NOW).unwrap_err();
    assert!(error.hint().unwrap().contains("no usable `Date`"), "{:?}", error.hint());
    assert!(!hint(credentials(), "invalid_scope").contains("`kid`"));
}

#[test]
fn t15_the_assertion_that_is_the_grant_is_diagnosed_alike() {
    let grant = Grant::JwtBearer { assertion: GrantAssertion::new("g.c.s") };
    let step =
        TokenRequest::new(Url::parse(TOKEN_URL).unwrap(), grant, Credentials::PrivateKeyJwt(profile()));
    let body = r#"{"error":"invalid_grant","error_description":null}"#;
    let error = step.unwrap().accept(&answer(400, JSON, body), NOW).unwrap_err();
    let TokenError::Refused { assertion: Some(sent), grant_type, .. } = &error else { panic!("{error:?}") };
    assert_eq!(*grant_type, "urn:ietf:params:oauth:grant-type:jwt-bearer");
    assert_eq!((&*sent.kid, &*sent.audience, sent.lifetime), ("k1", TOKEN_URL, 240));
    assert!(error.hint().unwrap().contains("try once more"));
}

#[test]
fn t15_a_clock_that_is_off_is_told_with_its_direction() {
    // NOW is 2026-09-21T14:13:20Z.
    for (date, said) in [
        ("Mon, 21 Sep 2026 14:11:20 GMT", Some("120 seconds ahead of")),
        ("Mon, 21 Sep 2026 14:15:20 GMT", Some("120 seconds behind")),
        ("Mon, 21 Sep 2026 14:13:15 GMT", None),
    ] {
        let response = Response::builder().status(401).header("date", date);
        let response = response.body(Bytes::from_static(br#"{"error":"invalid_client"}"#)).unwrap();
        let error = step().accept(&response, NOW).unwrap_err();
        let hint = error.hint().unwrap();
        match said {
            Some(said) => assert!(hint.contains(said), "{hint}"),
            None => assert!(!hint.contains("clock"), "{hint}"),
        }
    }
}

#[test]
fn t16_code_and_description_are_found_where_servers_put_them() {
    let body = r#"{"error":"invalid_client","error_uri":"https://docs.example/invalid"}"#;
    let error = accept(401, JSON, body).unwrap_err();
    let answer = error.server_answer().unwrap();
    assert_eq!(answer.error.as_deref(), Some("invalid_client"));
    assert_eq!(answer.error_uri.as_deref(), Some("https://docs.example/invalid"));
    let body = r#"{"status":"error","statusmessage":"invalid_client","description":"unknown app"}"#;
    let error = accept(401, JSON, body).unwrap_err();
    let answer = error.server_answer().unwrap();
    assert_eq!(answer.error.as_deref(), Some("invalid_client"));
    assert_eq!(answer.error_description.as_deref(), Some("unknown app"));
}

#[test]
fn an_error_with_the_status_of_a_success_is_a_refusal() {
    let error = accept(200, JSON, r#"{"error":"invalid_scope"}"#).unwrap_err();
    assert!(matches!(error, TokenError::Refused { .. }), "{error:?}");
    assert_eq!(error.server_answer().unwrap().error.as_deref(), Some("invalid_scope"));
}

#[test]
fn td_01_and_td_02_a_redirect_is_an_error_even_with_tokens_in_it() {
    for status in [301, 302, 303, 307, 308] {
        let response = Response::builder()
            .status(status)
            .header("location", "https://evil.example/t?code=hidden-value")
            .body(Bytes::from_static(br#"{"access_token":"hidden-value","token_type":"Bearer"}"#))
            .unwrap();
        let error = step().accept(&response, NOW).unwrap_err();
        assert!(matches!(error, TokenError::Redirected { .. }), "{error:?}");
        assert_eq!(error.code(), "token-redirected");
        assert!(!format!("{error} {error:?}").contains("hidden-value"), "{error:?}");
    }
}

#[test]
fn the_hint_of_invalid_client_fits_the_method() {
    let basic = hint(secret(SecretPlacement::Basic(BasicEncoding::Form)), "invalid_client");
    assert!(basic.contains("`--basic-encoding raw`") && basic.contains("approval"), "{basic}");
    let post = hint(secret(SecretPlacement::Post), "invalid_client");
    assert!(post.contains("Basic header"), "{post}");
    let key = hint(Credentials::PrivateKeyJwt(profile()), "invalid_client");
    assert!(key.contains("`kid`") && key.contains("`jwks_uri`") && key.contains(TOKEN_URL), "{key}");
    let none = hint(public(), "unauthorized_client");
    assert!(none.contains("RFC 6749 §4.4"), "{none}");
}

#[test]
fn only_a_failing_server_is_worth_the_same_call_again() {
    for (status, retryable) in [
        (400, false),
        (401, false),
        (403, false),
        (404, false),
        (429, true),
        (500, true),
        (502, true),
        (503, true),
    ] {
        let error = accept(status, "text/html", "<html><title>Bad</title></html>").unwrap_err();
        assert_eq!(error.is_retryable(), retryable, "{status}");
        assert!(error.hint().is_some());
    }
}
