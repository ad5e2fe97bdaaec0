use safire_sandbox::Member;
use safire_sandbox::Sandbox;
use serde_json::Value;
use serde_json::json;

use super::world::CLIENT;
use super::world::World;
use super::world::assert_refused;
use super::world::jti;
use super::world::request;
use super::world::signed;
use crate::support::now;

const WANTED: &str = "https://community.example/certifications/one";

fn certification(issuer: &str) -> Value {
    let now = now();
    json!({
        "iss": issuer, "sub": CLIENT, "iat": now, "exp": now + 86_400, "jti": jti(),
        "certification_name": "One", "certification_uris": [WANTED], "grant_types": ["client_credentials"],
    })
}

async fn register(world: &World, signer: &Member, certification: &Value) -> crate::support::Answer {
    let statement = signed(&world.client, &world.claims());
    let certification = signed(signer, certification);
    world
        .post(&json!({"software_statement": statement, "udap": "1", "certifications": ["x", certification]}))
        .await
}

#[tokio::test]
async fn a_required_certification_must_be_there_and_good() {
    let world = World::of(Sandbox::builder().require_certification(WANTED)).await;
    let document =
        crate::support::get(&format!("{}/.well-known/udap", world.sandbox.fhir_base())).await.json();
    assert_eq!(document["udap_certifications_required"], json!([WANTED]));
    assert_refused(&world.register(&world.claims()).await, "unapproved_software_statement", WANTED);
    let good = certification(CLIENT);
    for (claim, value, says) in [
        ("sub", json!("https://other.example"), "subject"),
        ("iss", json!("https://other.example"), "no URI name"),
        ("aud", json!("https://other.example"), "audience"),
        ("exp", json!(now() + 4 * 366 * 86_400), "lives"),
        ("certification_uris", json!(["https://other.example"]), "other URIs"),
        ("certification_name", json!(""), "certification_name"),
        ("grant_types", json!([]), "neither"),
        ("response_types", json!(["code"]), "response_types"),
    ] {
        let mut wrong = good.clone();
        wrong[claim] = value;
        let answer = register(&world, &world.client, &wrong).await;
        assert_refused(&answer, "unapproved_software_statement", says);
    }
    assert_eq!(register(&world, &world.client, &good).await.status, 201);
}

#[tokio::test]
async fn another_member_may_have_signed_it() {
    let world = World::of(Sandbox::builder().require_certification(WANTED)).await;
    let accreditor = world.community.issue_as(&request("https://accreditor.example")).unwrap();
    let mut certification = certification("https://accreditor.example");
    certification["aud"] = json!([world.sandbox.udap_registration_endpoint()]);
    assert_eq!(register(&world, &accreditor, &certification).await.status, 201);
    world.community.revoke(accreditor.serial());
    certification["jti"] = json!("two");
    let answer = register(&world, &accreditor, &certification).await;
    assert_refused(&answer, "unapproved_software_statement", "revoked");
}

#[tokio::test]
async fn what_nobody_asked_for_is_ignored() {
    let world = World::start().await;
    let answer = register(&world, &world.client, &json!({})).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
}
