//! From checked metadata to a client.

use std::borrow::Cow;

use http::StatusCode;
use serde_json::Map;
use serde_json::Value;

use super::answer::proper_answer;
use super::metadata::Checked;
use crate::client::Client;
use crate::client::Instance;
use crate::fault::Strike;
use crate::lock::lock;
use crate::reply::Reply;
use crate::state::State;

/// Issues a client and remembers it as the answer tells of it, the profile's and a fault's changes included.
pub(super) fn issue(
    state: &State,
    mut checked: Checked,
    instance: Option<Instance>,
    strike: Option<Strike<'_>>,
) -> Reply {
    let Ok((made, proper)) = proper_answer(state, &mut checked) else { return no_random() };
    let sent = as_sent(state, &proper, strike);
    let mut client = Client::of_answer(&proper, &sent, checked.keys);
    client.handle = made.handle_or(client.handle);
    client.instance = instance;
    if (state.profile.waits)(&proper) {
        client.standing.wait();
    }
    let reply = Reply::of_json(state.profile.registered_status, client.answer.clone()).no_store();
    lock(&state.clients).insert(client);
    state.count(|counters| &counters.registrations_issued);
    reply
}

/// The answer with the changes of the profile and of a fault; most of the time there are none, and no copy.
pub(super) fn as_sent<'a>(
    state: &State,
    proper: &'a Map<String, Value>,
    strike: Option<Strike<'_>>,
) -> Cow<'a, Map<String, Value>> {
    let mut sent = Cow::Borrowed(proper);
    if let Some(change) = state.profile.registered {
        change(sent.to_mut());
    }
    if let Some(strike) = strike {
        strike.edit(sent.to_mut());
    }
    sent
}

/// RFC 6749 §4.1.2.1 has the word for it.
pub(super) fn no_random() -> Reply {
    Reply::oauth_error(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", "no random numbers")
}
