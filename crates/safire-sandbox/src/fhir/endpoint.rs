//! Read and search.

use http::Method;
use http::StatusCode;
use http::header::ALLOW;
use safire_protocol::scope::Interactions;
use serde_json::Value;
use serde_json::json;

use super::access::Permission;
use super::reply::fhir;
use super::reply::forbidden;
use super::reply::not_found;
use super::reply::unauthorized;
use super::resources;
use super::resources::text;
use super::search;
use crate::asked::Asked;
use crate::clock::now;
use crate::grant::Access;
use crate::lock::lock;
use crate::reply::Reply;
use crate::state::State;

/// Answers below `/fhir/` for the types that there are, or `None` for other paths.
pub(crate) fn answer(state: &State, asked: &Asked) -> Option<Reply> {
    let rest = asked.path.strip_prefix("/fhir/")?;
    let (kind, id) = match rest.split_once('/') {
        Some((kind, id)) if !id.is_empty() && !id.contains('/') => (kind, Some(id)),
        Some(_) => return None,
        None => (rest, None),
    };
    let all = resources::all(kind)?;
    if asked.method != Method::GET {
        return Some(Reply::new(StatusCode::METHOD_NOT_ALLOWED).with_header(ALLOW, "GET"));
    }
    let access = match bearer(state, asked) {
        Ok(access) => access,
        Err(reply) => return Some(*reply),
    };
    let right = if id.is_some() { Interactions::READ } else { Interactions::SEARCH };
    let Some(permission) = Permission::of(&access, right, kind) else {
        return Some(forbidden("the access token does not cover this interaction"));
    };
    Some(match id {
        Some(id) => match all.iter().find(|resource| text(resource, "/id") == Some(id)) {
            Some(resource) if permission.reaches(resource) => fhir(StatusCode::OK, resource),
            Some(_) => forbidden("the access token does not reach this resource"),
            None => not_found("no resource has this id"),
        },
        None => bundle(state, asked, all, &permission),
    })
}

/// RFC 6750 §3: the token of the request, if it is good.
fn bearer(state: &State, asked: &Asked) -> Result<Access, Box<Reply>> {
    let Some(token) = asked.authorization("Bearer") else {
        let challenge = "Bearer realm=\"safire-sandbox\"";
        return Err(Box::new(unauthorized("an access token is required", challenge)));
    };
    let access = lock(&state.grants).active_access(token, now());
    access.ok_or_else(|| {
        let challenge = "Bearer realm=\"safire-sandbox\", error=\"invalid_token\"";
        Box::new(unauthorized("the access token is unknown, expired or revoked", challenge))
    })
}

/// A parameter that is not known is ignored, as FHIR's lenient handling does (R4 §3.1.1.1).
fn bundle(state: &State, asked: &Asked, all: Vec<Value>, permission: &Permission<'_>) -> Reply {
    let query = asked.query.as_deref().unwrap_or_default();
    let parameters: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).collect();
    let wanted = |resource: &Value| {
        parameters.iter().all(|(name, value)| search::matches(resource, name, value).unwrap_or(true))
    };
    let entries: Vec<Value> = all
        .into_iter()
        .filter(|resource| permission.reaches(resource) && wanted(resource))
        .map(|resource| {
            let url = format!("{}/{}", state.fhir_base(), resources::reference(&resource));
            json!({"fullUrl": url, "resource": resource, "search": {"mode": "match"}})
        })
        .collect();
    let bundle =
        json!({"resourceType": "Bundle", "type": "searchset", "total": entries.len(), "entry": entries});
    fhir(StatusCode::OK, &bundle)
}
