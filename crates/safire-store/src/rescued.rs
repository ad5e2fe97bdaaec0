//! A whole record as it lies in a rescue room.

use safire::store::Record;
use safire::store::RecordId;
#[cfg(feature = "postgres")]
use safire::store::State;
use safire::store::StoreError;
use zeroize::Zeroizing;

use crate::clear::Clear;
use crate::seal::Binding;
use crate::seal::Sealer;

/// What fills the room of an intent that may be in the database although nothing was sent.
#[cfg(feature = "postgres")]
pub(crate) fn withdrawn(intent: &Record) -> Record {
    let mut record = intent.clone();
    record.state = State::Deleted;
    record
}

/// Whether the record is a withdrawn intent: no other one is deleted without ever having had an answer.
#[cfg(feature = "postgres")]
pub(crate) fn is_withdrawn(record: &Record) -> bool {
    record.state == State::Deleted && record.content.answer.is_none()
}

/// Seals a whole record for its rescue room.
pub(crate) fn seal(sealer: &Sealer, record: &Record) -> Result<Vec<u8>, StoreError> {
    let clear = serde_json::to_vec(&Clear::of(record))
        .map_err(|error| StoreError::Key { detail: format!("the record cannot be written: {error}") })?;
    let content = record.content.to_bytes();
    let mut plain = Zeroizing::new(Vec::with_capacity(8 + clear.len() + content.len()));
    plain.extend_from_slice(&(clear.len() as u64).to_be_bytes());
    plain.extend_from_slice(&clear);
    plain.extend_from_slice(&content);
    sealer.seal(&binding(sealer, &record.id), &plain)
}

/// The record's clear members and its content; `None` when the seal is broken.
pub(crate) fn unseal(sealer: &Sealer, id: &RecordId, sealed: &[u8]) -> Option<(Clear, Zeroizing<Vec<u8>>)> {
    let plain = sealer.unseal(&binding(sealer, id), sealed)?;
    let (length, rest) = plain.split_at_checked(8)?;
    let length = usize::try_from(u64::from_be_bytes(length.try_into().ok()?)).ok()?;
    let (clear, content) = rest.split_at_checked(length)?;
    let clear: Clear = serde_json::from_slice(clear).ok()?;
    (clear.id == id.as_str()).then(|| (clear, Zeroizing::new(content.to_vec())))
}

fn binding(sealer: &Sealer, id: &RecordId) -> Binding {
    Binding::new("safire rescue 1").with(id.as_str()).with(sealer.key_id().as_str())
}
