//! Transcripts show everything but secrets.

use http::HeaderMap;
use http::HeaderValue;
use safire_protocol::transcript;
use serde_json::json;
use url::Url;

fn header(name: &'static str, value: &str) -> String {
    let mut headers = HeaderMap::new();
    headers.insert(name, HeaderValue::from_str(value).unwrap());
    transcript::mask_headers(&headers).pop().unwrap().1
}

#[test]
fn credentials_in_headers_are_masked_and_the_scheme_is_kept() {
    assert_eq!(header("authorization", "Bearer planted"), "Bearer [redacted]");
    assert_eq!(header("authorization", "Basic cGxhbnRlZA=="), "Basic [redacted]");
    assert_eq!(header("authorization", "planted words"), "[redacted]");
    assert_eq!(header("proxy-authorization", "planted"), "[redacted]");
    assert_eq!(header("cookie", "s=planted"), "[redacted]");
    assert_eq!(header("set-cookie", "s=planted"), "[redacted]");
    assert_eq!(header("x-api-key", "planted"), "[redacted]");
    assert_eq!(header("content-type", "application/json"), "application/json");
    assert_eq!(
        header("location", "https://a/cb?code=planted&state=1"),
        "https://a/cb?code=[redacted]&state=1"
    );
    assert_eq!(header("location", "/cb?code=planted"), "/cb?code=[redacted]");
}

#[test]
fn json_bodies_are_masked_at_any_depth() {
    let body = json!({
        "client_id": "kept", "client_secret": "planted", "software_statement": "planted",
        "a": [{"access_token": "planted", "jwks": {"keys": [{"kty": "EC", "d": "planted", "x": "kept"}]}}],
        "error_description": "the secret planted is wrong", "code": "kept"
    });
    let shown = transcript::mask_body(Some("text/plain"), body.to_string().as_bytes());
    assert!(!shown.contains("planted"), "{shown}");
    assert!(shown.starts_with("{\"client_id\":\"kept\",\"client_secret\":\"[redacted]\""));
    assert!(shown.contains("\"x\":\"kept\"") && shown.contains("\"code\":\"kept\""));
}

#[test]
fn form_bodies_are_masked() {
    let body = b"grant_type=authorization_code&code=planted&client%5Fsecret=planted&scope=a+b&client_assertion=planted";
    let shown = transcript::mask_body(Some("application/x-www-form-urlencoded"), body);
    assert_eq!(
        shown,
        "grant_type=authorization_code&code=[redacted]&client%5Fsecret=[redacted]&scope=a+b&client_assertion=[redacted]"
    );
}

#[test]
fn a_token_to_be_revoked_and_a_launch_value_are_masked() {
    let shown = transcript::mask_body(
        Some("application/x-www-form-urlencoded"),
        b"token=planted&token_type_hint=refresh_token&client_id=c",
    );
    assert_eq!(shown, "token=[redacted]&token_type_hint=refresh_token&client_id=c");
    let url = Url::parse("https://app.example.org/launch?iss=https%3A%2F%2Fehr&launch=planted").unwrap();
    assert_eq!(
        transcript::mask_url(&url),
        "https://app.example.org/launch?iss=https%3A%2F%2Fehr&launch=[redacted]"
    );
}

#[test]
fn who_is_behind_an_introspected_token_is_masked() {
    let body = json!({"active": true, "client_id": "kept", "username": "planted.person", "scope": "openid"});
    let shown = transcript::mask_body(Some("application/json"), body.to_string().as_bytes());
    let expected = r#"{"active":true,"client_id":"kept","username":"[redacted]","scope":"openid"}"#;
    assert_eq!(shown, expected);
}

#[test]
fn anything_else_is_told_by_length_and_type() {
    assert_eq!(
        transcript::mask_body(Some("text/html; charset=utf-8"), b"<b>planted"),
        "10 bytes of text/html"
    );
    assert_eq!(transcript::mask_body(None, b"{\"client_secret\":\"planted"), "25 bytes of unknown type");
    assert_eq!(transcript::mask_body(None, b"\"planted\""), "9 bytes of unknown type");
    assert_eq!(transcript::mask_body(None, b""), "");
}

#[test]
fn urls_lose_user_information_and_secret_parameters() {
    let url =
        Url::parse("https://u:planted@a.example.org/x?code=planted&state=s#access_token=planted").unwrap();
    assert_eq!(
        transcript::mask_url(&url),
        "https://a.example.org/x?code=[redacted]&state=s#access_token=[redacted]"
    );
    let uri = "https://a.example.org/x?y=1".parse().unwrap();
    assert_eq!(transcript::mask_uri(&uri), "https://a.example.org/x?y=1");
}
