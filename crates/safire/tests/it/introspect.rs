//! What the server knows of a token, and giving it back.

use safire::error::Stage;
use safire::protocol::fault::Diagnose;
use safire::protocol::secret::AccessToken;
use safire::protocol::secret::RefreshToken;
use safire::protocol::token_endpoints::HeldToken;
use std::net::SocketAddr;

use crate::script::Script;
use crate::script::answer;
use crate::script::document;
use crate::script::form;
use crate::script::json;
use crate::tokens::key_credentials;
use crate::tokens::secret_credentials;

const ACTIVE: &str =
    r#"{"active":true,"scope":"patient/*.rs","client_id":"abc","exp":1790000300,"patient":"p-1"}"#;

fn with_both(address: SocketAddr) -> String {
    let more = format!(
        r#""introspection_endpoint":"http://{address}/introspect","revocation_endpoint":"http://{address}/revoke","issuer""#
    );
    document(address).replacen(r#""issuer""#, &more, 1)
}

fn access() -> HeldToken {
    HeldToken::Access(AccessToken::new("planted-access-token-0123456789"))
}

fn refresh() -> HeldToken {
    HeldToken::Refresh(RefreshToken::new("planted-refresh-token-0123456789"))
}

#[tokio::test]
async fn a_secret_client_asks_with_its_secret() {
    let script = Script::with_document(with_both, |_, _| json(200, ACTIVE)).await;
    let known = script.server().client(secret_credentials()).introspect(access()).await.unwrap();
    assert!(known.active);
    assert_eq!(known.launch_context().patient.as_deref(), Some("p-1"));
    let asked = script.asked().pop().unwrap();
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", "/introspect"));
    assert!(asked.header("authorization").unwrap().starts_with("Basic "));
    let sent = form(&asked.body);
    assert_eq!(sent["token"], "planted-access-token-0123456789");
    assert_eq!(sent["token_type_hint"], "access_token");
}

#[tokio::test]
async fn a_key_client_signs_and_a_bearer_needs_no_signature() {
    let script = Script::with_document(with_both, |_, _| json(200, ACTIVE)).await;
    let client = script.server().client(key_credentials());
    client.introspect(access()).await.unwrap();
    assert!(form(&script.asked().pop().unwrap().body).contains_key("client_assertion"));
    client.introspect_with_bearer(access(), AccessToken::new("own")).await.unwrap();
    let asked = script.asked().pop().unwrap();
    assert_eq!(asked.header("authorization"), Some("Bearer own"));
    assert!(!form(&asked.body).contains_key("client_assertion"));
    client.revoke(refresh()).await.unwrap();
    assert!(form(&script.asked().pop().unwrap().body).contains_key("client_assertion"));
}

#[tokio::test]
async fn a_revoked_token_is_given_with_its_kind() {
    let script = Script::with_document(with_both, |_, _| answer(200, &[], "")).await;
    let revoked = script.server().client(secret_credentials()).revoke(refresh()).await.unwrap();
    assert!(revoked.deviations.is_empty());
    let asked = script.asked().pop().unwrap();
    assert_eq!(asked.path, "/revoke");
    assert_eq!(form(&asked.body)["token_type_hint"], "refresh_token");
}

#[tokio::test]
async fn given_endpoints_need_no_discovery() {
    let script = Script::start(|_, _| json(200, ACTIVE)).await;
    let server = script
        .builder()
        .introspection_endpoint(format!("{}/i", script.origin()))
        .revocation_endpoint(format!("{}/r", script.origin()))
        .build()
        .unwrap();
    let client = server.client(secret_credentials());
    client.introspect(access()).await.unwrap();
    client.revoke(refresh()).await.unwrap();
    let paths: Vec<String> = script.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(paths, ["/i", "/r"]);
}

#[tokio::test]
async fn a_document_without_the_endpoint_and_a_refusal_are_told_apart() {
    let script = Script::with_document(document, |_, _| json(200, ACTIVE)).await;
    let error = script.server().client(secret_credentials()).introspect(access()).await.unwrap_err();
    assert_eq!((error.code(), error.stage()), ("missing-endpoint", Stage::Discovery));

    let script = Script::with_document(with_both, |_, _| json(401, r#"{"error":"invalid_client"}"#)).await;
    let client = script.server().client(secret_credentials());
    let error = client.introspect(access()).await.unwrap_err();
    assert_eq!((error.code(), error.stage()), ("introspection-refused", Stage::Introspection));
    let error = client.revoke(refresh()).await.unwrap_err();
    assert_eq!((error.code(), error.stage()), ("revocation-refused", Stage::Revocation));
    assert!(!format!("{error:?} {error}").contains("planted-"), "{error:?}");
}

#[tokio::test]
async fn no_connection_names_what_was_done() {
    let script = Script::start(|_, _| json(200, ACTIVE)).await;
    let server = script.builder().revocation_endpoint("http://127.0.0.1:1/revoke").build().unwrap();
    let error = server.client(secret_credentials()).revoke(refresh()).await.unwrap_err();
    assert_eq!((error.code(), error.stage()), ("connect-failed", Stage::Revocation));
    assert!(error.to_string().starts_with("revocation got no usable answer"), "{error}");
}
