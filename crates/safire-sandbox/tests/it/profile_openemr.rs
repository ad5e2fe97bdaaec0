use safire_sandbox::Sandbox;
use safire_sandbox::SandboxError;
use serde_json::Value;
use serde_json::json;

use crate::browser::Browser;
use crate::browser::Request;
use crate::browser::app;
use crate::browser::title;
use crate::browser::tokens;
use crate::support::client;
use crate::support::post_json;
use crate::support::read;
use crate::support::token_by_secret;

async fn openemr() -> Sandbox {
    let builder = Sandbox::builder().profile("openemr").require_initial_access_token("not-looked-at");
    builder.auto_approve("clinician", "example").start().await.unwrap()
}

/// An app without the scope `launch`.
fn standalone() -> Value {
    let mut metadata = app();
    metadata["contacts"] = json!(["mailto:it@example.com"]);
    metadata["scope"] = json!("openid fhirUser launch/patient patient/*.rs offline_access");
    metadata
}

fn confidential() -> Value {
    let mut metadata = standalone();
    metadata["token_endpoint_auth_method"] = json!("client_secret_basic");
    metadata["grant_types"] = json!(["authorization_code", "client_credentials"]);
    metadata["scope"] = json!("openid system/Patient.rs");
    metadata
}

async fn register(sandbox: &Sandbox, metadata: &Value) -> Value {
    let answer = post_json(&sandbox.registration_endpoint(), metadata).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn id(client: &Value) -> &str {
    client["client_id"].as_str().unwrap()
}

#[tokio::test]
async fn t1_success_is_200_with_an_empty_secret_for_a_public_client() {
    let sandbox = openemr().await;
    let body = register(&sandbox, &standalone()).await;
    assert_eq!((&body["client_secret"], &body["application_type"]), (&json!(""), &json!("public")));
    assert_eq!(body["client_role"], "user");
    assert!(tokens(&sandbox, id(&body)).await["access_token"].is_string());
}

#[tokio::test]
async fn contacts_redirect_uris_and_scope_are_required() {
    let sandbox = openemr().await;
    for name in ["contacts", "redirect_uris", "scope"] {
        let mut metadata = standalone();
        metadata.as_object_mut().unwrap().remove(name);
        let answer = post_json(&sandbox.registration_endpoint(), &metadata).await;
        assert_eq!((answer.status, answer.error().as_str()), (400, "invalid_client_metadata"), "{name}");
    }
}

#[tokio::test]
async fn a_confidential_client_waits_for_an_approval() {
    let sandbox = openemr().await;
    let body = register(&sandbox, &confidential()).await;
    assert_eq!(body["application_type"], "private");
    let refused = token_by_secret(&sandbox, &body).await;
    assert_eq!((refused.status, refused.error().as_str()), (401, "invalid_client"));
    sandbox.approve(id(&body)).unwrap();
    assert_eq!(token_by_secret(&sandbox, &body).await.status, 200);
    assert!(matches!(sandbox.approve("nobody"), Err(SandboxError::UnknownClient(_))));
}

#[tokio::test]
async fn an_app_with_the_scope_launch_waits_too_and_a_call_approves_it() {
    let sandbox = openemr().await;
    let mut metadata = standalone();
    metadata["scope"] = json!("openid fhirUser launch launch/patient patient/*.rs offline_access");
    let body = register(&sandbox, &metadata).await;
    let page = Browser::default().get(&Request::of(&sandbox, id(&body)).url(&sandbox)).await;
    assert_eq!(page.status, 400, "{}", title(&page));
    assert!(page.text().contains("approved"));
    let control = format!("{}/_control/approve", sandbox.issuer());
    assert_eq!(post_json(&control, &json!({"client_id": "nobody"})).await.status, 400);
    assert_eq!(post_json(&control, &json!({"client": id(&body)})).await.status, 400);
    assert_eq!(post_json(&control, &json!({"client_id": id(&body)})).await.status, 204);
    assert!(tokens(&sandbox, id(&body)).await["access_token"].is_string());
}

#[tokio::test]
async fn management_only_reads_elsewhere_and_little() {
    let sandbox = openemr().await;
    let body = register(&sandbox, &standalone()).await;
    let uri = body["registration_client_uri"].as_str().unwrap();
    assert!(uri.contains("/client/") && !uri.contains(id(&body)), "{uri}");
    let send = |method: reqwest::Method, token: &str| {
        read(client().request(method, uri).header("authorization", format!("Bearer {token}")))
    };
    let token = body["registration_access_token"].as_str().unwrap();
    let told = send(reqwest::Method::GET, token).await.unwrap();
    assert_eq!((told.status, &told.json()["client_id"]), (200, &body["client_id"]));
    assert!(told.json().get("grant_types").is_none());
    assert_eq!(send(reqwest::Method::GET, "wrong").await.unwrap().status, 403);
    let put = send(reqwest::Method::PUT, token).await.unwrap();
    assert_eq!((put.status, put.header("allow")), (405, Some("GET")));
}
