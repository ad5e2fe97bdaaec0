//! What comes of an answer that is no success, said exactly.

use safire_protocol::fault::Diagnose;
use safire_protocol::registration::Answer;
use safire_protocol::registration::AnswerTo;
use safire_protocol::registration::Answers;
use safire_protocol::registration::ClientMetadata;
use safire_protocol::registration::Registration;
use safire_protocol::registration::management::DeleteRequest;
use safire_protocol::registration::management::ManagementError;
use safire_protocol::registration::management::Operation;
use safire_protocol::registration::management::ReadRequest;
use safire_protocol::registration::management::UpdateRequest;
use serde_json::json;
use url::Url;

use super::ENDPOINT;
use super::NOW;
use super::management_requests::SECRET;
use super::management_requests::TOKEN;
use super::management_requests::URI;
use super::management_requests::held;
use super::management_requests::registered;
use super::response;

fn refused(operation: Operation, held: &Registration, status: u16, body: &str) -> ManagementError {
    let url = Url::parse(URI).unwrap();
    let response = response(status, "application/json", body.to_owned());
    match operation {
        Operation::Read => ReadRequest::new(url, held).unwrap().accept(&response, NOW).unwrap_err(),
        Operation::Delete => DeleteRequest::new(url, held).unwrap().accept(&response).unwrap_err(),
        Operation::Update => {
            UpdateRequest::new(url, held, &ClientMetadata::new()).unwrap().accept(&response, NOW).unwrap_err()
        }
    }
}

fn code(operation: Operation, status: u16, body: &str) -> &'static str {
    refused(operation, &held(), status, body).code()
}

#[test]
fn t11_401_403_and_400_for_a_bad_token_mean_the_same() {
    for operation in [Operation::Read, Operation::Update, Operation::Delete] {
        for (status, body) in [
            (401, ""),
            (401, r#"{"error":"invalid_token"}"#),
            (401, r#"{"error":"invalid_client"}"#),
            (403, r#"{"error":"invalid_request"}"#),
            (403, "<html>"),
            (400, r#"{"error":"invalid_token"}"#),
            (400, r#"{"error":"access_denied"}"#),
        ] {
            let error = refused(operation, &held(), status, body);
            assert_eq!(error.code(), "management-token-refused", "{operation} {status} {body}");
            assert!(error.is_definite_refusal());
            assert!(!error.is_gone(), "a bad token and a client that is gone are told alike");
            let hint = error.hint().unwrap();
            assert!(hint.contains("revoked") && hint.contains("no longer exists"), "{hint}");
        }
    }
}

#[test]
fn a_400_to_an_update_may_be_about_the_metadata() {
    for body in [r#"{"error":"invalid_client_metadata"}"#, r#"{"error":"invalid_request"}"#, ""] {
        let error = refused(Operation::Update, &held(), 400, body);
        assert_eq!(error.code(), "management-refused", "{body}");
        assert!(error.is_definite_refusal() && error.hint().is_some());
    }
    assert_eq!(code(Operation::Update, 403, r#"{"error":"invalid_redirect_uri"}"#), "management-refused");
    // Nothing but the token is in a read.
    assert_eq!(code(Operation::Read, 400, r#"{"error":"invalid_request"}"#), "management-token-refused");
}

#[test]
fn not_found_says_what_is_certain() {
    let error = refused(Operation::Read, &held(), 404, "");
    assert_eq!(error.code(), "management-not-found");
    assert!(!error.is_gone());
    assert!(error.to_string().contains("does not manage registrations, or the client is gone"), "{error}");

    let mut answers = Answers::new([held().answer().clone()]);
    let body = registered().to_string().into_bytes();
    let read = Answer::new(Some(200), None, body, NOW).to(AnswerTo::Read);
    answers.add(&std::sync::Arc::default(), read);
    let managed = answers.read(ENDPOINT, serde_json::Map::new()).unwrap();
    let error = refused(Operation::Read, &managed, 404, "");
    assert_eq!(error.code(), "management-client-gone");
    assert!(error.is_gone());

    let error = refused(Operation::Delete, &held(), 410, "");
    assert!(error.is_gone(), "{error}");
}

#[test]
fn a_server_that_lacks_an_operation_says_so() {
    for status in [405, 501] {
        let error = refused(Operation::Update, &held(), status, "");
        assert_eq!(error.code(), "management-not-supported");
        assert!(error.to_string().contains("does not let registrations be updated"), "{error}");
    }
}

#[test]
fn what_may_have_been_done_is_no_definite_refusal() {
    for operation in [Operation::Update, Operation::Delete] {
        let error = refused(operation, &held(), 502, "");
        assert!(!error.is_definite_refusal() && !error.is_retryable(), "{operation}");
    }
    assert!(refused(Operation::Read, &held(), 503, "").is_retryable());
    assert!(!refused(Operation::Update, &held(), 200, "{oops").is_definite_refusal());
    let gentle = refused(Operation::Update, &held(), 429, "");
    assert!(gentle.is_definite_refusal() && gentle.is_retryable());
}

#[test]
fn a_redirect_is_not_followed_and_an_error_in_a_success_is_one() {
    assert_eq!(code(Operation::Read, 307, ""), "management-redirected");
    assert_eq!(code(Operation::Read, 200, r#"{"error":"x"}"#), "management-error-in-success");
    assert_eq!(code(Operation::Read, 200, "[]"), "management-answer-unusable");
    assert_eq!(code(Operation::Read, 200, r#"{"client_id":["c1"]}"#), "management-answer-unusable");
    assert_eq!(code(Operation::Update, 204, ""), "management-answer-unusable");
}

#[test]
fn credentials_that_the_server_echoes_are_not_shown() {
    for operation in [Operation::Read, Operation::Update, Operation::Delete] {
        for status in [400, 401, 404, 405, 500] {
            let text = format!("token {TOKEN} of {SECRET} at planted-query-secret");
            let body = json!({"error": "invalid_token", "error_description": text}).to_string();
            let error = refused(operation, &held(), status, &body);
            let told = format!("{error} {error:?} {:?}", error.endpoint());
            assert!(!told.contains(TOKEN) && !told.contains(SECRET), "{told}");
            assert!(!error.endpoint().unwrap().contains("planted"), "{told}");
        }
    }
}
