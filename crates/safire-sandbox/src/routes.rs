//! Which path is answered by whom.

use http::Method;
use http::StatusCode;
use http::header::ALLOW;
use serde_json::Value;

use crate::asked::Asked;
use crate::authorize;
use crate::control;
use crate::discovery;
use crate::endpoint::JWKS_PATH;
use crate::endpoint::managed;
use crate::fault::Strike;
use crate::fhir;
use crate::introspect;
use crate::launch;
use crate::register;
use crate::reply::Reply;
use crate::revoke;
use crate::state::State;
use crate::token;
#[cfg(feature = "udap")]
use crate::udap;

/// The answer to a request, with the fault that strikes it.
pub(crate) async fn route(state: &State, asked: &Asked, strike: Option<Strike<'_>>) -> Reply {
    match asked.path.as_str() {
        "/register" => only(&Method::POST, asked).unwrap_or_else(|| register::answer(state, asked, strike)),
        "/token" => match only(&Method::POST, asked) {
            Some(refused) => refused,
            None => token::answer(state, asked, strike).await,
        },
        JWKS_PATH => match only(&Method::GET, asked) {
            Some(refused) => refused,
            None => state.keys.reply(further_keys(state)).await,
        },
        "/introspect" => {
            only(&Method::POST, asked).unwrap_or_else(|| introspect::answer(state, asked, strike))
        }
        "/revoke" => only(&Method::POST, asked).unwrap_or_else(|| revoke::answer(state, asked)),
        "/launch" => launch::answer(state, asked),
        launch::STYLE_PATH => only(&Method::GET, asked).unwrap_or_else(launch::style),
        path => {
            #[cfg(feature = "udap")]
            if let Some(reply) = udap::route(state, asked, strike).await {
                return reply;
            }
            if let Some(reply) = authorize::answer(state, asked, strike).await {
                return reply;
            }
            if let Some(reply) = control::answer(state, asked) {
                return reply;
            }
            if let Some(reply) = discovery::document(state, path, strike) {
                return only(&Method::GET, asked).unwrap_or(reply);
            }
            if let Some(handle) = managed(path) {
                return register::manage(state, asked, handle, strike);
            }
            fhir::answer(state, asked)
                .unwrap_or_else(|| Reply::new(StatusCode::NOT_FOUND).with_body("text/plain", "not found\n"))
        }
    }
}

#[cfg(feature = "udap")]
fn further_keys(state: &State) -> Vec<Value> {
    udap::public_keys(state)
}

#[cfg(not(feature = "udap"))]
const fn further_keys(_: &State) -> Vec<Value> {
    Vec::new()
}

/// The refusal of another method than the one that the path takes.
fn only(method: &Method, asked: &Asked) -> Option<Reply> {
    (asked.method != *method)
        .then(|| Reply::new(StatusCode::METHOD_NOT_ALLOWED).with_header(ALLOW, method.as_str()))
}
