//! The request as it is sent.

use http::Method;
use safire_protocol::credentials::AuthMethod;
use safire_protocol::registration::ClientMetadata;
use safire_protocol::registration::RegistrationError;
use safire_protocol::registration::RegistrationRequest;
use safire_protocol::secret::AuthorizationHeader;
use serde_json::Value;
use serde_json::json;
use url::Url;

use super::ENDPOINT;
use super::step;

#[test]
fn tc_109_a_json_post_with_the_metadata_as_given() {
    let metadata = ClientMetadata::new()
        .client_name("App")
        .redirect_uris(["https://a/cb"])
        .token_endpoint_auth_method(AuthMethod::PrivateKeyJwt)
        .jwks(json!({"keys": []}))
        .extra("client_name#fr", "Appli")
        .extra("udap", "1");
    let request = step(&metadata, None).request();
    assert_eq!(request.method(), Method::POST);
    assert_eq!(request.uri(), ENDPOINT);
    assert_eq!(request.headers()["content-type"], "application/json");
    assert_eq!(request.headers()["accept"], "application/json");
    let sent: Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!(
        sent,
        json!({
            "redirect_uris": ["https://a/cb"], "token_endpoint_auth_method": "private_key_jwt", "client_name": "App",
            "jwks": {"keys": []}, "client_name#fr": "Appli", "udap": "1"
        })
    );
}

#[test]
fn tc_113_the_authorization_value_is_sent_verbatim_or_not_at_all() {
    let request = step(&ClientMetadata::new(), Some("Bearer x")).request();
    assert_eq!(request.headers()["authorization"], "Bearer x");
    assert!(request.headers()["authorization"].is_sensitive());
    assert!(!step(&ClientMetadata::new(), None).request().headers().contains_key("authorization"));
}

#[test]
fn an_authorization_value_that_breaks_the_header_is_refused() {
    for value in ["Bearer planted\r\nX-Evil: 1", "Bearer planted\n", "", "  ", "Bearer \u{0}planted"] {
        let url = Url::parse(ENDPOINT).unwrap();
        let error =
            RegistrationRequest::new(url, &ClientMetadata::new(), Some(AuthorizationHeader::new(value)))
                .unwrap_err();
        assert!(matches!(error, RegistrationError::AuthorizationValue { .. }));
        assert!(!format!("{error} {error:?}").contains("planted"));
        assert!(error.is_definite_refusal());
    }
}

#[test]
fn t9_nothing_unset_goes_out() {
    assert_eq!(step(&ClientMetadata::new(), None).request().body(), "{}");
    let metadata =
        ClientMetadata::new().extra("application_type", Value::Null).response_types([] as [&str; 0]);
    assert_eq!(step(&metadata, None).request().body(), r#"{"response_types":[]}"#);
}

#[test]
fn an_endpoint_with_a_query_is_kept() {
    let url = Url::parse("https://auth.example.org/register?tenant=a%2Fb").unwrap();
    let step = RegistrationRequest::new(url, &ClientMetadata::new(), None).unwrap();
    assert_eq!(step.request().uri(), "https://auth.example.org/register?tenant=a%2Fb");
}
