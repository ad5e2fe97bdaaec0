//! RFC 6749 §2.3.1: identifier and secret are form-encoded before they go into Basic, unless the caller says otherwise.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Request;
use proptest::prelude::*;
use safire_protocol::credentials::BasicEncoding;
use safire_protocol::credentials::Credentials;
use safire_protocol::credentials::SecretPlacement;
use safire_protocol::identifier::ClientId;
use safire_protocol::secret::ClientSecret;
use safire_protocol::token::Grant;
use safire_protocol::token::TokenError;
use safire_protocol::token::TokenRequest;
use url::Url;
use url::form_urlencoded;

fn sent(id: &str, secret: &str, placement: SecretPlacement) -> Result<Request<bytes::Bytes>, TokenError> {
    let credentials = Credentials::Secret {
        client_id: ClientId::parse(id).unwrap(),
        secret: ClientSecret::new(secret),
        placement,
    };
    let endpoint = Url::parse("https://auth.example.com/token").unwrap();
    TokenRequest::new(endpoint, Grant::ClientCredentials { scope: None }, credentials).unwrap().request(None)
}

fn pair(request: &Request<bytes::Bytes>) -> String {
    let value = request.headers()["authorization"].to_str().unwrap();
    let encoded = value.strip_prefix("Basic ").unwrap();
    String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap()
}

#[test]
fn t22_both_parts_are_form_encoded() {
    let request = sent("1PpG/Q 1", "a+:/=%ß", SecretPlacement::Basic(BasicEncoding::Form)).unwrap();
    assert_eq!(pair(&request), "1PpG%2FQ+1:a%2B%3A%2F%3D%25%C3%9F");
}

#[test]
fn t22_the_vector_of_rfc_6749_appendix_b() {
    let vector = " %&+\u{a3}\u{20ac}";
    let request = sent("id", vector, SecretPlacement::Basic(BasicEncoding::Form)).unwrap();
    assert_eq!(pair(&request), "id:+%25%26%2B%C2%A3%E2%82%AC");
}

#[test]
fn t22_raw_is_byte_for_byte() {
    let request = sent("1PpG/Q 1", "a+:/=%ß", SecretPlacement::Basic(BasicEncoding::Raw)).unwrap();
    assert_eq!(pair(&request), "1PpG/Q 1:a+:/=%ß");
}

#[test]
fn tc_080_special_characters_reach_a_server_that_does_not_decode_by_the_raw_choice() {
    let request = sent("id", "p@ss:w/ord+=", SecretPlacement::Basic(BasicEncoding::Raw)).unwrap();
    assert_eq!(pair(&request), "id:p@ss:w/ord+=");
}

#[test]
fn t22_raw_refuses_an_identifier_with_a_colon() {
    let error = sent("a:b", "s", SecretPlacement::Basic(BasicEncoding::Raw)).unwrap_err();
    assert!(error.to_string().contains("colon"), "{error}");
}

#[test]
fn t22_in_the_form_both_parts_are_encoded_once() {
    let request = sent("1PpG/Q 1", "a+:/=%ß", SecretPlacement::Post).unwrap();
    let body = std::str::from_utf8(request.body()).unwrap();
    assert_eq!(
        body,
        "grant_type=client_credentials&client_id=1PpG%2FQ+1&client_secret=a%2B%3A%2F%3D%25%C3%9F"
    );
    assert!(!request.headers().contains_key("authorization"));
}

#[test]
fn the_header_is_marked_as_sensitive() {
    let request = sent("id", "s", SecretPlacement::Basic(BasicEncoding::Form)).unwrap();
    assert!(request.headers()["authorization"].is_sensitive());
}

proptest! {
    #[test]
    fn whatever_the_parts_are_a_server_gets_them_back(id in "\\PC{1,40}", secret in any::<String>()) {
        prop_assume!(!id.trim().is_empty());
        let request = sent(&id, &secret, SecretPlacement::Basic(BasicEncoding::Form)).unwrap();
        let text = pair(&request);
        let (left, right) = text.split_once(':').unwrap();
        let decode = |part: &str| {
            let pairs = format!("x={part}");
            form_urlencoded::parse(pairs.as_bytes()).next().unwrap().1.into_owned()
        };
        prop_assert_eq!(decode(left), id);
        prop_assert_eq!(decode(right), secret);
    }
}
