//! Taking in what an earlier command left in its rescue room.

use rusqlite::Connection;
use rusqlite::TransactionBehavior;
use safire::store::Query;
use safire::store::Record;
use safire::store::RecordId;
use safire::store::StoreError;
use zeroize::Zeroizing;

use crate::clear::Clear;
use crate::rescue::Entry;
use crate::rescue::RescueFolder;
use crate::rows;
use crate::seal::Binding;
use crate::seal::Sealer;

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

fn unseal(sealer: &Sealer, id: &RecordId, sealed: &[u8]) -> Option<(Clear, Zeroizing<Vec<u8>>)> {
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

/// Commits what lies in the rescue rooms and removes those that belong to nobody. What cannot be taken in stays
/// where it is and is told in the log; the store opens all the same.
pub(crate) fn take_in(db: &mut Connection, rescue: &RescueFolder, sealer: &Sealer) -> Vec<RecordId> {
    let entries = rescue.entries().unwrap_or_else(|error| {
        tracing::warn!(%error, "the rescue folder cannot be read");
        Vec::new()
    });
    let mut taken = Vec::new();
    for entry in entries {
        let done = match &entry {
            Entry::Room(id) => settle(db, rescue, sealer, id),
            Entry::Unfinished(path) => under_lock(db, || {
                // Under the lock nobody is making a room: this one was abandoned.
                let _ = std::fs::remove_file(path);
            })
            .map(|()| None),
        };
        match done {
            Ok(id) => taken.extend(id),
            Err(error) => tracing::warn!(?entry, %error, "a rescue file was not taken in and stays"),
        }
    }
    taken
}

fn settle(
    db: &mut Connection,
    rescue: &RescueFolder,
    sealer: &Sealer,
    id: &RecordId,
) -> Result<Option<RecordId>, String> {
    let text = |error: rusqlite::Error| error.to_string();
    let waiting = rescue.content(id).map_err(|error| error.to_string())?.is_none();
    if waiting && awaits_answer(db, sealer, id).map_err(text)? {
        return Ok(None);
    }
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(text)?;
    // Read again: another process may have taken it in, or committed its intent, in the meantime.
    let Some(sealed) = rescue.content(id).map_err(|error| error.to_string())? else {
        if !awaits_answer(&tx, sealer, id).map_err(text)? {
            rescue.give_up(id);
        }
        return Ok(None);
    };
    let (clear, content) = unseal(sealer, id, &sealed).ok_or("its seal is broken")?;
    let record = sealer.seal(&clear.binding(sealer), &content).map_err(|error| error.to_string())?;
    let key_id = sealer.key_id().as_str();
    // No row: a store restored from an older copy. Nothing that a server issued is thrown away.
    if rows::replace(&tx, &clear, key_id, &record).map_err(text)? == 0 {
        rows::insert(&tx, &clear, key_id, &record).map_err(text)?;
    }
    tx.commit().map_err(text)?;
    rescue.give_up(id);
    Ok(Some(id.clone()))
}

/// Whether room belongs to the record; of one that cannot be read nobody knows, so it keeps its room.
fn awaits_answer(db: &Connection, sealer: &Sealer, id: &RecordId) -> rusqlite::Result<bool> {
    let row = rows::select(db, &Query::Id(id.clone()))?.pop();
    Ok(row.is_some_and(|(clear, sealed)| {
        clear.unseal(sealer, &sealed).map_or(true, |record| record.awaits_answer())
    }))
}

fn under_lock(db: &mut Connection, act: impl FnOnce()) -> Result<(), String> {
    let tx =
        db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(|error| error.to_string())?;
    act();
    tx.rollback().map_err(|error| error.to_string())
}
