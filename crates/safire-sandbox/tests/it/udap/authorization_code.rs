use safire_jose::Limits;
use safire_jose::PublicKey;
use safire_pki::Chain;
use safire_sandbox::Sandbox;
use serde_json::Value;
use serde_json::json;

use super::world::World;
use super::world::assert_refused;
use super::world::signed;
use crate::browser::NONCE;
use crate::browser::REDIRECT;
use crate::browser::Request;
use crate::browser::VERIFIER;
use crate::browser::code;
use crate::browser::fhir;
use crate::browser::told;
use crate::support::Answer;
use crate::support::get;

async fn world() -> World {
    World::of(Sandbox::builder().auto_approve("clinician", "second")).await
}

/// A request by UDAP: `aud` is SMART's alone.
pub(crate) fn request(world: &World, id: &str) -> Request {
    let scope = "openid offline_access patient/*.rs";
    Request::of(&world.sandbox, id).with("aud", None).with("scope", Some(scope))
}

pub(crate) async fn redeem(world: &World, id: &str, code: &str) -> Answer {
    let assertion = signed(&world.client, &world.authentication(id, Value::Null));
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
        ("client_assertion_type", crate::support::ASSERTION_TYPE),
        ("client_assertion", &assertion),
        ("udap", "1"),
    ];
    crate::support::post_form(&world.sandbox.token_endpoint(), &fields).await
}

async fn refresh(world: &World, id: &str, token: &Value) -> Answer {
    let assertion = signed(&world.client, &world.authentication(id, Value::Null));
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", token.as_str().unwrap()),
        ("client_assertion_type", crate::support::ASSERTION_TYPE),
        ("client_assertion", &assertion),
        ("udap", "1"),
    ];
    crate::support::post_form(&world.sandbox.token_endpoint(), &fields).await
}

#[tokio::test]
async fn a_code_gives_tokens_that_can_be_refreshed() {
    let world = world().await;
    let id = world.registered(&world.user_claims(REDIRECT)).await;
    let code = code(&world.sandbox, &request(&world, &id)).await;
    let answer = redeem(&world, &id, &code).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let body = answer.json();
    assert_eq!(body["patient"], "second");
    assert_eq!(fhir(&world.sandbox, &body["access_token"], "Patient/second").await.status, 200);
    let answer = refresh(&world, &id, &body["refresh_token"]).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[tokio::test]
async fn the_id_token_shows_the_certificate_of_the_server() {
    let world = world().await;
    let id = world.registered(&world.user_claims(REDIRECT)).await;
    let code = code(&world.sandbox, &request(&world, &id)).await;
    let body = redeem(&world, &id, &code).await.json();
    let jwt = safire_jose::decode(body["id_token"].as_str().unwrap(), Limits::default()).unwrap();
    let x5c: Vec<String> = serde_json::from_value(jwt.header()["x5c"].clone()).unwrap();
    let leaf = Chain::from_x5c(&x5c).unwrap().leaf().clone();
    assert!(leaf.uri_names().iter().any(|name| name.as_str() == world.sandbox.issuer()));
    let kid = jwt.kid().unwrap().to_owned();
    let key = PublicKey::from_spki(leaf.public_key().as_ref()).unwrap();
    let claims = jwt.verify(&[safire_jose::Algorithm::Rs256], &key).unwrap().claims;
    assert_eq!((&claims["iss"], &claims["nonce"]), (&json!(world.sandbox.issuer()), &json!(NONCE)));
    let published = get(&world.sandbox.jwks_uri()).await.json();
    assert!(published["keys"].as_array().unwrap().iter().any(|key| key["kid"] == kid));
}

#[tokio::test]
async fn who_did_not_register_for_refresh_tokens_gets_none() {
    let world = world().await;
    let mut claims = world.user_claims(REDIRECT);
    claims["grant_types"] = json!(["authorization_code"]);
    let id = world.registered(&claims).await;
    let code = code(&world.sandbox, &request(&world, &id)).await;
    assert!(redeem(&world, &id, &code).await.json().get("refresh_token").is_none());
}

#[tokio::test]
async fn the_only_redirect_uri_need_not_be_named() {
    let world = world().await;
    let mut claims = world.user_claims(REDIRECT);
    let id = world.registered(&claims).await;
    let unnamed = request(&world, &id).with("redirect_uri", None);
    let code = code(&world.sandbox, &unnamed).await;
    assert_refused(&redeem(&world, &id, &code).await, "invalid_grant", "had no redirect_uri");
    let assertion = signed(&world.client, &world.authentication(&id, Value::Null));
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("code_verifier", VERIFIER),
        ("client_assertion_type", crate::support::ASSERTION_TYPE),
        ("client_assertion", &assertion),
        ("udap", "1"),
    ];
    let answer = crate::support::post_form(&world.sandbox.token_endpoint(), &fields).await;
    assert_eq!(answer.status, 200, "{}", answer.text());

    claims["redirect_uris"] = json!([REDIRECT, "https://app.example.com/other"]);
    claims["jti"] = json!("two");
    assert_eq!(world.register(&claims).await.status, 200);
    let page = get(&request(&world, &id).with("redirect_uri", None).url(&world.sandbox)).await;
    assert_eq!(page.status, 400);
}

#[tokio::test]
async fn the_code_needs_the_certificate_and_the_verifier() {
    let world = world().await;
    let id = world.registered(&world.user_claims(REDIRECT)).await;
    let code = code(&world.sandbox, &request(&world, &id)).await;
    let fields = [("grant_type", "authorization_code"), ("client_id", &id), ("code", &code)];
    let answer = crate::support::post_form(&world.sandbox.token_endpoint(), &fields).await;
    assert_refused(&answer, "invalid_client", "private_key_jwt");
    let back = told(
        &crate::browser::Browser::default()
            .get(&request(&world, &id).with("code_challenge", None).url(&world.sandbox))
            .await,
    );
    assert_eq!(back["error"], "invalid_request");
    let back = told(
        &crate::browser::Browser::default()
            .get(&request(&world, &id).with("state", None).url(&world.sandbox))
            .await,
    );
    assert_eq!(back["error"], "invalid_request");
}
