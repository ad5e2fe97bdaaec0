//! Taking in what an earlier command left in its rescue room.

use rusqlite::Connection;
use rusqlite::TransactionBehavior;
use safire::clock::Clock as _;
use safire::clock::SystemClock;
use safire::store::RecordId;
use safire::store::State;

use crate::actor::Actor;
use crate::clear::SealedRecord;
use crate::history::Event;
use crate::history::What;
use crate::rescue::Entry;
use crate::rescue::RescueFolder;
use crate::rescued;
use crate::seal::Sealer;
use crate::sqlite::history;
use crate::sqlite::rows;

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
    if waiting && rows::state(db, id).map_err(text)? == Some(State::InDoubt) {
        return Ok(None);
    }
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(text)?;
    // Read again: another process may have taken it in, or committed its intent, in the meantime.
    let Some(sealed) = rescue.content(id).map_err(|error| error.to_string())? else {
        if rows::state(&tx, id).map_err(text)? != Some(State::InDoubt) {
            rescue.give_up(id);
        }
        return Ok(None);
    };
    let (clear, content) = rescued::unseal(sealer, id, &sealed).ok_or("its seal is broken")?;
    let was = rows::state_text(&tx, id).map_err(text)?;
    let row = SealedRecord::seal_parts(sealer, clear, &content).map_err(|error| error.to_string())?;
    // No row: a store restored from an older copy. Nothing that a server issued is thrown away.
    if rows::replace(&tx, &row).map_err(text)? == 0 {
        rows::insert(&tx, &row).map_err(text)?;
    }
    let event = Event::of_record(id.as_str(), What::Replaced, was, Some(&row.clear.state));
    history::add(&tx, &event, Actor::this_process().as_str(), SystemClock::new().now()).map_err(text)?;
    tx.commit().map_err(text)?;
    rescue.give_up(id);
    Ok(Some(id.clone()))
}

fn under_lock(db: &mut Connection, act: impl FnOnce()) -> Result<(), String> {
    let tx =
        db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(|error| error.to_string())?;
    act();
    tx.rollback().map_err(|error| error.to_string())
}
