use std::time::Duration;

use safire_jose::Algorithm;
use safire_sandbox::Community;
use safire_sandbox::Sandbox;
use serde_json::Value;
use serde_json::json;

use super::world::CLIENT;
use super::world::World;
use super::world::assert_refused;
use super::world::extensions;
use super::world::jws;
use super::world::request;
use super::world::set;
use super::world::signed;
use crate::support::client;
use crate::support::now;
use crate::support::read;

#[tokio::test]
async fn a_registered_client_gets_a_token_that_opens_the_fhir_server() {
    let world = World::start().await;
    let id = world.registered(&world.claims()).await;
    let answer = world.token(&world.authentication(&id, extensions())).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let body = answer.json();
    assert_eq!((&body["token_type"], &body["scope"]), (&json!("Bearer"), &json!("system/Patient.rs")));
    assert!(body.get("refresh_token").is_none());
    let url = format!("{}/Patient/example", world.sandbox.fhir_base());
    let answer = read(client().get(url).bearer_auth(body["access_token"].as_str().unwrap())).await.unwrap();
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_renewed_certificate_of_the_same_client_is_good() {
    let world = World::start().await;
    let id = world.registered(&world.claims()).await;
    let renewed = world.community.issue_as(&request(CLIENT).algorithm(Algorithm::Es384)).unwrap();
    let assertion = signed(&renewed, &world.authentication(&id, extensions()));
    let answer = world.token_with(&assertion, &[("scope", "system/Patient.rs"), ("udap", "1")]).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[tokio::test]
async fn a_certificate_that_is_not_the_clients_is_refused() {
    let world = World::start().await;
    let id = world.registered(&world.claims()).await;
    let stranger = Community::builder("urn:x").make().unwrap();
    let revoked = world.community.issue_as(&request(CLIENT)).unwrap();
    world.community.revoke(revoked.serial());
    for (member, says) in [
        (world.community.issue_as(&request("https://other.example")).unwrap(), "no URI name"),
        (world.community.issue_as(&request(CLIENT).expired()).unwrap(), "expired"),
        (stranger.issue_as(&request(CLIENT)).unwrap(), "no path"),
        (revoked, "revoked"),
    ] {
        let assertion = signed(&member, &world.authentication(&id, extensions()));
        let answer = world.token_with(&assertion, &[("scope", "system/Patient.rs"), ("udap", "1")]).await;
        assert_refused(&answer, "invalid_client", says);
        assert_eq!(answer.status, 401);
    }
}

#[tokio::test]
async fn each_claim_of_the_authentication_token_is_checked() {
    let world = World::start().await;
    let id = world.registered(&world.claims()).await;
    for (claim, value, says) in [
        ("iss", json!(CLIENT), "not known"),
        ("sub", json!(CLIENT), "subject"),
        ("aud", json!(world.sandbox.issuer()), "audience"),
        ("exp", json!(now() + 360), "lives"),
        ("exp", json!(now() - 120), "expired"),
        ("iat", Value::Null, "iat"),
        ("jti", Value::Null, "jti"),
    ] {
        let mut claims = world.authentication(&id, extensions());
        set(&mut claims, claim, value);
        assert_refused(&world.token(&claims).await, "invalid_client", says);
    }
    let header = json!({"alg": "ES256", "kid": "x"});
    let assertion = jws(&world.client, Algorithm::Es256, &header, &world.authentication(&id, extensions()));
    let answer = world.token_with(&assertion, &[("scope", "system/Patient.rs"), ("udap", "1")]).await;
    assert_refused(&answer, "invalid_client", "x5c");
}

#[tokio::test]
async fn an_authentication_token_is_taken_once() {
    let world = World::start().await;
    let id = world.registered(&world.claims()).await;
    let claims = world.authentication(&id, extensions());
    assert_eq!(world.token(&claims).await.status, 200);
    assert_refused(&world.token(&claims).await, "invalid_client", "used before");
}

#[tokio::test]
async fn the_parameters_udap_and_scope_are_required() {
    let world = World::start().await;
    let id = world.registered(&world.claims()).await;
    for (fields, says) in [
        ([("scope", "system/Patient.rs"), ("resource", "x")], "udap"),
        ([("scope", "system/Patient.rs"), ("udap", "2")], "udap"),
        ([("resource", "x"), ("udap", "1")], "scope"),
    ] {
        let assertion = signed(&world.client, &world.authentication(&id, extensions()));
        assert_refused(&world.token_with(&assertion, &fields).await, "invalid_request", says);
    }
}

#[tokio::test]
async fn no_token_lives_longer_than_an_hour() {
    let world = World::of(Sandbox::builder().token_lifetime(Duration::from_secs(86_400))).await;
    let id = world.registered(&world.claims()).await;
    let body = world.token(&world.authentication(&id, extensions())).await.json();
    assert_eq!(body["expires_in"], 3_600);
}
