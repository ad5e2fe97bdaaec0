//! Failing answers in every shape that servers use.

use bytes::Bytes;
use http::Response;
use safire_protocol::server_answer::BodyKind;
use safire_protocol::server_answer::ServerAnswer;
use serde_json::Value;
use serde_json::json;

fn read(status: u16, body: impl Into<Bytes>) -> ServerAnswer {
    ServerAnswer::read(&Response::builder().status(status).body(body.into()).unwrap())
}

fn error_of(body: &Value) -> (Option<String>, Option<String>) {
    let answer = read(400, body.to_string());
    (answer.error, answer.error_description)
}

#[test]
fn t16_an_error_uri_alone_is_kept_without_its_query() {
    let body = json!({"error": "invalid_client", "error_uri": "https://auth.example.org/errors/urn%3Acerner%3Aunknown-client?client=abc"});
    let answer = read(400, body.to_string());
    assert_eq!(answer.error.as_deref(), Some("invalid_client"));
    assert_eq!(
        answer.error_uri.as_deref(),
        Some("https://auth.example.org/errors/urn%3Acerner%3Aunknown-client")
    );
    assert!(answer.to_string().contains("urn%3Acerner%3Aunknown-client"));
}

#[test]
fn t16_vendor_shapes_give_code_and_description() {
    let some = |a: &str, b: &str| (Some(a.to_owned()), Some(b.to_owned()));
    for (body, expected) in [
        (
            json!({"status": "error", "statusmessage": "invalid_client", "description": "no such client"}),
            some("invalid_client", "no such client"),
        ),
        (
            json!({"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "login", "diagnostics": "no"}]}),
            some("login", "no"),
        ),
        (
            json!({"resourceType": "OperationOutcome", "issue": [{"code": "login", "details": {"text": "go away"}}]}),
            some("login", "go away"),
        ),
        (
            json!({"errorCode": "E0000011", "errorSummary": "Invalid token provided"}),
            some("E0000011", "Invalid token provided"),
        ),
        (json!({"error": {"code": "bad", "message": "inner"}}), some("bad", "inner")),
        (
            json!({"error": "x", "description": "in place of error_description"}),
            some("x", "in place of error_description"),
        ),
        (json!({"error": "The request is malformed"}), (Some("The request is malformed".to_owned()), None)),
        (json!({"error": "x", "error_description": null}), (Some("x".to_owned()), None)),
        (json!({"error": "x", "error_description": ""}), (Some("x".to_owned()), None)),
        (json!({"message": "only this"}), (None, Some("only this".to_owned()))),
        (json!({"type": "about:blank", "title": "Nope", "detail": "why"}), (None, Some("why".to_owned()))),
        (json!({"errors": [{"message": "first"}]}), (None, Some("first".to_owned()))),
        (json!({"error": 7}), (None, None)),
    ] {
        assert_eq!(error_of(&body), expected, "{body}");
    }
}

#[test]
fn a_challenge_header_is_read_where_the_body_has_no_code() {
    let response = Response::builder()
        .status(401)
        .header(
            "www-authenticate",
            "Bearer realm=\"x\", error=\"invalid_token\", error_description=\"expired\"",
        )
        .body(Bytes::new())
        .unwrap();
    let answer = ServerAnswer::read(&response);
    assert_eq!(answer.error.as_deref(), Some("invalid_token"));
    assert_eq!(answer.error_description.as_deref(), Some("expired"));
    assert_eq!(answer.kind, BodyKind::Empty);
}

#[test]
fn t5_texts_are_clipped_and_cleaned() {
    let answer = read(500, format!("a\u{1b}[2J\n\n{}", "word ".repeat(500)));
    let excerpt = answer.excerpt.unwrap();
    assert!(excerpt.starts_with("a [2J word") && excerpt.chars().count() <= 301, "{excerpt}");
    assert_eq!(read(502, "<html><title>Bad\nGateway</title>").excerpt.as_deref(), Some("Bad Gateway"));
    assert_eq!(read(502, "<html><body>text</body>").excerpt, None);
    assert_eq!(read(500, " \r\n").kind, BodyKind::Empty);
    assert_eq!(read(500, "[1]").kind, BodyKind::JsonOther);
}

#[test]
fn json_values_and_broken_json_are_never_shown() {
    let answer = read(200, json!({"access_token": "planted", "name": "planted"}).to_string());
    assert_eq!(answer.members, ["access_token", "name"]);
    assert_eq!(answer.to_string(), "HTTP 200, a JSON object with access_token, name");
    for body in ["{\"client_secret\":\"planted", "[\"planted", "\"planted\""] {
        assert!(!format!("{:?}", read(400, body)).contains("planted"));
    }
}

#[test]
fn tokens_in_texts_are_replaced() {
    for text in [
        "token eyJhbGciOiJSUzM4NCJ9.eyJzdWIiOiJwbGFudGVkIn0.c2lnbmF0dXJlLXBsYW50ZWQ unknown",
        "Authorization: Bearer 9f86d081884c7d659a2feaa0c55ad015 refused",
        "client_secret=short1 is wrong",
    ] {
        let shown = read(401, text).excerpt.unwrap();
        assert!(shown.contains("[redacted]"), "{shown}");
        for part in ["eyJ", "c2lnb", "9f86", "short1"] {
            assert!(!shown.contains(part), "{shown}");
        }
    }
}

#[test]
fn headers_for_the_next_step_are_read() {
    let response = Response::builder()
        .status(503)
        .header("retry-after", "120")
        .header("date", "Sun, 06 Nov 1994 08:49:37 GMT")
        .header("location", "https://user:planted@b.example.org/x?y")
        .body(Bytes::new())
        .unwrap();
    let answer = ServerAnswer::read(&response);
    assert_eq!(answer.retry_after, Some(120));
    assert_eq!(answer.date, Some(784_111_777));
    assert_eq!(answer.location.as_deref(), Some("https://b.example.org"));
}
