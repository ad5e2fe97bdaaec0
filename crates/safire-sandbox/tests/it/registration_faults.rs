use safire_jose::Algorithm;
use safire_jose::PrivateKey;
use safire_sandbox::Sandbox;
use serde_json::Value;
use serde_json::json;

use crate::support::backend;
use crate::support::key_client;
use crate::support::post_form;
use crate::support::post_json;
use crate::support::public;

type Shape = fn(&Value) -> bool;

#[tokio::test]
async fn each_registration_fault_has_its_shape() {
    let sandbox = Sandbox::start().await.unwrap();
    let secret = backend("client_secret_basic");
    let cases: [(&str, Shape); 21] = [
        ("secret-without-expiry", |b| {
            b["client_secret"].is_string() && b.get("client_secret_expires_at").is_none()
        }),
        ("nulls", |b| {
            b.get("contacts") == Some(&Value::Null) && b["tos_uri"] == "" && b["client_id"].is_string()
        }),
        ("only-client-id", |b| b["client_id"].is_string() && b.get("grant_types").is_none()),
        ("no-client-id", |b| b.get("client_id").is_none() && b["scope"].is_string()),
        ("null-client-id", |b| b.get("client_id") == Some(&Value::Null)),
        ("blank-client-id", |b| b["client_id"].as_str().is_some_and(|id| id.trim().is_empty())),
        ("object-client-id", |b| b["client_id"].is_object()),
        ("numeric-client-id", |b| b["client_id"].as_u64().is_some_and(|id| id > 1 << 53)),
        ("long-client-id", |b| b["client_id"].as_str().is_some_and(|id| id.len() == 2048)),
        ("odd-client-id", |b| {
            b["client_id"] == "1PpG/Q 1" && !b["client_secret"].as_str().unwrap().is_ascii()
        }),
        ("fewer-scopes", |b| b["scope"] == "system/Patient.rs"),
        ("other-redirect-uris", |b| b["redirect_uris"] == json!(["https://other.example.com/callback"])),
        ("other-method", |b| b["token_endpoint_auth_method"] == "client_secret_post"),
        ("unknown-method", |b| b["token_endpoint_auth_method"] == "tls_client_auth"),
        ("method-array", |b| b["token_endpoint_auth_method"] == json!(["client_secret_basic"])),
        ("no-method", |b| b.get("token_endpoint_auth_method").is_none()),
        ("string-arrays", |b| b["grant_types"] == "client_credentials"),
        ("secret-for-key-client", |b| b["client_secret"].is_string()),
        ("string-expiry", |b| b["client_secret_expires_at"] == "0"),
        ("past-expiry", |b| b["client_secret_expires_at"] == 1_000_000_000),
        ("millisecond-times", |b| {
            b["client_id_issued_at"].as_i64().is_some_and(|time| time > 1_000_000_000_000)
        }),
    ];
    for (fault, shape) in cases {
        sandbox.set_fault(&format!("register:{fault}")).unwrap();
        let answer = post_json(&sandbox.registration_endpoint(), &secret).await;
        assert_eq!(answer.status, 201, "{fault}");
        assert!(shape(&answer.json()), "{fault}: {}", answer.text());
    }
    assert_eq!(sandbox.counts().registrations_issued, 21);
}

#[tokio::test]
async fn t1_status_200_is_a_200() {
    let sandbox = Sandbox::builder().fault("status-200").start().await.unwrap();
    let answer = post_json(&sandbox.registration_endpoint(), &public()).await;
    assert_eq!(answer.status, 200);
    assert!(answer.json()["client_id"].is_string());
}

#[tokio::test]
async fn t7_the_method_of_the_answer_is_the_one_that_works() {
    let sandbox = Sandbox::builder().fault("other-method").start().await.unwrap();
    let key = PrivateKey::generate(Algorithm::Es384).unwrap();
    let client = post_json(&sandbox.registration_endpoint(), &key_client(&key)).await.json();
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", client["client_id"].as_str().unwrap()),
        ("client_secret", client["client_secret"].as_str().unwrap()),
    ];
    assert_eq!(post_form(&sandbox.token_endpoint(), &fields).await.status, 200);
}

#[tokio::test]
async fn t10_the_redirect_goes_to_another_host_with_307() {
    let sandbox = Sandbox::builder().fault("location-307").start().await.unwrap();
    let answer = post_json(&sandbox.registration_endpoint(), &public()).await;
    assert_eq!((answer.status, answer.header("location")), (307, Some("https://elsewhere.invalid/register")));
    assert_eq!(sandbox.counts().registrations_issued, 0);
}

#[tokio::test]
async fn a_numeric_client_id_works_at_the_token_endpoint() {
    let sandbox = Sandbox::builder().fault("numeric-client-id").start().await.unwrap();
    let client = post_json(&sandbox.registration_endpoint(), &backend("client_secret_post")).await.json();
    let id = client["client_id"].as_u64().unwrap().to_string();
    let secret = client["client_secret"].as_str().unwrap();
    let fields =
        [("grant_type", "client_credentials"), ("client_id", id.as_str()), ("client_secret", secret)];
    assert_eq!(post_form(&sandbox.token_endpoint(), &fields).await.status, 200);
}
