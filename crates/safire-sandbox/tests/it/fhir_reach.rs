use safire_sandbox::Sandbox;
use serde_json::Value;

use crate::browser::Request;
use crate::browser::app_id;
use crate::browser::code;
use crate::browser::fhir;
use crate::browser::redeem;

async fn token(sandbox: &Sandbox, id: &str, scope: &str) -> Value {
    let code = code(sandbox, &Request::of(sandbox, id).with("scope", Some(scope))).await;
    redeem(sandbox, id, &code).await.json()["access_token"].clone()
}

async fn total(sandbox: &Sandbox, token: &Value, path: &str) -> u64 {
    let answer = fhir(sandbox, token, path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()["total"].as_u64().unwrap()
}

#[tokio::test]
async fn a_patient_scope_reaches_the_patient_in_context() {
    let sandbox = Sandbox::builder().auto_approve("clinician", "second").start().await.unwrap();
    let id = app_id(&sandbox).await;
    let token = token(&sandbox, &id, "launch/patient patient/*.rs").await;
    for (path, status) in [
        ("Patient/second", 200),
        ("Patient/example", 403),
        ("Patient/nobody", 404),
        ("Observation/second-weight", 200),
        ("Observation/example-weight", 403),
        ("Encounter/visit-2", 200),
        ("Practitioner/example", 200),
        ("Medication/x", 404),
    ] {
        assert_eq!(fhir(&sandbox, &token, path).await.status, status, "{path}");
    }
    assert_eq!(total(&sandbox, &token, "Patient").await, 1);
    assert_eq!(total(&sandbox, &token, "Observation?patient=second").await, 2);
    assert_eq!(total(&sandbox, &token, "Observation?patient=Patient/example").await, 0);
    assert_eq!(total(&sandbox, &token, "Observation?category=laboratory&_id=second-glucose,x").await, 1);
    assert_eq!(total(&sandbox, &token, "Observation?code=http://loinc.org|29463-7").await, 1);
}

#[tokio::test]
async fn a_user_scope_reaches_as_far_as_the_user_sees() {
    let sandbox = Sandbox::builder().auto_approve("clinician", "example").start().await.unwrap();
    let id = app_id(&sandbox).await;
    let clinician = token(&sandbox, &id, "user/*.rs").await;
    assert_eq!(total(&sandbox, &clinician, "Patient").await, 4);
    assert_eq!(fhir(&sandbox, &clinician, "Patient/third").await.status, 200);
    sandbox.auto_approve("patient", "example").unwrap();
    let patient = token(&sandbox, &id, "user/*.rs").await;
    assert_eq!(total(&sandbox, &patient, "Patient").await, 1);
    assert_eq!(fhir(&sandbox, &patient, "Patient/third").await.status, 403);
}

#[tokio::test]
async fn a_narrowed_scope_reaches_its_category_only() {
    let sandbox = Sandbox::builder().auto_approve("clinician", "example").start().await.unwrap();
    let id = app_id(&sandbox).await;
    let category = "http://terminology.hl7.org/CodeSystem/observation-category|laboratory";
    let token =
        token(&sandbox, &id, &format!("launch/patient patient/Observation.rs?category={category}")).await;
    assert_eq!(total(&sandbox, &token, "Observation").await, 1);
    assert_eq!(fhir(&sandbox, &token, "Observation/example-glucose").await.status, 200);
    assert_eq!(fhir(&sandbox, &token, "Observation/example-weight").await.status, 403);
    assert_eq!(fhir(&sandbox, &token, "Patient/example").await.status, 403);
}

#[tokio::test]
async fn fhir_user_may_be_read_by_whoever_may_know_it() {
    let sandbox = Sandbox::builder().auto_approve("clinician", "example").start().await.unwrap();
    let id = app_id(&sandbox).await;
    let known = token(&sandbox, &id, "openid fhirUser").await;
    assert_eq!(fhir(&sandbox, &known, "Practitioner/example").await.status, 200);
    assert_eq!(fhir(&sandbox, &known, "Practitioner").await.status, 403);
    assert_eq!(fhir(&sandbox, &known, "Patient/example").await.status, 403);
    let unknown = token(&sandbox, &id, "openid").await;
    assert_eq!(fhir(&sandbox, &unknown, "Practitioner/example").await.status, 403);
}
