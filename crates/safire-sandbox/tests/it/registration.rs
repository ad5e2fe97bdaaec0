use safire_jose::Algorithm;
use safire_jose::PrivateKey;
use safire_sandbox::Issued;
use safire_sandbox::Sandbox;
use serde_json::json;

use crate::support::backend;
use crate::support::client;
use crate::support::get;
use crate::support::key_client;
use crate::support::now;
use crate::support::post_json;
use crate::support::public;
use crate::support::read;
use crate::support::register;

#[tokio::test]
async fn a_secret_client_gets_all_that_rfc_7591_asks() {
    let sandbox = Sandbox::start().await.unwrap();
    let answer = post_json(&sandbox.registration_endpoint(), &backend("client_secret_basic")).await;
    assert_eq!((answer.status, answer.header("cache-control")), (201, Some("no-store")));
    let body = answer.json();
    assert!(body["client_id"].as_str().is_some_and(|id| id.len() >= 16));
    assert!(body["client_secret"].as_str().is_some_and(|secret| secret.len() >= 32));
    assert_eq!(body["client_secret_expires_at"], 0);
    assert!((body["client_id_issued_at"].as_i64().unwrap() - now()).abs() < 5);
    assert_eq!(body["response_types"], json!([]));
    assert_eq!(body["scope"], "system/Patient.rs system/Observation.rs");
    let issued = sandbox.clients();
    assert_eq!((issued.len(), issued[0].secret), (1, Issued::Yes));
    assert!(!issued[0].metadata.contains_key("client_secret"));
}

#[tokio::test]
async fn public_and_key_clients_get_no_secret() {
    let sandbox = Sandbox::start().await.unwrap();
    let key = PrivateKey::generate(Algorithm::Es384).unwrap();
    for metadata in [public(), key_client(&key)] {
        let body = register(&sandbox, &metadata).await;
        assert!(body.get("client_secret").is_none() && body.get("client_secret_expires_at").is_none());
    }
    assert_eq!(sandbox.counts().registrations_issued, 2);
}

#[tokio::test]
async fn defaults_are_filled_in_and_unknown_members_ignored() {
    let sandbox = Sandbox::start().await.unwrap();
    let metadata =
        json!({"redirect_uris": ["http://127.0.0.1:1234/cb"], "client_name#fr": "Appli", "x_vendor": 1});
    let body = register(&sandbox, &metadata).await;
    assert_eq!(body["grant_types"], json!(["authorization_code"]));
    assert_eq!(body["response_types"], json!(["code"]));
    assert_eq!(body["token_endpoint_auth_method"], "client_secret_basic");
    assert_eq!(body["client_name#fr"], "Appli");
    assert!(body.get("x_vendor").is_none());
}

#[tokio::test]
async fn the_registration_can_be_read_with_its_token_only() {
    let sandbox = Sandbox::start().await.unwrap();
    let body = register(&sandbox, &public()).await;
    let uri = body["registration_client_uri"].as_str().unwrap();
    assert_eq!(get(uri).await.status, 401);
    let token = body["registration_access_token"].as_str().unwrap();
    let answer = read(client().get(uri).header("authorization", format!("Bearer {token}"))).await.unwrap();
    assert_eq!((answer.status, answer.json()), (200, body));
}

#[tokio::test]
async fn registration_wants_the_initial_access_token_where_one_is_set() {
    let sandbox = Sandbox::builder().require_initial_access_token("iat-1").start().await.unwrap();
    let url = sandbox.registration_endpoint();
    for header in [None, Some("Bearer wrong"), Some("Basic iat-1")] {
        let mut request =
            client().post(&url).header("content-type", "application/json").body(public().to_string());
        if let Some(header) = header {
            request = request.header("authorization", header);
        }
        let answer = read(request).await.unwrap();
        assert_eq!((answer.status, answer.error().as_str()), (401, "invalid_token"));
        assert!(answer.header("www-authenticate").unwrap().starts_with("Bearer"));
    }
    assert_eq!(sandbox.counts().registrations_issued, 0);
    let request = client().post(&url).header("content-type", "application/json").body(public().to_string());
    assert_eq!(read(request.header("authorization", "Bearer iat-1")).await.unwrap().status, 201);
}

#[tokio::test]
async fn only_post_is_taken() {
    let sandbox = Sandbox::start().await.unwrap();
    let answer = get(&sandbox.registration_endpoint()).await;
    assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")));
}
