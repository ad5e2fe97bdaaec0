//! What follows for a record from what its server said.

use std::cmp::Ordering;
use std::sync::Arc;

use safire_protocol::registration::ClientMetadata;
use safire_protocol::registration::Registration;
use safire_protocol::registration::SecretsShown;
use safire_protocol::registration::Trial;
use safire_protocol::registration::management::ManagementError;
use safire_protocol::registration::management::Operation;
use safire_protocol::url::FhirBase;
use serde_json::Map;
use serde_json::Value;

use super::outcome::Settled;
use crate::store::Pending;
use crate::store::Record;
use crate::store::State;

/// What a read is to settle: an update or a delete without a usable answer.
pub(super) fn doubt(pending: Option<&Pending>) -> Option<&Pending> {
    pending.filter(|pending| pending.operation != Operation::Read)
}

/// Whether an answer says that nothing was done. A read that failed has done nothing, unless it was answered by
/// something that may hold a new token.
pub(super) fn did_nothing(operation: Operation, error: &ManagementError) -> bool {
    let failed_read = operation == Operation::Read && matches!(error, ManagementError::Refused { .. });
    failed_read || error.is_definite_refusal()
}

/// Marks a client that is surely not there any more. A token that is not taken says so only after a delete whose
/// answer was lost, and only if the server had taken that token before: RFC 7592 §2.3 ends the token with the client.
pub(super) fn note_what_is_gone(record: &mut Record, registration: &Registration, error: &ManagementError) {
    let deleting = |record: &Record| {
        record.content.pending.as_ref().is_some_and(|pending| pending.operation == Operation::Delete)
    };
    if error.is_gone() {
        record.state = if deleting(record) { State::Deleted } else { gone(record.state) };
        record.content.pending = None;
    } else if error.is_token_refused() && deleting(record) && token_worked(record, registration) {
        record.state = State::Deleted;
        record.content.pending = None;
    }
}

/// What was deleted stays deleted.
fn gone(state: State) -> State {
    if state == State::Deleted { State::Deleted } else { State::Gone }
}

fn token_worked(record: &Record, registration: &Registration) -> bool {
    let token = registration.registration_access_token();
    token.is_some_and(|token| record.content.answers().trial_of_token(token) == Trial::Works)
}

/// The metadata that a read shows to be in force, where an update had no answer: the server's account is held against
/// both, and the one that it differs less from is the one.
pub(super) fn requested_after(
    record: &Record,
    before: Option<&Pending>,
    shown: &Registration,
) -> (Map<String, Value>, Option<Settled>) {
    let held = &record.content.requested;
    let Some(pending) = doubt(before) else { return (held.clone(), None) };
    // A client that is shown was not deleted.
    let Some(asked) = &pending.requested else { return (held.clone(), Some(Settled::NotDone)) };
    let differences = |requested: &Map<String, Value>| {
        let mut answers = record.content.answers();
        let requested = Arc::new(requested.clone());
        answers.add(&requested, shown.answer().clone());
        answers.read("", requested).map_or(usize::MAX, |registration| registration.differences().len())
    };
    match differences(asked).cmp(&differences(held)) {
        Ordering::Less => (asked.clone(), Some(Settled::Done)),
        Ordering::Equal => (held.clone(), Some(Settled::Unknown)),
        Ordering::Greater => (held.clone(), Some(Settled::NotDone)),
    }
}

/// Name and fingerprint are those of the metadata in force; a client registered by hand has no fingerprint.
pub(super) fn follow_metadata(record: &mut Record, base: &FhirBase) {
    let Ok(metadata) = ClientMetadata::from_json(record.content.requested.clone()) else { return };
    if let (Some(_), Some(endpoint)) = (&record.fingerprint, &record.content.registration_endpoint) {
        record.fingerprint = Some(metadata.fingerprint(base, endpoint));
    }
    if metadata.client_name.is_some() {
        record.client_name.clone_from(&metadata.client_name);
    }
}

/// The names of the members that the server has otherwise than it was known here.
pub(super) fn changed_members(held: &Registration, now: &Registration) -> Vec<String> {
    let (before, after) =
        (held.registered_json(SecretsShown::Shown), now.registered_json(SecretsShown::Shown));
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    let changed = after.iter().filter(|(name, value)| before.get(*name) != Some(value));
    changed.map(|(name, _)| name).chain(gone).cloned().collect()
}
