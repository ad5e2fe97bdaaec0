//! From the request to the answer.

use std::sync::Arc;

use http::HeaderValue;
use http::StatusCode;
use http::header::WWW_AUTHENTICATE;
use safire_protocol::json::JsonObject;

use super::answer::proper_answer;
use super::metadata::Checked;
use super::metadata::Refusal;
use super::metadata::check;
use crate::asked::Asked;
use crate::client::Client;
use crate::counts::count;
use crate::fault::Strike;
use crate::lock::lock;
use crate::reply::Reply;
use crate::state::State;

/// Registers a client, RFC 7591 §3.
pub(crate) fn answer(state: &State, asked: &Asked, strike: Option<Strike<'_>>) -> Reply {
    if let Some(reply) = unauthorized(state, asked) {
        return reply;
    }
    match read_metadata(asked).and_then(check) {
        Ok(checked) => issue(state, checked, strike),
        Err(refusal) => Reply::oauth_error(StatusCode::BAD_REQUEST, refusal.error, &refusal.description),
    }
}

/// Reads a registration, RFC 7592 §2.1.
pub(crate) fn read(state: &State, asked: &Asked, id: &str) -> Reply {
    let client =
        lock(&state.clients).values().find(|client| super::answer::path_segment(&client.id) == id).cloned();
    let token = asked.authorization("Bearer");
    match client {
        Some(client) if token == Some(client.registration_access_token.as_str()) => {
            Reply::json(StatusCode::OK, &client.answer).no_store()
        }
        // RFC 7592 §2.1: an unknown client and a bad token are told apart by nobody.
        Some(_) | None => {
            bearer_challenge("the registration access token is missing or does not belong to this client")
        }
    }
}

fn unauthorized(state: &State, asked: &Asked) -> Option<Reply> {
    let wanted = state.initial_access_token.as_ref()?;
    let given = asked.authorization("Bearer");
    (given != Some(wanted.0.as_str())).then(|| {
        bearer_challenge(match given {
            None => "registration needs an initial access token",
            Some(_) => "the initial access token is not known",
        })
    })
}

fn bearer_challenge(description: &str) -> Reply {
    let mut reply = Reply::oauth_error(StatusCode::UNAUTHORIZED, "invalid_token", description);
    reply.headers.insert(
        WWW_AUTHENTICATE,
        HeaderValue::from_static("Bearer realm=\"safire-sandbox\", error=\"invalid_token\""),
    );
    reply
}

fn read_metadata(asked: &Asked) -> Result<JsonObject, Refusal> {
    if asked.media_type().as_deref() != Some("application/json") {
        return Err(Refusal::metadata("the Content-Type must be application/json"));
    }
    let object = JsonObject::parse(&asked.body).map_err(|error| Refusal::metadata(error.to_string()))?;
    match object.doubled.first() {
        None => Ok(object),
        Some(name) => Err(Refusal::metadata(format!("`{name}` is there twice"))),
    }
}

fn issue(state: &State, checked: Checked, strike: Option<Strike<'_>>) -> Reply {
    let Ok(proper) = proper_answer(state, &checked) else {
        return Reply::oauth_error(
            StatusCode::SERVICE_UNAVAILABLE,
            "temporarily_unavailable",
            "no random numbers",
        );
    };
    let mut sent = proper.clone();
    if let Some(strike) = strike {
        strike.edit(&mut sent);
    }
    let reply = Reply::json(StatusCode::CREATED, &sent).no_store();
    let client = Arc::new(Client::of_answer(&proper, sent, checked.keys));
    lock(&state.clients).insert(client.id.clone(), client);
    count(&state.counters.registrations_issued);
    reply
}
