//! A FHIR endpoint that wants the token.

use http::Method;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use http::header::WWW_AUTHENTICATE;
use serde_json::Value;
use serde_json::json;

use crate::asked::Asked;
use crate::clock::now;
use crate::lock::lock;
use crate::reply::Reply;
use crate::scope;
use crate::state::State;

/// Answers below `/fhir/Patient`, or `None` for other paths.
pub(crate) fn answer(state: &State, asked: &Asked) -> Option<Reply> {
    let rest = asked.path.strip_prefix("/fhir/Patient")?;
    let (id, right) = match rest.strip_prefix('/') {
        Some(id) if !id.is_empty() && !id.contains('/') => (Some(id), 'r'),
        None if rest.is_empty() => (None, 's'),
        Some(_) | None => return None,
    };
    if asked.method != Method::GET {
        return Some(Reply::new(StatusCode::METHOD_NOT_ALLOWED).with_header(http::header::ALLOW, "GET"));
    }
    Some(refusal(state, asked, right).unwrap_or_else(|| resource(state, id)))
}

/// RFC 6750 §3: why the request is not allowed, or `None`.
fn refusal(state: &State, asked: &Asked, right: char) -> Option<Reply> {
    let Some(token) = asked.authorization("Bearer") else {
        return Some(unauthorized("an access token is required", "Bearer realm=\"safire-sandbox\""));
    };
    let scope = lock(&state.tokens)
        .get(token)
        .filter(|grantee| grantee.expires_at > now())
        .map(|grantee| grantee.scope.clone());
    let Some(scope) = scope else {
        return Some(unauthorized(
            "the access token is unknown or expired",
            "Bearer realm=\"safire-sandbox\", error=\"invalid_token\"",
        ));
    };
    if ["system", "user", "patient"]
        .iter()
        .any(|context| scope::covers(&scope, &format!("{context}/Patient.{right}")))
    {
        return None;
    }
    let body = outcome("forbidden", "the access token does not cover this interaction");
    Some(
        fhir(StatusCode::FORBIDDEN, &body)
            .with_header(WWW_AUTHENTICATE, "Bearer realm=\"safire-sandbox\", error=\"insufficient_scope\""),
    )
}

fn resource(state: &State, id: Option<&str>) -> Reply {
    let Some(id) = id else {
        let entries: Vec<Value> = PATIENTS
            .iter()
            .map(|(id, family)| {
                json!({"fullUrl": format!("{}/fhir/Patient/{id}", state.origin), "resource": patient(id, family), "search": {"mode": "match"}})
            })
            .collect();
        let bundle =
            json!({"resourceType": "Bundle", "type": "searchset", "total": entries.len(), "entry": entries});
        return fhir(StatusCode::OK, &bundle);
    };
    match PATIENTS.iter().find(|(known, _)| *known == id) {
        Some((id, family)) => fhir(StatusCode::OK, &patient(id, family)),
        None => fhir(StatusCode::NOT_FOUND, &outcome("not-found", "no patient has this id")),
    }
}

fn unauthorized(text: &str, challenge: &str) -> Reply {
    fhir(StatusCode::UNAUTHORIZED, &outcome("login", text)).with_header(WWW_AUTHENTICATE, challenge)
}

fn patient(id: &str, family: &str) -> Value {
    json!({"resourceType": "Patient", "id": id, "name": [{"family": family, "given": ["Alex"]}], "birthDate": "1980-01-01"})
}

fn outcome(code: &str, diagnostics: &str) -> Value {
    json!({"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": code, "diagnostics": diagnostics}]})
}

fn fhir(status: StatusCode, body: &Value) -> Reply {
    Reply::json(status, body).with_header(CONTENT_TYPE, "application/fhir+json")
}

const PATIENTS: [(&str, &str); 2] = [("example", "Example"), ("second", "Second")];
