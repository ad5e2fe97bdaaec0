use safire_protocol::discovery::DiscoveryError;
use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::json::JsonError;

use super::accept;
use super::answer;
use super::file;

const URL: &str = "https://fhir.example.com/r4/.well-known/smart-configuration";

#[test]
fn tc_043_404_names_status_and_endpoint() {
    let error = accept(&answer(404, "text/html", "<html><title>Not here</title></html>")).unwrap_err();
    assert!(error.is_absent());
    assert_eq!(error.code(), "discovery-not-found");
    assert_eq!(error.fault(), Fault::Server);
    assert_eq!(error.endpoint(), Some(URL));
    assert_eq!(error.server_answer().unwrap().status, 404);
    assert!(error.to_string().contains("404") && error.to_string().contains(URL), "{error}");
    assert!(error.hint().is_some());
    assert!(!error.is_retryable());
}

#[test]
fn only_404_and_410_are_absent() {
    for (status, absent) in [(404, true), (410, true), (400, false), (401, false), (403, false), (500, false)]
    {
        let error = accept(&answer(status, "application/json", "{}")).unwrap_err();
        assert_eq!(error.is_absent(), absent, "{status}");
    }
}

#[test]
fn trouble_of_the_server_may_pass() {
    for (status, retryable) in
        [(429, true), (502, true), (503, true), (500, true), (400, false), (403, false)]
    {
        let error = accept(&answer(status, "", "")).unwrap_err();
        assert_eq!(error.is_retryable(), retryable, "{status}");
        assert!(error.hint().is_some(), "{status}");
    }
}

#[test]
fn a_redirect_that_arrives_is_an_error_without_its_query() {
    let response = http::Response::builder()
        .status(302)
        .header("location", "https://evil.example.net/x?code=verysecretcode")
        .body(bytes::Bytes::new())
        .unwrap();
    let error = accept(&response).unwrap_err();
    assert!(matches!(error, DiscoveryError::Redirect { .. }));
    assert_eq!(error.code(), "discovery-redirect");
    assert!(error.to_string().contains("evil.example.net"), "{error}");
    assert!(!format!("{error} {error:?}").contains("verysecretcode"));
}

#[test]
fn tc_044_text_is_unusable() {
    let error = accept(&answer(200, "text/plain", "not-json")).unwrap_err();
    assert!(matches!(&error, DiscoveryError::Unusable { reason: JsonError::Malformed { .. }, .. }));
    assert_eq!(error.code(), "discovery-unusable");
}

#[test]
fn tc_045_json_that_is_no_object_is_unusable() {
    for (body, kind) in
        [("[]", "array"), ("\"x\"", "string"), ("1", "number"), ("true", "boolean"), ("null", "null")]
    {
        let error = accept(&answer(200, "application/json", body)).unwrap_err();
        let DiscoveryError::Unusable { reason, .. } = &error else { panic!("{error:?}") };
        assert_eq!(*reason, JsonError::NotAnObject(kind));
        assert!(error.to_string().contains("not an object"), "{error}");
    }
}

#[test]
fn m_08_an_empty_body_is_unusable() {
    for (status, body) in [(200, ""), (204, ""), (200, " \n")] {
        let error = accept(&answer(status, "application/json", body)).unwrap_err();
        assert!(matches!(&error, DiscoveryError::Unusable { reason: JsonError::Empty, .. }), "{error:?}");
    }
    assert!(matches!(accept(&answer(304, "", "")).unwrap_err(), DiscoveryError::Status { .. }));
}

#[test]
fn the_start_page_of_a_portal_is_told_as_such() {
    let error = accept(&answer(200, "text/html", file("single-page-app.html"))).unwrap_err();
    assert_eq!(error.code(), "discovery-unusable");
    assert!(error.hint().unwrap().contains("web page"));
    assert!(error.to_string().contains("Member Portal"), "{error}");
}

#[test]
fn td_05_broken_json_shows_its_place_and_no_content() {
    let body = r#"{"client_secret": "planted-secret", oops"#;
    let error = accept(&answer(200, "application/json", body)).unwrap_err();
    assert!(matches!(&error, DiscoveryError::Unusable { reason: JsonError::Malformed { line: 1, .. }, .. }));
    assert!(!format!("{error} {error:?}").contains("planted-secret"), "{error:?}");
}

#[test]
fn tc_064_nesting_nan_and_bad_utf_8_are_unusable() {
    let nested = |levels: usize| {
        let (open, close) = ("[".repeat(levels - 1), "]".repeat(levels - 1));
        format!(r#"{{"token_endpoint": "https://fhir.example.com/t", "x": {open}{close}}}"#)
    };
    assert!(accept(&answer(200, "application/json", nested(100))).is_ok());
    let error = accept(&answer(200, "application/json", nested(101))).unwrap_err();
    assert!(matches!(&error, DiscoveryError::Unusable { reason: JsonError::TooDeep, .. }), "{error:?}");
    for body in [
        &br#"{"x": NaN}"#[..],
        br#"{"x": Infinity}"#,
        br#"{"x": 1e999}"#,
        b"{\"x\": \"\xff\"}",
        br#"{"x": 1} trailing"#,
    ] {
        let error = accept(&answer(200, "application/json", body)).unwrap_err();
        assert!(matches!(&error, DiscoveryError::Unusable { reason: JsonError::Malformed { .. }, .. }));
    }
}

#[test]
fn an_object_without_any_endpoint_is_no_description() {
    for body in ["{}", r#"{"error": "not found"}"#, r#"{"resourceType": "OperationOutcome"}"#] {
        let error = accept(&answer(200, "application/json", body)).unwrap_err();
        assert_eq!(error.code(), "discovery-no-endpoints");
        assert!(!error.is_absent());
        assert!(error.hint().is_some());
    }
}

#[test]
fn when_all_fail_the_first_counts_and_the_rest_is_listed() {
    let first = accept(&answer(404, "", "")).unwrap_err();
    let error = DiscoveryError::all_failed(first, vec!["second place".into(), "third place".into()]);
    assert_eq!(error.code(), "discovery-not-found");
    assert_eq!(error.fault(), Fault::Server);
    assert_eq!(error.endpoint(), Some(URL));
    assert_eq!(error.server_answer().unwrap().status, 404);
    assert!(error.to_string().ends_with("; also tried: second place; third place"), "{error}");
}
