//! No answer without a usable client id is a success, and each says what came and what to do.

use bytes::Bytes;
use http::Response;
use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::json::JsonError;
use safire_protocol::registration::ClientMetadata;
use safire_protocol::registration::RegistrationError;
use safire_protocol::server_answer::BodyKind;
use serde_json::json;

use super::NOW;
use super::accept;
use super::json as answer;
use super::response;
use super::step;

fn refused(response: &Response<Bytes>) -> RegistrationError {
    accept(&ClientMetadata::new(), response).unwrap_err()
}

fn hint(error: &RegistrationError) -> String {
    error.hint().unwrap_or_default().into_owned()
}

#[test]
fn t5_forbidden_as_json_is_told_without_parser_words() {
    let error = refused(&response(403, "application/json", "Forbidden"));
    assert_eq!(
        error.to_string(),
        "registration at https://auth.example.org/register failed: HTTP 403, text in place of JSON: \"Forbidden\""
    );
    assert!(hint(&error).contains("allow-list") && hint(&error).contains("manual client id"));
    assert!(error.is_definite_refusal());
    assert_eq!(error.fault(), Fault::Server);
}

#[test]
fn t5_an_empty_500_and_a_502_page_are_told() {
    let error = refused(&response(500, "", ""));
    assert!(error.to_string().ends_with("HTTP 500, an empty body"), "{error}");
    assert!(!error.is_definite_refusal());
    assert!(hint(&error).contains("may have registered"));
    let page = "<!doctype html><html><head><title>Bad &amp; Gateway</title></head><body>secret</body></html>";
    let error = refused(&response(502, "text/html", page));
    assert!(error.to_string().ends_with("an HTML page in place of JSON: \"Bad & Gateway\""), "{error}");
    assert!(!error.is_definite_refusal());
}

#[test]
fn t6_an_error_object_with_200_is_an_error() {
    let error =
        refused(&answer(200, &json!({"error": "invalid_client_metadata", "error_description": "no"})));
    assert!(matches!(error, RegistrationError::ErrorInSuccess { .. }));
    assert!(error.is_definite_refusal());
    let shown = error.server_answer().unwrap();
    assert_eq!((shown.status, shown.error.as_deref()), (200, Some("invalid_client_metadata")));
    // An unusable client id does not make it a success.
    assert!(refused(&answer(201, &json!({"error": "x", "client_id": null}))).is_definite_refusal());
}

#[test]
fn t10_td_03_a_redirect_is_told_by_scheme_and_host_only() {
    for (location, shown) in [
        ("https://evil.example.com:8443/register?token=abc", Some("https://evil.example.com:8443")),
        ("https://auth.example.org/login", Some("https://auth.example.org")),
        ("/login", None),
    ] {
        let mut response = response(307, "", "");
        response.headers_mut().insert("location", location.parse().unwrap());
        let error =
            step(&ClientMetadata::new(), Some("Bearer iat-secret")).accept(&response, NOW).unwrap_err();
        assert!(matches!(error, RegistrationError::Redirected { .. }));
        assert_eq!(error.server_answer().unwrap().location.as_deref(), shown);
        assert!(error.is_definite_refusal());
        assert!(!error.to_string().contains("abc"));
    }
}

#[test]
fn tc_116_an_oauth_error_keeps_status_code_and_description() {
    let body = json!({"error": "invalid_redirect_uri", "error_description": "http is not allowed"});
    let error = refused(&answer(400, &body));
    let shown = error.server_answer().unwrap();
    assert_eq!(shown.status, 400);
    assert_eq!(shown.error.as_deref(), Some("invalid_redirect_uri"));
    assert_eq!(shown.error_description.as_deref(), Some("http is not allowed"));
    assert!(error.to_string().contains("HTTP 400, error \"invalid_redirect_uri\": \"http is not allowed\""));
    assert_eq!(error.endpoint(), Some("https://auth.example.org/register"));
}

#[test]
fn tc_117_a_201_without_client_id_names_its_members_and_no_value() {
    let error = refused(&answer(201, &json!({"client_name": "Planted", "client_secret": "hunter2"})));
    assert_eq!(error.received_fields(), ["client_name", "client_secret"]);
    assert!(error.to_string().contains("client_name, client_secret"), "{error}");
    assert!(!format!("{error} {error:?}").contains("Planted"));
    assert!(!format!("{error} {error:?}").contains("hunter2"));
    assert!(!error.is_definite_refusal());
    let error = refused(&answer(201, &json!({})));
    assert!(error.received_fields().is_empty());
}

#[test]
fn tc_118_client_ids_that_cannot_be_one_are_told_by_kind() {
    for (value, kind) in [
        (json!(null), "null"),
        (json!(""), "a blank string"),
        (json!(" \t"), "a blank string"),
        (json!(["planted"]), "an array"),
        (json!({"id": "planted"}), "an object"),
        (json!(true), "a boolean"),
        (json!(1.5), "a number that is not whole"),
    ] {
        let error = refused(&answer(201, &json!({"client_id": value})));
        assert!(
            matches!(&error, RegistrationError::UnusableClientId { seen, .. } if *seen == kind),
            "{error:?}"
        );
        assert!(error.to_string().contains(kind) && !error.to_string().contains("planted"));
        assert_eq!(error.code(), "registration-client-id-unusable");
    }
}

#[test]
fn tc_119_td_05_arrays_and_broken_bodies_are_unusable() {
    for (body, reason) in [
        ("[{\"client_id\":\"a\"}]", JsonError::NotAnObject("array")),
        ("{oops", JsonError::Malformed { line: 1, column: 2 }),
        ("", JsonError::Empty),
        ("\"text\"", JsonError::NotAnObject("string")),
    ] {
        let error = refused(&response(200, "application/json", body));
        assert!(matches!(&error, RegistrationError::Unusable { reason: r, .. } if *r == reason), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("oops"));
        assert!(!error.is_definite_refusal());
    }
    let deep = "[".repeat(100_000);
    let error = refused(&response(201, "application/json", deep));
    assert!(matches!(error, RegistrationError::Unusable { reason: JsonError::TooDeep, .. }));
}

#[test]
fn tc_120_a_502_with_text_has_a_status_and_no_code() {
    let error = refused(&response(502, "text/plain", "upstream gone"));
    let shown = error.server_answer().unwrap();
    assert_eq!((shown.status, shown.kind, shown.error.as_deref()), (502, BodyKind::Text, None));
}

#[test]
fn each_status_has_its_next_step() {
    for (status, part) in [
        (401, "initial access token"),
        (404, "no dynamic registration"),
        (405, "registration add"),
        (429, "too many requests"),
        (503, "may have registered"),
    ] {
        let error = refused(&response(status, "", ""));
        assert!(hint(&error).contains(part), "{status}: {}", hint(&error));
    }
    let with_token = step(&ClientMetadata::new(), Some("Bearer x")).accept(&response(401, "", ""), NOW);
    assert!(hint(&with_token.unwrap_err()).contains("wrong, expired or used up"));
    let mut later = response(429, "", "");
    later.headers_mut().insert("retry-after", "30".parse().unwrap());
    assert!(hint(&refused(&later)).contains("30 s") && refused(&later).is_retryable());
}

#[test]
fn a_client_credentials_client_is_told_of_response_types() {
    let metadata = ClientMetadata::new().grant_types(["client_credentials"]);
    let error = accept(&metadata, &answer(400, &json!({"error": "invalid_redirect_uri"}))).unwrap_err();
    assert!(hint(&error).contains("response_types=[]") && hint(&error).contains("redirect URI"));
    let other = ClientMetadata::new().grant_types(["authorization_code"]);
    let error = accept(&other, &answer(400, &json!({"error": "invalid_redirect_uri"}))).unwrap_err();
    assert!(!hint(&error).contains("response_types=[]"));
}

#[test]
fn what_the_request_carried_is_not_shown_when_a_server_echoes_it() {
    let metadata = ClientMetadata::new().software_statement("my statement words");
    let body = json!({"error": "access_denied", "error_description": "got plain-token-words and my statement words"});
    let error =
        step(&metadata, Some("Bearer plain-token-words")).accept(&answer(403, &body), NOW).unwrap_err();
    let all = format!("{error} {error:?}");
    assert!(!all.contains("plain-token-words") && !all.contains("my statement words"), "{all}");
    assert!(all.contains("[redacted]"));
    let text = response(403, "text/plain", "Bearer plain-token-words is unknown");
    let error = step(&metadata, Some("Bearer plain-token-words")).accept(&text, NOW).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("plain-token-words"));
}

#[test]
fn a_stored_record_without_answer_says_what_to_do() {
    let error = RegistrationError::no_answer("https://auth.example.org/register");
    assert!(hint(&error).contains("registration add") && !error.is_definite_refusal());
}
