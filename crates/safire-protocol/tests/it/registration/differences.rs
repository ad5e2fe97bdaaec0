//! What was registered otherwise than asked, and how much it matters.

use safire_protocol::credentials::AuthMethod;
use safire_protocol::registration::ClientMetadata;
use serde_json::Value;
use serde_json::json;

use super::accept;
use super::json as answer;

/// The differences as `(member, registered, severity)`.
fn differences(metadata: &ClientMetadata, mut body: Value) -> Vec<(String, Value, String)> {
    body["client_id"] = json!("a");
    let registration = accept(metadata, &answer(201, &body)).unwrap();
    let all = registration.differences().iter();
    all.map(|d| (d.member.clone(), d.registered.clone(), d.severity.to_string())).collect()
}

fn one(metadata: &ClientMetadata, body: Value) -> Option<String> {
    let found = differences(metadata, body);
    assert!(found.len() <= 1, "{found:?}");
    found.into_iter().next().map(|(.., severity)| severity)
}

#[test]
fn t8_fewer_scopes_are_an_error_and_more_are_told() {
    let metadata = ClientMetadata::new().scope("openid patient/*.rs");
    assert_eq!(one(&metadata, json!({"scope": "patient/*.rs openid"})), None);
    assert_eq!(one(&metadata, json!({"scope": "openid"})).as_deref(), Some("error"));
    assert_eq!(one(&metadata, json!({"scope": "openid patient/*.rs fhirUser"})).as_deref(), Some("info"));
    assert_eq!(one(&metadata, json!({})).as_deref(), Some("info"));
    assert_eq!(one(&metadata, json!({"scopes": ["openid"]})).as_deref(), Some("error"));
    assert_eq!(one(&metadata, json!({"scope": ["openid", "patient/*.rs"]})), None);
}

#[test]
fn t8_other_redirect_uris_are_an_error() {
    let metadata = ClientMetadata::new().redirect_uris(["https://a/1", "https://a/2"]);
    assert_eq!(one(&metadata, json!({"redirect_uris": ["https://a/2", "https://a/1"]})), None);
    assert_eq!(one(&metadata, json!({"redirect_uris": ["https://a/1"]})).as_deref(), Some("error"));
    assert_eq!(
        one(&metadata, json!({"redirect_uris": ["https://a/1", "https://a/2", "x:y"]})).as_deref(),
        Some("error")
    );
    let single = ClientMetadata::new().redirect_uris(["https://a/1"]);
    assert_eq!(one(&single, json!({"redirect_uris": "https://a/1"})), None);
    assert_eq!(one(&single, json!({"redirect_uris": [" https://a/1"]})), None);
}

#[test]
fn grants_dropped_are_an_error_and_added_are_told() {
    let metadata = ClientMetadata::new().grant_types(["authorization_code", "refresh_token"]);
    assert_eq!(one(&metadata, json!({"grant_types": ["authorization_code"]})).as_deref(), Some("error"));
    let more = json!({"grant_types": ["refresh_token", "authorization_code", "implicit"]});
    assert_eq!(one(&metadata, more).as_deref(), Some("info"));
    assert_eq!(one(&metadata, json!({"grant_types": "refresh_token authorization_code"})), None);
}

#[test]
fn t7_another_method_is_a_warning_if_it_works_and_an_error_if_not() {
    let metadata = ClientMetadata::new().token_endpoint_auth_method(AuthMethod::PrivateKeyJwt);
    let severity = |body| one(&metadata, body);
    assert_eq!(
        severity(json!({"token_endpoint_auth_method": "client_secret_post", "client_secret": "s"}))
            .as_deref(),
        Some("warning")
    );
    assert_eq!(
        severity(json!({"token_endpoint_auth_method": "client_secret_post"})).as_deref(),
        Some("error")
    );
    assert_eq!(severity(json!({"token_endpoint_auth_method": "tls_client_auth"})).as_deref(), Some("error"));
    assert_eq!(severity(json!({"token_endpoint_auth_method": ["private_key_jwt"]})), None);
    let basic = ClientMetadata::new().token_endpoint_auth_method(AuthMethod::ClientSecretBasic);
    assert_eq!(
        one(&basic, json!({"token_endpoint_auth_method": "private_key_jwt"})).as_deref(),
        Some("error")
    );
    assert_eq!(one(&basic, json!({"token_endpoint_auth_method": "none"})).as_deref(), Some("warning"));
}

#[test]
fn what_is_not_echoed_is_told_with_null() {
    let metadata = ClientMetadata::new().client_name("App").logo_uri("https://a/l").contacts(["mailto:a"]);
    let found = differences(&metadata, json!({"logo_uri": "", "contacts": null}));
    let expected = |member: &str| (member.to_owned(), Value::Null, "info".to_owned());
    assert_eq!(found, [expected("client_name"), expected("logo_uri"), expected("contacts")]);
}

#[test]
fn changed_texts_are_a_warning() {
    let metadata = ClientMetadata::new().client_name("App");
    assert_eq!(one(&metadata, json!({"client_name": "App 2"})).as_deref(), Some("warning"));
    assert_eq!(one(&metadata, json!({"client_name": 7})).as_deref(), Some("warning"));
    let extra =
        ClientMetadata::new().extra("request_uris", json!(["a", "b"])).extra("application_type", "web");
    assert_eq!(
        one(&extra, json!({"request_uris": ["b", "a"], "application_type": "native"})).as_deref(),
        Some("warning")
    );
}

#[test]
fn keys_may_gain_members_and_must_not_be_lost() {
    let key = json!({"kty": "EC", "crv": "P-384", "x": "AA", "y": "BB", "kid": "1"});
    let metadata = ClientMetadata::new().jwks(json!({"keys": [key.clone()]}));
    let mut longer = key.clone();
    longer["alg"] = json!("ES384");
    assert_eq!(one(&metadata, json!({"jwks": {"keys": [key]}})), None);
    assert_eq!(one(&metadata, json!({"jwks": {"keys": [longer]}})).as_deref(), Some("info"));
    assert_eq!(one(&metadata, json!({"jwks": {"keys": []}})).as_deref(), Some("error"));
    assert_eq!(one(&metadata, json!({"jwks": {}})).as_deref(), Some("info"));
}

#[test]
fn an_empty_list_that_is_not_echoed_is_no_difference() {
    let metadata = ClientMetadata::new().response_types([] as [&str; 0]);
    assert_eq!(one(&metadata, json!({})), None);
}

#[test]
fn a_statement_is_compared_but_not_shown() {
    let metadata = ClientMetadata::new().software_statement("planted.statement.one");
    let found = differences(&metadata, json!({"software_statement": "planted.statement.two"}));
    assert_eq!(found, [("software_statement".to_owned(), json!("[redacted]"), "warning".to_owned())]);
}
