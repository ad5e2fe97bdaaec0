//! Cancellation: only a confirmation of the client that was meant is one.

use http::Response;
use safire_protocol::fault::Diagnose;
use safire_protocol::identifier::ClientId;
use safire_protocol::secret::ClientAssertion;
use safire_protocol::udap::Certifications;
use safire_protocol::udap::RegistrationOutcome;
use safire_protocol::udap::UdapRegistrationError;
use safire_protocol::udap::UdapRegistrationRequest;
use serde_json::Value;
use serde_json::json;

use super::BASE;
use super::NOW;
use super::answer;
use super::lifecycle::client_metadata;
use super::lifecycle::statement;
use super::lifecycle::step_with;
use super::metadata as server;
use super::world::World;
use super::world::parts;

fn step(world: &World) -> UdapRegistrationRequest {
    let metadata = client_metadata().to_cancellation();
    step_with(world, &server(world), metadata, Certifications::none()).unwrap()
}

fn accept(
    step: &UdapRegistrationRequest,
    status: u16,
    body: &Value,
) -> Result<RegistrationOutcome, UdapRegistrationError> {
    step.accept(&answer(status, body.to_string()), &ClientAssertion::new("s"), NOW)
}

#[test]
fn n_13_tc_140_t25_vi_empty_grants_confirm_with_any_success() {
    let world = World::new(BASE);
    for status in [200, 201, 202] {
        let outcome = accept(&step(&world), status, &json!({"client_id": "abc", "grant_types": []})).unwrap();
        assert!(matches!(&outcome, RegistrationOutcome::Cancelled(r) if r.client_id().as_str() == "abc"));
    }
}

#[test]
fn n_13_tc_140_t25_vi_anything_else_confirms_nothing() {
    let world = World::new(BASE);
    for (grants, seen) in [
        (None, "missing"),
        (Some(json!(null)), "null"),
        (Some(json!("")), "string"),
        (Some(json!(["client_credentials"])), "an array with grants"),
        (Some(json!({})), "object"),
    ] {
        let mut body = json!({"client_id": "abc"});
        if let Some(grants) = grants {
            body["grant_types"] = grants;
        }
        let error = accept(&step(&world), 200, &body).unwrap_err();
        assert_eq!(error.code(), "udap-cancellation-not-confirmed");
        assert!(error.to_string().contains(seen), "{error}");
        assert_eq!(error.server_answer().unwrap().status, 200);
        assert!(!error.is_definite_refusal() && error.hint().is_some());
    }
    let error = accept(&step(&world), 200, &json!({"grant_types": []})).unwrap_err();
    assert_eq!(error.code(), "registration-without-client-id");
}

#[test]
fn n_14_td_23_another_client_than_was_meant_is_an_error() {
    let world = World::new(BASE);
    let expected = ClientId::parse("abc");
    let body = |id: &str| json!({"client_id": id, "grant_types": []});
    let error = accept(&step(&world).of_client(expected.clone()), 200, &body("other")).unwrap_err();
    assert_eq!(error.code(), "udap-cancelled-another-client");
    assert!(error.to_string().contains("`other`") && error.to_string().contains("`abc`"), "{error}");
    assert!(accept(&step(&world).of_client(expected), 200, &body("abc")).is_ok());
}

#[test]
fn n_15_n_16_tc_140_other_statuses_are_errors_with_their_status() {
    let world = World::new(BASE);
    for (status, code) in
        [(304, "registration-redirected"), (400, "registration-refused"), (500, "registration-refused")]
    {
        let error =
            accept(&step(&world), status, &json!({"client_id": "abc", "grant_types": []})).unwrap_err();
        assert_eq!((error.code(), error.server_answer().unwrap().status), (code, status));
    }
}

#[test]
fn td_04_a_redirect_to_a_confirmation_is_no_confirmation() {
    let world = World::new(BASE);
    let response = Response::builder()
        .status(302)
        .header("location", "https://evil.example/cancelled")
        .body(json!({"client_id": "abc", "grant_types": []}).to_string().into())
        .unwrap();
    let error = step(&world).accept(&response, &ClientAssertion::new("s"), NOW).unwrap_err();
    assert_eq!(error.code(), "registration-redirected");
}

#[test]
fn n_13_tc_140_the_statement_has_empty_grants_and_two_cancellations_have_two_ids() {
    let world = World::new(BASE);
    let step = step(&world);
    let claims = |jti| parts(statement(&world, &step, jti).expose_secret()).1;
    let (first, second) = (claims("a"), claims("b"));
    assert_eq!(first["grant_types"], json!([]));
    assert_ne!(first["jti"], second["jti"]);
}

#[test]
fn a_cancellation_needs_no_certification() {
    let world = World::new(BASE);
    let mut found = server(&world);
    found.certifications_required = vec!["https://c.example/1".to_owned()];
    assert!(step_with(&world, &found, client_metadata().to_cancellation(), Certifications::none()).is_ok());
}
