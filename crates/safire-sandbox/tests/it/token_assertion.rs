use safire_jose::Algorithm;
use safire_jose::Header;
use safire_jose::PrivateKey;
use safire_sandbox::Sandbox;
use serde_json::Value;
use serde_json::json;

use crate::support::ASSERTION_TYPE;
use crate::support::backend;
use crate::support::claims;
use crate::support::form;
use crate::support::key_client;
use crate::support::now;
use crate::support::read;
use crate::support::register;
use crate::support::sign;
use crate::support::token_by_assertion;

async fn registered(sandbox: &Sandbox, key: &PrivateKey) -> String {
    register(sandbox, &key_client(key)).await["client_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn rs384_and_es384_get_a_token_each() {
    let sandbox = Sandbox::start().await.unwrap();
    for algorithm in [Algorithm::Rs384, Algorithm::Es384] {
        let key = PrivateKey::generate(algorithm).unwrap();
        let id = registered(&sandbox, &key).await;
        let answer = token_by_assertion(&sandbox, &sign(&key, algorithm, &claims(&sandbox, &id, "1"))).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
}

#[tokio::test]
async fn a_jti_is_taken_once() {
    let sandbox = Sandbox::start().await.unwrap();
    let key = PrivateKey::generate(Algorithm::Es384).unwrap();
    let id = registered(&sandbox, &key).await;
    let assertion = sign(&key, Algorithm::Es384, &claims(&sandbox, &id, "once"));
    assert_eq!(token_by_assertion(&sandbox, &assertion).await.status, 200);
    let again = token_by_assertion(&sandbox, &assertion).await;
    assert_eq!((again.status, again.error().as_str()), (401, "invalid_client"));
    assert!(again.text().contains("jti"), "{}", again.text());
}

#[tokio::test]
async fn each_wrong_claim_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let key = PrivateKey::generate(Algorithm::Es384).unwrap();
    let id = registered(&sandbox, &key).await;
    let cases = [
        ("sub", Some(json!("other")), "subject"),
        ("sub", None, "sub"),
        ("iss", Some(json!("other")), "not known"),
        ("iss", None, "iss"),
        ("aud", Some(json!(sandbox.fhir_base())), "audience"),
        ("aud", None, "aud"),
        ("exp", Some(json!(now() - 60)), "expired"),
        ("exp", Some(json!(now() + 3600)), "at most"),
        ("exp", None, "exp"),
        ("jti", None, "jti"),
        ("jti", Some(json!("")), "jti"),
        ("nbf", Some(json!(now() + 600)), "not valid yet"),
        ("iat", Some(json!(now() + 600)), "future"),
    ];
    for (index, (claim, value, words)) in cases.into_iter().enumerate() {
        let mut wrong = claims(&sandbox, &id, &index.to_string());
        match value {
            Some(value) => wrong[claim] = value,
            None => drop(wrong.as_object_mut().unwrap().remove(claim)),
        }
        let answer = token_by_assertion(&sandbox, &sign(&key, Algorithm::Es384, &wrong)).await;
        assert_eq!((answer.status, answer.error().as_str()), (401, "invalid_client"), "{wrong}");
        assert!(answer.text().contains(words), "{words}: {}", answer.text());
    }
    assert_eq!(sandbox.counts().tokens_issued, 0);
}

#[tokio::test]
async fn the_issuer_and_an_array_are_audiences_too_and_back_dated_times_are_fine() {
    let sandbox = Sandbox::start().await.unwrap();
    let key = PrivateKey::generate(Algorithm::Es384).unwrap();
    let id = registered(&sandbox, &key).await;
    for (index, audience) in [json!(sandbox.issuer()), json!([sandbox.token_endpoint(), "https://x.example"])]
        .into_iter()
        .enumerate()
    {
        let mut claims = claims(&sandbox, &id, &index.to_string());
        claims["aud"] = audience;
        claims["iat"] = json!(now() - 30);
        assert_eq!(token_by_assertion(&sandbox, &sign(&key, Algorithm::Es384, &claims)).await.status, 200);
    }
}

#[tokio::test]
async fn each_wrong_header_and_signature_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let key = PrivateKey::generate(Algorithm::Es384).unwrap();
    let id = registered(&sandbox, &key).await;
    let good: Value = claims(&sandbox, &id, "h");
    let write = |header: Header, key: &PrivateKey| safire_jose::sign(key, &header, &good).unwrap();
    let header = Header::jwt(Algorithm::Es384, key.kid());
    let stranger = PrivateKey::generate(Algorithm::Es384).unwrap();
    let no_type = write(Header { typ: None, ..header.clone() }, &key);
    let other_type = write(Header { typ: Some("at+jwt".to_owned()), ..header.clone() }, &key);
    let no_kid = write(Header { kid: None, ..header.clone() }, &key);
    let unknown_kid = write(Header { kid: Some("nobody".to_owned()), ..header.clone() }, &key);
    let forged = write(header, &stranger);
    let none = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{}.", forged.split('.').nth(1).unwrap());
    for (token, words) in [
        (no_type, "type"),
        (other_type, "type"),
        (no_kid, "kid"),
        (unknown_kid, "nobody"),
        (forged, "verify"),
        (none, "not signed"),
        ("rubbish".to_owned(), "parts"),
    ] {
        let answer = token_by_assertion(&sandbox, &token).await;
        assert_eq!((answer.status, answer.error().as_str()), (401, "invalid_client"), "{words}");
        assert!(answer.text().contains(words), "{words}: {}", answer.text());
    }
}

#[tokio::test]
async fn an_assertion_beside_a_secret_or_without_its_type_is_no_request() {
    let sandbox = Sandbox::start().await.unwrap();
    let key = PrivateKey::generate(Algorithm::Es384).unwrap();
    let id = registered(&sandbox, &key).await;
    let assertion = sign(&key, Algorithm::Es384, &claims(&sandbox, &id, "2"));
    let grant = ("grant_type", "client_credentials");
    let token = ("client_assertion", assertion.as_str());
    let kind = ("client_assertion_type", ASSERTION_TYPE);
    let url = sandbox.token_endpoint();
    for fields in [
        vec![grant, token, kind, ("client_id", &id), ("client_secret", "x")],
        vec![grant, token],
        vec![grant, kind],
        vec![grant, token, ("client_assertion_type", "urn:other")],
    ] {
        assert_eq!(read(form(&url, &fields)).await.unwrap().error(), "invalid_request", "{fields:?}");
    }
}

#[tokio::test]
async fn keys_behind_a_url_are_said_not_to_be_fetched() {
    let sandbox = Sandbox::start().await.unwrap();
    let key = PrivateKey::generate(Algorithm::Es384).unwrap();
    let mut metadata = backend("private_key_jwt");
    metadata["jwks_uri"] = json!("https://app.example.com/jwks.json");
    let id = register(&sandbox, &metadata).await["client_id"].as_str().unwrap().to_owned();
    let answer =
        token_by_assertion(&sandbox, &sign(&key, Algorithm::Es384, &claims(&sandbox, &id, "3"))).await;
    assert_eq!(answer.error(), "invalid_client");
    assert!(answer.text().contains("does not fetch keys"));
}
