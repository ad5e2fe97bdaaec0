use safire_sandbox::Sandbox;
use serde_json::Value;

use crate::browser::app;
use crate::browser::tokens;
use crate::support::Answer;
use crate::support::client;
use crate::support::post_form;
use crate::support::post_json;
use crate::support::public;
use crate::support::read;

async fn keycloak() -> Sandbox {
    let builder = Sandbox::builder().profile("keycloak").require_initial_access_token("iat-1");
    builder.auto_approve("clinician", "example").start().await.unwrap()
}

async fn register(sandbox: &Sandbox, token: &str, metadata: &Value) -> Answer {
    let request = client().post(sandbox.registration_endpoint()).header("content-type", "application/json");
    let bearer = format!("Bearer {token}");
    read(request.header("authorization", bearer).body(metadata.to_string())).await.unwrap()
}

async fn manage(method: reqwest::Method, uri: &str, token: &str, body: Option<&Value>) -> Answer {
    let mut request = client().request(method, uri).header("authorization", format!("Bearer {token}"));
    if let Some(body) = body {
        request = request.header("content-type", "application/json").body(body.to_string());
    }
    read(request).await.unwrap()
}

#[tokio::test]
async fn t5_nobody_registers_without_an_invitation() {
    let sandbox = keycloak().await;
    let anonymous = post_json(&sandbox.registration_endpoint(), &public()).await;
    assert_eq!((anonymous.status, anonymous.error().as_str()), (403, "insufficient_scope"));
    assert!(anonymous.text().contains("Trusted Hosts"), "{}", anonymous.text());
    assert_eq!(register(&sandbox, "wrong", &public()).await.status, 401);
    assert_eq!(sandbox.counts().registrations_issued, 0);
    let without_any = Sandbox::builder().profile("keycloak").start().await.unwrap();
    assert_eq!(post_json(&without_any.registration_endpoint(), &public()).await.status, 403);
    assert_eq!(register(&without_any, "iat-1", &public()).await.status, 401);
}

#[tokio::test]
async fn the_answer_has_many_members_that_nobody_asked_for() {
    let body = register(&keycloak().await, "iat-1", &public()).await.json();
    for name in ["subject_type", "request_uris", "tls_client_certificate_bound_access_tokens"] {
        assert!(body.get(name).is_some(), "{name}");
    }
}

#[tokio::test]
async fn t11_the_management_token_changes_at_each_read_and_update() {
    let sandbox = keycloak().await;
    let first = register(&sandbox, "iat-1", &public()).await.json();
    let uri = first["registration_client_uri"].as_str().unwrap();
    let text = |body: &Value| body["registration_access_token"].as_str().unwrap().to_owned();
    let read = manage(reqwest::Method::GET, uri, &text(&first), None).await;
    assert_eq!(read.status, 200);
    let second = read.json();
    assert_ne!(text(&first), text(&second));
    assert_eq!(manage(reqwest::Method::GET, uri, &text(&first), None).await.status, 401);
    let mut metadata = public();
    metadata["client_id"] = first["client_id"].clone();
    let update = manage(reqwest::Method::PUT, uri, &text(&second), Some(&metadata)).await;
    assert_eq!(update.status, 200, "{}", update.text());
    let third = update.json();
    assert_ne!(text(&second), text(&third));
    assert!(third.get("subject_type").is_some());
    assert_eq!(manage(reqwest::Method::DELETE, uri, &text(&second), None).await.status, 401);
    assert_eq!(manage(reqwest::Method::DELETE, uri, &text(&third), None).await.status, 204);
}

#[tokio::test]
async fn t18_a_refresh_needs_the_client_id() {
    let sandbox = keycloak().await;
    let id = register(&sandbox, "iat-1", &app()).await.json()["client_id"].as_str().unwrap().to_owned();
    let token = tokens(&sandbox, &id).await["refresh_token"].as_str().unwrap().to_owned();
    let without = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
    let refused = post_form(&sandbox.token_endpoint(), &without).await;
    assert_eq!((refused.status, refused.error().as_str()), (400, "invalid_client"));
    let with = [&without[..], &[("client_id", id.as_str())]].concat();
    assert_eq!(post_form(&sandbox.token_endpoint(), &with).await.status, 200);
}
