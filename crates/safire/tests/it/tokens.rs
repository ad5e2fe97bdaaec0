//! Tokens at the runtime client: what is sent, and what is made of the answer.

use std::sync::Arc;

use safire::Credentials;
use safire::Error;
use safire::error::Stage;
use safire::protocol::credentials::AssertionProfile;
use safire::protocol::credentials::Credentials as Proof;
use safire::protocol::fault::Diagnose;
use safire::protocol::identifier::ClientId;
use safire::protocol::jose::Algorithm;
use safire::protocol::jose::PrivateKey;
use safire::protocol::secret::ClientSecret;
use safire::signer::KeySigner;
use safire::transport::TransportError;

use crate::script::Script;
use crate::script::TOKEN;
use crate::script::answer;
use crate::script::document;
use crate::script::json;

pub(crate) fn secret_credentials() -> Credentials {
    let id = ClientId::parse("abc").unwrap();
    Credentials::unsigned(Proof::basic(id, ClientSecret::new("planted-client-secret-0123456789")))
}

pub(crate) fn key_credentials() -> Credentials {
    let key = PrivateKey::generate(Algorithm::Es384).unwrap();
    let profile =
        AssertionProfile::new(ClientId::parse("abc").unwrap(), Algorithm::Es384, key.kid()).unwrap();
    Credentials::signed(profile, Arc::new(KeySigner::new(key)))
}

#[tokio::test]
async fn tc_048_the_token_endpoint_comes_from_the_document() {
    let script = Script::with_document(document, |_, _| json(200, TOKEN)).await;
    let client = script.server().client(secret_credentials());
    client.request_backend_token(None).await.unwrap();
    client.request_backend_token(None).await.unwrap();
    assert_eq!(script.count("/fhir/.well-known/smart-configuration"), 1);
    assert_eq!(script.count("/token"), 2);
}

#[tokio::test]
async fn tc_099_a_given_token_endpoint_needs_no_discovery() {
    let script = Script::start(|_, _| json(200, TOKEN)).await;
    let server = script.builder().token_endpoint(format!("{}/token", script.origin())).build().unwrap();
    server.client(key_credentials()).request_backend_token(None).await.unwrap();
    assert_eq!(script.asked().len(), 1);
}

#[tokio::test]
async fn tc_096_tc_097_a_backend_request_has_exactly_four_members() {
    let script = Script::with_document(document, |_, _| json(200, TOKEN)).await;
    script.server().client(key_credentials()).request_backend_token(None).await.unwrap();
    let asked = script.asked().pop().unwrap();
    assert_eq!(asked.header("authorization"), None);
    let mut members: Vec<(String, String)> =
        url::form_urlencoded::parse(asked.body.as_bytes()).into_owned().collect();
    members.sort();
    let names: Vec<&str> = members.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["client_assertion", "client_assertion_type", "grant_type", "scope"]);
    assert_eq!(members[3].1, "system/*.rs");
}

#[tokio::test]
async fn tc_100_two_assertions_have_two_identifiers() {
    let script = Script::with_document(document, |_, _| json(200, TOKEN)).await;
    let client = script.server().client(key_credentials());
    client.request_backend_token(None).await.unwrap();
    client.request_backend_token(None).await.unwrap();
    let bodies: Vec<String> =
        script.asked().into_iter().filter(|asked| asked.path == "/token").map(|asked| asked.body).collect();
    assert_ne!(bodies[0], bodies[1]);
}

#[tokio::test]
async fn tc_049_a_document_without_a_token_endpoint_is_a_discovery_error() {
    let script =
        Script::with_document(|_| r#"{"issuer":"https://a.example"}"#.to_owned(), |_, _| json(200, TOKEN))
            .await;
    let error = script.server().client(secret_credentials()).request_backend_token(None).await.unwrap_err();
    assert_eq!(error.stage(), Stage::Discovery);
    assert!(
        error.to_string().contains("token_endpoint") || format!("{error:?}").contains("NoEndpoints"),
        "{error}"
    );
}

#[tokio::test]
async fn td_07_an_http_token_endpoint_gets_no_credential() {
    let script = Script::with_document(
        |address| {
            document(address).replace(&format!("http://{address}/token"), "http://tokens.example.com/token")
        },
        |_, _| json(200, TOKEN),
    )
    .await;
    let error = script.server().client(secret_credentials()).request_backend_token(None).await.unwrap_err();
    assert_eq!(error.stage(), Stage::Discovery);
    assert!(error.to_string().contains("not https"), "{error}");
    assert_eq!(script.asked().len(), 1);
}

#[tokio::test]
async fn tc_089_tc_090_failures_name_the_server_and_no_value() {
    let script =
        Script::with_document(document, |_, _| json(200, r#"{"token_type":"Bearer","x":"planted-value"}"#))
            .await;
    let error = script.server().client(secret_credentials()).request_backend_token(None).await.unwrap_err();
    assert!(
        error.to_string().contains("token_type") && !format!("{error:?}").contains("planted-value"),
        "{error}"
    );

    let refusal = r#"{"error":"invalid_grant","error_description":"no such code"}"#;
    let script = Script::with_document(document, move |_, _| json(400, refusal)).await;
    let error = script.server().client(secret_credentials()).request_backend_token(None).await.unwrap_err();
    let answer = error.server_answer().unwrap();
    assert_eq!((answer.status, answer.error.as_deref()), (400, Some("invalid_grant")));
    assert_eq!(answer.error_description.as_deref(), Some("no such code"));
}

#[tokio::test]
async fn tc_091_no_connection_is_a_network_error() {
    let script = Script::start(|_, _| answer(200, &[], "")).await;
    // Port 1 on loopback: nobody listens there.
    let server = script.builder().token_endpoint("http://127.0.0.1:1/token").build().unwrap();
    let error = server.client(secret_credentials()).request_backend_token(None).await.unwrap_err();
    let refused =
        matches!(&error, Error::Transport { stage: Stage::Token, source: TransportError::Connect { .. } });
    assert!(refused, "{error:?}");
    assert!(error.is_retryable());
}

#[tokio::test]
async fn td_20_a_token_answer_as_text_is_read_with_a_deviation() {
    let script =
        Script::with_document(document, |_, _| answer(200, &["content-type: text/plain"], TOKEN)).await;
    let token = script.server().client(secret_credentials()).request_backend_token(None).await.unwrap();
    assert!(!token.deviations.is_empty());
}

#[tokio::test]
async fn td_05_broken_json_is_a_token_error_without_request_data() {
    let script = Script::with_document(document, |_, _| json(200, "{oops")).await;
    let error = script.server().client(secret_credentials()).request_backend_token(None).await.unwrap_err();
    assert!(matches!(error, Error::Token(_)), "{error:?}");
    assert!(!format!("{error:?} {error}").contains("planted-client-secret"));
}
