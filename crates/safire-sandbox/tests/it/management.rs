use safire_jose::Algorithm;
use safire_jose::PrivateKey;
use safire_sandbox::BadToken;
use safire_sandbox::Management;
use safire_sandbox::Sandbox;
use safire_sandbox::Served;
use serde_json::Value;
use serde_json::json;

use crate::browser::app;
use crate::browser::fhir;
use crate::browser::refresh;
use crate::browser::tokens;
use crate::support::Answer;
use crate::support::backend;
use crate::support::claims;
use crate::support::client;
use crate::support::key_client;
use crate::support::public;
use crate::support::read;
use crate::support::register;
use crate::support::sign;
use crate::support::token_by_assertion;
use crate::support::token_by_secret;

async fn server(management: Management) -> Sandbox {
    let builder = Sandbox::builder().management(management);
    builder.auto_approve("clinician", "example").start().await.unwrap()
}

async fn send(method: reqwest::Method, client_of: &Value, body: Option<&Value>) -> Answer {
    let uri = client_of["registration_client_uri"].as_str().unwrap();
    let token = client_of["registration_access_token"].as_str().unwrap();
    let mut request = client().request(method, uri).header("authorization", format!("Bearer {token}"));
    if let Some(body) = body {
        request = request.header("content-type", "application/json").body(body.to_string());
    }
    read(request).await.unwrap()
}

async fn get(client: &Value) -> Answer {
    send(reqwest::Method::GET, client, None).await
}

async fn put(client: &Value, body: &Value) -> Answer {
    send(reqwest::Method::PUT, client, Some(body)).await
}

/// The metadata with what an update has to name.
fn change(client: &Value, mut metadata: Value) -> Value {
    metadata["client_id"] = client["client_id"].clone();
    metadata
}

#[tokio::test]
async fn an_update_replaces_all_metadata_and_keeps_the_client() {
    let sandbox = server(Management::new()).await;
    let client = register(&sandbox, &backend("client_secret_basic")).await;
    let mut metadata = change(&client, backend("client_secret_basic"));
    metadata["scope"] = json!("system/Patient.rs");
    metadata["client_name"] = json!(null);
    metadata["client_secret"] = client["client_secret"].clone();
    let answer = put(&client, &metadata).await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")));
    let body = answer.json();
    for name in [
        "client_id",
        "client_secret",
        "client_id_issued_at",
        "registration_access_token",
        "registration_client_uri",
    ] {
        assert_eq!(body[name], client[name], "{name}");
    }
    assert_eq!(body["scope"], "system/Patient.rs");
    assert!(body.get("client_name").is_none());
    assert_eq!(get(&client).await.json(), body);
    assert_eq!(token_by_secret(&sandbox, &body).await.status, 200);
    let counts = sandbox.counts();
    assert_eq!((counts.registrations_updated, counts.registrations_read, counts.manage), (1, 1, 2));
}

#[tokio::test]
async fn what_only_the_server_says_must_not_be_sent() {
    let sandbox = server(Management::new()).await;
    let client = register(&sandbox, &backend("client_secret_basic")).await;
    let good = change(&client, backend("client_secret_basic"));
    let cases = [
        ("client_id", json!("another")),
        ("client_id", json!(null)),
        ("client_secret", json!("chosen by the client")),
        ("registration_access_token", client["registration_access_token"].clone()),
        ("registration_client_uri", client["registration_client_uri"].clone()),
        ("client_secret_expires_at", json!(0)),
        ("client_id_issued_at", client["client_id_issued_at"].clone()),
        ("grant_types", json!(["password"])),
    ];
    for (name, value) in cases {
        let mut wrong = good.clone();
        wrong[name] = value;
        let answer = put(&client, &wrong).await;
        assert_eq!((answer.status, answer.error().as_str()), (400, "invalid_client_metadata"), "{name}");
    }
    assert_eq!(get(&client).await.json(), client);
}

#[tokio::test]
async fn a_method_that_needs_a_secret_gets_one_and_another_loses_it() {
    let sandbox = server(Management::new()).await;
    let client = register(&sandbox, &public()).await;
    let mut metadata = change(&client, public());
    metadata["token_endpoint_auth_method"] = json!("client_secret_post");
    let with = put(&client, &metadata).await.json();
    assert!(with["client_secret"].is_string() && with["client_secret_expires_at"] == 0);
    let without = put(&client, &change(&client, public())).await.json();
    assert!(without.get("client_secret").is_none());
}

#[tokio::test]
async fn a_rotated_secret_and_token_are_the_only_ones_that_are_good() {
    let sandbox = server(Management::new().rotating_token().rotating_secret()).await;
    let client = register(&sandbox, &backend("client_secret_basic")).await;
    let body = put(&client, &change(&client, backend("client_secret_basic"))).await.json();
    assert_ne!(body["client_secret"], client["client_secret"]);
    assert_ne!(body["registration_access_token"], client["registration_access_token"]);
    assert_eq!(token_by_secret(&sandbox, &client).await.error(), "invalid_client");
    assert_eq!(token_by_secret(&sandbox, &body).await.status, 200);
    assert_eq!(get(&client).await.status, 401);
    let read = get(&body).await.json();
    assert_eq!(read["client_secret"], body["client_secret"], "a read rotates the token alone");
    assert_eq!(get(&body).await.status, 401);
    assert_eq!(get(&read).await.status, 200);
}

#[tokio::test]
async fn a_deleted_client_is_gone_with_all_its_tokens() {
    let sandbox = server(Management::new()).await;
    let client = register(&sandbox, &app()).await;
    let id = client["client_id"].as_str().unwrap();
    let login = tokens(&sandbox, id).await;
    let answer = send(reqwest::Method::DELETE, &client, None).await;
    assert_eq!((answer.status, answer.body.len()), (204, 0));
    for method in [reqwest::Method::GET, reqwest::Method::DELETE] {
        assert_eq!(send(method, &client, None).await.status, 401);
    }
    assert_eq!(fhir(&sandbox, &login["access_token"], "Patient/example").await.status, 401);
    assert_eq!(refresh(&sandbox, id, &login["refresh_token"], &[]).await.error(), "invalid_client");
    assert!(sandbox.clients().is_empty());
    assert_eq!(sandbox.counts().registrations_deleted, 1);
}

#[tokio::test]
async fn t11_a_bad_token_is_401_or_403_or_400() {
    for (answer, status) in
        [(BadToken::Unauthorized, 401), (BadToken::Forbidden, 403), (BadToken::BadRequest, 400)]
    {
        let sandbox = server(Management::new().bad_token(answer)).await;
        let mut client = register(&sandbox, &public()).await;
        client["registration_access_token"] = json!("wrong");
        assert_eq!(get(&client).await.status, status);
        assert_eq!(put(&client, &change(&client, public())).await.status, status);
        assert_eq!(send(reqwest::Method::DELETE, &client, None).await.status, status);
    }
}

#[tokio::test]
async fn what_is_not_served_is_404_or_405() {
    for (served, get_status, put_status) in
        [(Served::NotFound, 404, 404), (Served::NotAllowed, 405, 405), (Served::ReadOnly, 200, 405)]
    {
        let sandbox = server(Management::new().served(served)).await;
        let client = register(&sandbox, &public()).await;
        assert_eq!(get(&client).await.status, get_status, "{served:?}");
        assert_eq!(put(&client, &change(&client, public())).await.status, put_status, "{served:?}");
    }
    let sandbox = server(Management::new().served(Served::Absent)).await;
    let client = register(&sandbox, &public()).await;
    assert!(client.get("registration_client_uri").is_none());
    assert!(client.get("registration_access_token").is_none());
}

#[tokio::test]
async fn t13_an_update_whose_answer_is_lost_has_happened() {
    let sandbox = server(Management::new().rotating_token()).await;
    let client = register(&sandbox, &public()).await;
    sandbox.set_fault("manage:cut").unwrap();
    let uri = client["registration_client_uri"].as_str().unwrap();
    let token = client["registration_access_token"].as_str().unwrap();
    let lost = crate::support::client()
        .put(uri)
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(change(&client, public()).to_string());
    assert!(read(lost).await.is_err());
    sandbox.clear_faults();
    assert_eq!(get(&client).await.status, 401);
    assert_eq!(sandbox.counts().registrations_updated, 1);
}

#[tokio::test]
async fn a_client_whose_id_a_fault_changed_is_managed_all_the_same() {
    let sandbox = Sandbox::builder().fault("register:numeric-client-id").start().await.unwrap();
    let client = register(&sandbox, &public()).await;
    assert!(client["client_id"].is_u64());
    assert_eq!(get(&client).await.json(), client);
    let body = put(&client, &change(&client, public())).await.json();
    assert_eq!(body["client_id"], client["client_id"]);
    assert_eq!(send(reqwest::Method::DELETE, &client, None).await.status, 204);
    assert!(sandbox.clients().is_empty());
}

#[tokio::test]
async fn an_update_puts_new_keys_in_place_of_the_old_ones() {
    let sandbox = server(Management::new()).await;
    let [old, new] = [(); 2].map(|()| PrivateKey::generate(Algorithm::Es384).unwrap());
    let client = register(&sandbox, &key_client(&old)).await;
    let id = client["client_id"].as_str().unwrap();
    let status = async |key: &PrivateKey, jti: &str| {
        token_by_assertion(&sandbox, &sign(key, Algorithm::Es384, &claims(&sandbox, id, jti))).await.status
    };
    let mut both = key_client(&old);
    both["jwks"]["keys"].as_array_mut().unwrap().push(new.public_jwk().to_json());
    assert_eq!(status(&new, "1").await, 401);
    assert_eq!(put(&client, &change(&client, both)).await.status, 200);
    assert_eq!((status(&old, "2").await, status(&new, "3").await), (200, 200));
    assert_eq!(put(&client, &change(&client, key_client(&new))).await.status, 200);
    assert_eq!((status(&old, "4").await, status(&new, "5").await), (401, 200));
}
