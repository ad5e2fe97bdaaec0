use safire_sandbox::Sandbox;
use serde_json::json;

use super::world::CLIENT;
use super::world::World;
use super::world::assert_refused;
use super::world::extensions;
use super::world::request;
use super::world::signed;

#[tokio::test]
async fn the_same_client_again_is_a_modification_and_keeps_its_id() {
    let world = World::start().await;
    let id = world.registered(&world.claims()).await;
    let other = world.community.issue_as(&request(CLIENT)).unwrap();
    let mut claims = world.claims();
    claims["scope"] = json!("system/Patient.rs");
    let answer = world.submit(&signed(&other, &claims)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["client_id"], id);
    assert_eq!(answer.json()["scope"], "system/Patient.rs");
    assert_eq!(world.sandbox.clients().len(), 1);
    assert_eq!(world.token(&world.authentication(&id, extensions())).await.status, 200);
}

#[tokio::test]
async fn another_community_has_a_registration_of_its_own() {
    let builder = Sandbox::builder().udap_community("urn:one").udap_community("urn:two");
    let world = World::of(builder).await;
    let id = world.registered(&world.claims()).await;
    let second = world.sandbox.udap_community("urn:two").await.unwrap();
    let elsewhere = second.issue_as(&request(CLIENT)).unwrap();
    let answer = world.submit(&signed(&elsewhere, &world.claims())).await;
    assert_eq!(answer.status, 201);
    assert_ne!(answer.json()["client_id"], id);
    assert_eq!(world.sandbox.clients().len(), 2);
    let assertion = signed(&elsewhere, &world.authentication(&id, extensions()));
    let answer = world.token_with(&assertion, &[("scope", "system/Patient.rs"), ("udap", "1")]).await;
    assert_refused(&answer, "invalid_client", "no path");
}

#[tokio::test]
async fn another_uri_is_another_client() {
    let world = World::start().await;
    let id = world.registered(&world.claims()).await;
    let uri = "https://app.example.org/udap#T-TREAT";
    let other = world.community.issue_as(&request(uri)).unwrap();
    let mut claims = world.claims();
    (claims["iss"], claims["sub"]) = (json!(uri), json!(uri));
    let answer = world.submit(&signed(&other, &claims)).await;
    assert_eq!(answer.status, 201);
    assert_ne!(answer.json()["client_id"], id);
}

#[tokio::test]
async fn an_empty_list_of_grants_cancels_with_all_tokens() {
    let world = World::start().await;
    let id = world.registered(&world.claims()).await;
    let token = world.token(&world.authentication(&id, extensions())).await.json();
    let patient = format!("{}/Patient/example", world.sandbox.fhir_base());
    let bearer = token["access_token"].as_str().unwrap();
    let read = || crate::support::read(crate::support::client().get(&patient).bearer_auth(bearer));
    assert_eq!(read().await.unwrap().status, 200);
    let mut claims = world.claims();
    claims["grant_types"] = json!([]);
    let answer = world.register(&claims).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!((&answer.json()["client_id"], &answer.json()["grant_types"]), (&json!(id), &json!([])));
    assert!(world.sandbox.clients().is_empty());
    assert_eq!(read().await.unwrap().status, 401);
    let answer = world.token(&world.authentication(&id, extensions())).await;
    assert_refused(&answer, "invalid_client", "not known");
    claims["jti"] = json!("again");
    assert_refused(&world.register(&claims).await, "invalid_client_metadata", "no registration");
    let fresh = world.registered(&world.claims()).await;
    assert_ne!(fresh, id);
}

#[tokio::test]
async fn a_replaced_id_ends_the_old_one() {
    let world = World::start().await;
    let old = world.registered(&world.claims()).await;
    world.sandbox.set_fault("register:replaced-client-id").unwrap();
    let answer = world.register(&world.claims()).await;
    let new = answer.json()["client_id"].as_str().unwrap().to_owned();
    assert_eq!(answer.status, 201);
    assert_ne!(new, old);
    assert_refused(
        &world.token(&world.authentication(&old, extensions())).await,
        "invalid_client",
        "not known",
    );
    assert_eq!(world.token(&world.authentication(&new, extensions())).await.status, 200);
}

#[tokio::test]
async fn a_cancellation_can_stay_unconfirmed() {
    let world = World::start().await;
    let id = world.registered(&world.claims()).await;
    world.sandbox.set_fault("register:cancellation-unconfirmed").unwrap();
    let mut claims = world.claims();
    claims["grant_types"] = json!([]);
    let answer = world.register(&claims).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["grant_types"], json!(["client_credentials"]));
    assert_eq!(world.token(&world.authentication(&id, extensions())).await.status, 200);
}
