//! FHIR's way to answer.

use http::StatusCode;
use http::header::CONTENT_TYPE;
use http::header::WWW_AUTHENTICATE;
use serde_json::Value;
use serde_json::json;

use crate::reply::Reply;

/// A resource.
pub(super) fn fhir(status: StatusCode, body: &Value) -> Reply {
    Reply::json(status, body).with_header(CONTENT_TYPE, "application/fhir+json")
}

/// RFC 6750 §3: a token is missing or not good.
pub(super) fn unauthorized(text: &str, challenge: &str) -> Reply {
    fhir(StatusCode::UNAUTHORIZED, &outcome("login", text)).with_header(WWW_AUTHENTICATE, challenge)
}

/// RFC 6750 §3.1: the token is good, but not for this.
pub(super) fn forbidden(text: &str) -> Reply {
    fhir(StatusCode::FORBIDDEN, &outcome("forbidden", text))
        .with_header(WWW_AUTHENTICATE, "Bearer realm=\"safire-sandbox\", error=\"insufficient_scope\"")
}

/// There is no such resource.
pub(super) fn not_found(text: &str) -> Reply {
    fhir(StatusCode::NOT_FOUND, &outcome("not-found", text))
}

fn outcome(code: &str, diagnostics: &str) -> Value {
    json!({"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": code, "diagnostics": diagnostics}]})
}
