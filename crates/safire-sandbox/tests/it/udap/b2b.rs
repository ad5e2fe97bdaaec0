use serde_json::Value;
use serde_json::json;

use super::world::World;
use super::world::assert_refused;
use super::world::b2b;
use super::world::set;

#[tokio::test]
async fn the_object_is_required() {
    let world = World::start().await;
    let id = world.registered(&world.claims()).await;
    for extensions in [Value::Null, json!({}), json!({"other": {}}), json!({"hl7-b2b": "x"})] {
        let answer = world.token(&world.authentication(&id, extensions)).await;
        assert_refused(&answer, "invalid_grant", "hl7-b2b");
    }
    let answer = world.token(&world.authentication(&id, json!([]))).await;
    assert_refused(&answer, "invalid_request", "extensions");
}

#[tokio::test]
async fn each_member_is_checked() {
    let world = World::start().await;
    let id = world.registered(&world.claims()).await;
    for (member, value) in [
        ("version", Value::Null),
        ("version", json!(1)),
        ("version", json!("2")),
        ("subject_name", json!("")),
        ("subject_id", json!("urn:oid:2.16.840.1.113883.4.6#1234567890")),
        ("subject_role", json!("urn:oid:2.16.840.1.113883.6.101#207Q00000X")),
        ("organization_name", json!(["x"])),
        ("organization_id", Value::Null),
        ("organization_id", json!("acme")),
        ("purpose_of_use", Value::Null),
        ("purpose_of_use", json!([])),
        ("purpose_of_use", json!("TREAT")),
        ("purpose_of_use", json!([" "])),
        ("consent_policy", json!([])),
        ("consent_policy", json!(["no uri"])),
        ("consent_reference", json!(["https://fhir.example/Consent/1"])),
    ] {
        let mut object = b2b();
        set(&mut object, member, value);
        let answer = world.token(&world.authentication(&id, json!({"hl7-b2b": object}))).await;
        assert_refused(&answer, "invalid_grant", member);
    }
    let mut object = b2b();
    object["consent_policy"] = json!(["urn:policy"]);
    object["consent_reference"] = json!(["Consent/1"]);
    let answer = world.token(&world.authentication(&id, json!({"hl7-b2b": object}))).await;
    assert_refused(&answer, "invalid_grant", "consent_reference");
}

#[tokio::test]
async fn a_person_with_consent_is_taken() {
    let world = World::start().await;
    let id = world.registered(&world.claims()).await;
    let mut object = b2b();
    object["subject_name"] = json!("Dr. Robin Clinician");
    object["subject_id"] = json!("urn:oid:2.16.840.1.113883.4.6#1234567890");
    object["subject_role"] = json!("urn:oid:2.16.840.1.113883.6.101#207Q00000X");
    object["organization_name"] = json!("Acme");
    object["consent_policy"] = json!(["urn:policy"]);
    object["consent_reference"] = json!(["https://fhir.example/Consent/1"]);
    object["of_a_later_version"] = json!(true);
    let answer = world.token(&world.authentication(&id, json!({"hl7-b2b": object}))).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}
