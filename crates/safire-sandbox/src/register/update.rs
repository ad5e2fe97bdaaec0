//! A registration's new metadata, RFC 7592 §2.2.

use std::sync::Arc;

use http::StatusCode;
use safire_protocol::json::JsonObject;
use serde_json::Value;

use super::answer::Made;
use super::answer::Managed;
use super::endpoint::read_metadata;
use super::issue::as_sent;
use super::issue::no_random;
use super::management::overtaken;
use super::management::replace;
use super::metadata::Checked;
use super::metadata::Refusal;
use super::metadata::check;
use crate::asked::Asked;
use crate::client::Client;
use crate::fault::Strike;
use crate::random;
use crate::reply::Reply;
use crate::same::same;
use crate::state::State;

/// Puts the metadata of the request in place of all that was registered before.
pub(super) fn update(
    state: &State,
    asked: &Asked,
    client: &Arc<Client>,
    strike: Option<Strike<'_>>,
) -> Reply {
    let checked = read_metadata(asked).and_then(|object| checked(state, client, object));
    let checked = match checked {
        Ok(checked) => checked,
        Err(refusal) => return refusal.reply(),
    };
    let Ok(made) = made(state, client, &checked) else { return no_random() };
    let proper = made.answer(state, checked.metadata);
    let sent = as_sent(state, &proper, strike);
    let mut after = Client::of_answer(&proper, &sent, checked.keys);
    after.handle.clone_from(&client.handle);
    after.standing = Arc::clone(&client.standing);
    after.instance.clone_from(&client.instance);
    let reply = Reply::of_json(StatusCode::OK, after.answer.clone()).no_store();
    if !replace(state, client, after) {
        return overtaken(state);
    }
    state.count(|counters| &counters.registrations_updated);
    reply
}

fn checked(state: &State, client: &Client, mut object: JsonObject) -> Result<Checked, Refusal> {
    let members = &mut object.members;
    for name in SERVERS_OWN {
        if members.contains_key(name) {
            return Err(Refusal::metadata(format!("`{name}` must not be sent")));
        }
    }
    let named = members.shift_remove("client_id");
    if named.as_ref() != client.members().get("client_id") {
        return Err(Refusal::metadata("`client_id` must be the one that was issued"));
    }
    // A client must not choose its secret.
    let known = client.secret.as_deref().unwrap_or_default();
    match members.shift_remove("client_secret") {
        Some(Value::String(secret)) if !same(&secret, known) => {
            return Err(Refusal::metadata("`client_secret` must be the one that was issued"));
        }
        Some(_) | None => {}
    }
    // To omit a member and to send null are the same wish: to delete it.
    members.retain(|_, value| !value.is_null());
    match (state.profile.metadata)(&object) {
        Some(refusal) => Err(refusal),
        None => check(state, object),
    }
}

/// What stays of the client, and what is made anew.
fn made(state: &State, client: &Client, checked: &Checked) -> Result<Made, getrandom::Error> {
    let members = client.members();
    let kept = |name: &str| members.get(name).cloned().unwrap_or_default();
    let secret = match &client.secret {
        _ if !checked.wants_secret() => None,
        Some(secret) if !state.management.rotates_secret() => Some(secret.clone()),
        Some(_) | None => Some(random::token()?),
    };
    let token = if state.management.rotates_token() {
        random::token()?
    } else {
        client.registration_access_token.clone()
    };
    let management = Some(Managed { handle: client.handle.clone(), token });
    Ok(Made { id: kept("client_id"), issued_at: kept("client_id_issued_at"), secret, management })
}

/// RFC 7592 §2.2: what only the server says.
const SERVERS_OWN: [&str; 4] = [
    "registration_access_token",
    "registration_client_uri",
    "client_secret_expires_at",
    "client_id_issued_at",
];
