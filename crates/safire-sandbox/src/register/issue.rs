//! From checked metadata to a client.

use http::StatusCode;

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
    checked: Checked,
    instance: Option<Instance>,
    strike: Option<Strike<'_>>,
) -> Reply {
    let Ok((made, proper)) = proper_answer(state, &checked) else { return no_random() };
    let mut sent = proper.clone();
    (state.profile.registered)(&mut sent);
    if let Some(strike) = strike {
        strike.edit(&mut sent);
    }
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

/// RFC 6749 §4.1.2.1 has the word for it.
pub(super) fn no_random() -> Reply {
    Reply::oauth_error(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", "no random numbers")
}
