//! Reading, changing and deleting a registration, RFC 7592.

use std::sync::Arc;

use http::Method;
use http::StatusCode;
use http::header::ALLOW;
use serde_json::json;

use super::admission::challenge;
use super::admission::nothing_here;
use super::answer::of_path_segment;
use super::issue::no_random;
use super::update::update;
use crate::asked::Asked;
use crate::client::Client;
use crate::fault::Strike;
use crate::lock::lock;
use crate::management::BadToken;
use crate::management::Served;
use crate::random;
use crate::reply::Reply;
use crate::same::same;
use crate::state::State;

/// Answers at the place that a registration named.
pub(crate) fn answer(state: &State, asked: &Asked, handle: &str, strike: Option<Strike<'_>>) -> Reply {
    let allowed = match state.management.what_is_served() {
        Served::All => "GET, PUT, DELETE",
        Served::ReadOnly => "GET",
        Served::NotAllowed => "",
        Served::NotFound | Served::Absent => return nothing_here(),
    };
    if !allowed.split(", ").any(|method| method == asked.method.as_str()) {
        return Reply::new(StatusCode::METHOD_NOT_ALLOWED).with_header(ALLOW, allowed);
    }
    let handle = of_path_segment(handle);
    let Some(client) = permitted(state, asked, &handle) else { return bad_token(state) };
    match asked.method {
        Method::GET => read(state, &client, strike),
        Method::DELETE => delete(state, &client),
        _ => update(state, asked, &client, strike),
    }
}

fn permitted(state: &State, asked: &Asked, handle: &str) -> Option<Arc<Client>> {
    let client = lock(&state.clients).managed(handle)?;
    let token = asked.authorization("Bearer")?;
    (!token.is_empty() && same(token, &client.registration_access_token)).then_some(client)
}

/// RFC 7592 §2.1: an unknown client and a bad token are told apart by nobody.
fn bad_token(state: &State) -> Reply {
    let text = "the registration access token is missing or does not belong to this client";
    match state.management.answer_to_bad_token() {
        BadToken::Unauthorized => challenge(text),
        BadToken::Forbidden => Reply::oauth_error(StatusCode::FORBIDDEN, "access_denied", text),
        BadToken::BadRequest => Reply::oauth_error(StatusCode::BAD_REQUEST, "invalid_request", text),
    }
}

/// Puts a version in place of the one that a request began with, unless another request was faster.
pub(super) fn replace(state: &State, before: &Arc<Client>, after: Client) -> bool {
    let mut clients = lock(&state.clients);
    let stands = clients.get(&before.id).is_some_and(|known| Arc::ptr_eq(known, before));
    if stands {
        if after.id != before.id {
            clients.remove(before);
        }
        clients.insert(after);
    }
    stands
}

/// RFC 7592 §2.1.
fn read(state: &State, client: &Arc<Client>, strike: Option<Strike<'_>>) -> Reply {
    let mut members = client.members();
    if state.management.rotates_token() {
        let Ok(token) = random::token() else { return no_random() };
        members.insert("registration_access_token".to_owned(), json!(token));
        let mut after = Client::clone(client);
        after.registration_access_token = token;
        after.answer = Reply::json(StatusCode::OK, &members).bytes();
        if !replace(state, client, after) {
            return bad_token(state);
        }
    }
    (state.profile.read)(&mut members);
    if let Some(strike) = strike {
        strike.edit(&mut members);
    }
    state.count(|counters| &counters.registrations_read);
    Reply::json(StatusCode::OK, &members).no_store()
}

/// RFC 7592 §2.3: with the client goes all that it was granted.
fn delete(state: &State, client: &Client) -> Reply {
    lock(&state.clients).remove(client);
    client.standing.end();
    state.count(|counters| &counters.registrations_deleted);
    Reply::new(StatusCode::NO_CONTENT).no_store()
}

/// Two requests changed the same registration at once.
pub(super) fn overtaken(state: &State) -> Reply {
    bad_token(state)
}
