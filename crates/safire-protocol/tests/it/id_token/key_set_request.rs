//! Fetching the keys: the request, and what an answer may be.

use bytes::Bytes;
use safire_protocol::fault::Diagnose;
use safire_protocol::id_token::KeySet;
use safire_protocol::id_token::KeySetError;
use safire_protocol::id_token::KeySetRequest;

use super::KEY;

const URI: &str = "https://auth.example.com/jwks?tenant=a";

fn accept(status: u16, content_type: &str, body: impl Into<Bytes>) -> Result<KeySet, KeySetError> {
    let response = http::Response::builder()
        .status(status)
        .header("content-type", content_type)
        .body(body.into())
        .unwrap();
    KeySetRequest::new(URI.parse().unwrap()).accept(&response)
}

fn keys() -> String {
    serde_json::json!({ "keys": [KEY.public_jwk().to_json()] }).to_string()
}

#[test]
fn it_is_a_get_without_credentials() {
    let request = KeySetRequest::new(URI.parse().unwrap()).request();
    assert_eq!((request.method().as_str(), request.uri().to_string().as_str()), ("GET", URI));
    assert_eq!(request.headers().len(), 1);
    assert_eq!(request.headers()["accept"], "application/jwk-set+json, application/json");
}

#[test]
fn any_content_type_and_a_byte_order_mark_are_taken() {
    for content_type in ["application/json", "application/jwk-set+json", "text/plain; charset=utf-8"] {
        let set = accept(200, content_type, format!("\u{feff}{}", keys())).unwrap();
        assert_eq!(set.kids().collect::<Vec<_>>(), [KEY.kid()]);
    }
}

#[test]
fn failures_say_where_and_what_came() {
    let page = "<!doctype html><title>Sign in</title>";
    for (status, content_type, body, code, retryable) in [
        (302, "text/html", "", "key-set-redirected", false),
        (404, "text/html", page, "key-set-refused", false),
        (503, "text/plain", "busy", "key-set-refused", true),
        (429, "text/plain", "slow down", "key-set-refused", true),
        (200, "text/html", page, "key-set-unusable", false),
        (200, "application/json", "[]", "key-set-unusable", false),
        (200, "application/json", "", "key-set-unusable", false),
        (200, "application/json", r#"{"kty":"RSA"}"#, "key-set-malformed", false),
    ] {
        let error = accept(status, content_type, body).unwrap_err();
        assert_eq!((error.code(), error.is_retryable()), (code, retryable), "{status} {body}");
        assert_eq!(error.endpoint(), Some("https://auth.example.com/jwks"));
        assert_eq!(error.server_answer().unwrap().status, status);
        assert!(error.hint().unwrap().contains("jwks_uri"));
    }
}
