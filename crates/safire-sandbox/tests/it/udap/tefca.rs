use safire_sandbox::Member;
use serde_json::Value;
use serde_json::json;

use super::world::World;
use super::world::assert_refused;
use super::world::b2b;
use super::world::request;
use super::world::signed;

/// A client whose URI names this exchange purpose.
async fn registered(world: &World, purpose: &str) -> (Member, String) {
    let uri = format!("https://app.example.org/udap#{purpose}");
    let member = world.community.issue_as(&request(&uri)).unwrap();
    let mut claims = world.claims();
    (claims["iss"], claims["sub"]) = (json!(uri), json!(uri));
    let answer = world.submit(&signed(&member, &claims)).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    (member, answer.json()["client_id"].as_str().unwrap().to_owned())
}

async fn token(world: &World, member: &Member, id: &str, extensions: Value) -> crate::support::Answer {
    let assertion = signed(member, &world.authentication(id, extensions));
    world.token_with(&assertion, &[("scope", "system/Patient.rs"), ("udap", "1")]).await
}

fn purpose(codes: &[&str]) -> Value {
    let mut object = b2b();
    object["purpose_of_use"] = json!(codes);
    object
}

fn ias() -> Value {
    json!({
        "version": "1",
        "user_information": {"resourceType": "RelatedPerson"},
        "patient_information": {"resourceType": "Patient"},
        "consent_policy": ["urn:oid:2.16.840.1.113883.3.7204.1.1.1.1.2.1"],
    })
}

#[tokio::test]
async fn the_purpose_is_the_one_that_the_client_uri_names() {
    let world = World::start().await;
    let (member, id) = registered(&world, "T-TREAT").await;
    for wrong in [&["T-PYMNT"][..], &["T-TREAT", "T-PYMNT"], &["TREAT"]] {
        let answer = token(&world, &member, &id, json!({"hl7-b2b": purpose(wrong)})).await;
        assert_refused(&answer, "invalid_grant", "T-TREAT");
    }
    for right in ["T-TREAT", "urn:oid:2.16.840.1.113883.3.7204.1.5.2.1#T-TREAT"] {
        let answer = token(&world, &member, &id, json!({"hl7-b2b": purpose(&[right])})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
}

#[tokio::test]
async fn individual_access_needs_its_object() {
    let world = World::start().await;
    let (member, id) = registered(&world, "T-IAS").await;
    let b2b = purpose(&["T-IAS"]);
    let answer = token(&world, &member, &id, json!({"hl7-b2b": b2b})).await;
    assert_refused(&answer, "invalid_grant", "tefca_ias");
    for (name, value) in [
        ("version", json!("2")),
        ("user_information", json!({"resourceType": "Person"})),
        ("patient_information", Value::Null),
        ("consent_policy", Value::Null),
        ("consent_policy", json!(["no uri"])),
        ("consent_reference", json!(["Consent/1"])),
        ("id_token", json!("")),
        ("ial_vetted", json!(1)),
    ] {
        let mut wrong = ias();
        wrong[name] = value;
        let answer = token(&world, &member, &id, json!({"hl7-b2b": b2b, "tefca_ias": wrong})).await;
        assert_refused(&answer, "invalid_grant", name);
    }
    let answer = token(&world, &member, &id, json!({"hl7-b2b": b2b, "tefca_ias": ias()})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}
