use safire_jose::Algorithm;
use safire_jose::PrivateKey;
use safire_sandbox::Sandbox;
use serde_json::Value;
use serde_json::json;

use crate::support::backend;
use crate::support::client;
use crate::support::key_client;
use crate::support::post_json;
use crate::support::public;
use crate::support::read;

fn with(mut metadata: Value, name: &str, value: Value) -> Value {
    metadata[name] = value;
    metadata
}

#[tokio::test]
async fn each_broken_rule_is_refused_with_its_error() {
    let sandbox = Sandbox::start().await.unwrap();
    let metadata = "invalid_client_metadata";
    let redirect = "invalid_redirect_uri";
    let cases = [
        (json!({}), redirect),
        (json!([]), metadata),
        (with(public(), "redirect_uris", json!([])), redirect),
        (with(public(), "redirect_uris", json!(["http://app.example.com/cb"])), redirect),
        (with(public(), "redirect_uris", json!(["https://app.example.com/cb#x"])), redirect),
        (with(public(), "redirect_uris", json!(["https://*.example.com/cb"])), redirect),
        (with(public(), "redirect_uris", json!(["javascript:alert(1)"])), redirect),
        (with(public(), "redirect_uris", json!(["/callback"])), redirect),
        (with(public(), "redirect_uris", json!("https://app.example.com/cb")), metadata),
        (with(public(), "grant_types", json!([])), metadata),
        (with(public(), "grant_types", json!(["implicit"])), metadata),
        (with(public(), "grant_types", json!(["refresh_token"])), metadata),
        (with(public(), "grant_types", json!(["authorization_code", "client_credentials"])), metadata),
        (with(public(), "response_types", json!(["token"])), metadata),
        (with(public(), "response_types", json!([])), metadata),
        (with(backend("client_secret_basic"), "response_types", json!(["code"])), metadata),
        (with(public(), "token_endpoint_auth_method", json!("client_secret_jwt")), metadata),
        (with(public(), "token_endpoint_auth_signing_alg", json!("none")), metadata),
        (with(public(), "contacts", Value::Null), metadata),
        (with(public(), "logo_uri", json!("logo.png")), metadata),
        (with(public(), "scope", json!(["openid"])), metadata),
        (with(public(), "software_statement", json!("a.b.c")), "unapproved_software_statement"),
        (backend("private_key_jwt"), metadata),
    ];
    for (body, error) in cases {
        let answer = post_json(&sandbox.registration_endpoint(), &body).await;
        assert_eq!((answer.status, answer.error().as_str()), (400, error), "{body}");
        assert!(answer.json()["error_description"].as_str().is_some_and(|text| !text.is_empty()));
    }
    assert_eq!(sandbox.counts().registrations_issued, 0);
}

#[tokio::test]
async fn redirect_uris_on_https_loopback_and_private_schemes_are_taken() {
    let sandbox = Sandbox::start().await.unwrap();
    let uris = json!([
        "https://a.example/cb?x=1",
        "http://127.0.0.1:5/cb",
        "http://[::1]/cb",
        "com.example.app:/cb"
    ]);
    let answer =
        post_json(&sandbox.registration_endpoint(), &with(public(), "redirect_uris", uris.clone())).await;
    assert_eq!((answer.status, &answer.json()["redirect_uris"]), (201, &uris));
}

#[tokio::test]
async fn keys_are_held_to_the_rules() {
    let sandbox = Sandbox::start().await.unwrap();
    let key = PrivateKey::generate(Algorithm::Es384).unwrap();
    let good = key_client(&key);
    let public_key = good["jwks"]["keys"][0].clone();
    let private: Value = serde_json::from_str(&key.to_private_jwk()).unwrap();
    let mut nameless = public_key.clone();
    nameless.as_object_mut().unwrap().remove("kid");
    let weak = json!({"kty": "RSA", "kid": "weak", "e": "AQAB", "n": "w".repeat(171)});
    for keys in
        [json!([]), json!([private]), json!([nameless]), json!([weak]), json!([public_key, public_key])]
    {
        let body = with(good.clone(), "jwks", json!({"keys": keys}));
        let answer = post_json(&sandbox.registration_endpoint(), &body).await;
        assert_eq!((answer.status, answer.error().as_str()), (400, "invalid_client_metadata"), "{body}");
    }
    let both = with(good, "jwks_uri", json!("https://app.example.com/jwks.json"));
    assert_eq!(post_json(&sandbox.registration_endpoint(), &both).await.error(), "invalid_client_metadata");
}

#[tokio::test]
async fn the_body_must_be_json_and_called_so() {
    let sandbox = Sandbox::start().await.unwrap();
    let send = |content_type: &'static str, body: String| {
        read(client().post(sandbox.registration_endpoint()).header("content-type", content_type).body(body))
    };
    let doubled =
        r#"{"redirect_uris":["https://a.example/cb"],"redirect_uris":["https://b.example/cb"]}"#.to_owned();
    for (content_type, body) in [
        ("text/plain", public().to_string()),
        ("application/json", "{".to_owned()),
        ("application/json", String::new()),
        ("application/json", doubled),
    ] {
        let answer = send(content_type, body).await.unwrap();
        assert_eq!((answer.status, answer.error().as_str()), (400, "invalid_client_metadata"));
    }
    let answer = send("application/json; charset=utf-8", public().to_string()).await.unwrap();
    assert_eq!(answer.status, 201);
}
