//! Changes of registrations that are looked after: an intent for a record that is there, and a state alone.

use std::fmt;

use safire::protocol::time::UnixTime;
use safire::store::Record;
use safire::store::RecordId;
use safire::store::State;
use safire::store::StoreError;

use crate::clear::SealedRecord;
use crate::history::Event;
use crate::history::What;
use crate::rescued;
use crate::sqlite::commit::Committer;
use crate::sqlite::rows;

impl Committer<'_> {
    /// Something is about to be sent for a record that is there: room for its answer is reserved with the change.
    pub(crate) fn replace_by_intent(self, record: &Record) -> Result<(), StoreError> {
        let (inner, doing) = (self.inner, "changing a registration");
        let failed = |error: rusqlite::Error| inner.failed(doing, &error);
        let no_room = |error: &dyn fmt::Display| inner.failed("reserving room for the answer", error);
        let row = SealedRecord::seal(&inner.sealer, record)?;
        let mut db = inner.db();
        let tx = inner.begin(&mut db, doing)?;
        let Some(was) = rows::state_text(&tx, &record.id).map_err(failed)? else {
            return Err(StoreError::Unknown { id: record.id.clone() });
        };
        if inner.rescue.content(&record.id).map_err(|error| no_room(&error))?.is_some() {
            // What lies there is newer than the row, and so than this record.
            return Err(no_room(&rescued::WAITS));
        }
        rows::replace(&tx, &row).map_err(failed)?;
        let event = Event::of_record(&row.clear.id, What::Replaced, Some(was), Some(&row.clear.state));
        self.remember(&tx, &event).map_err(failed)?;
        let has_room = inner.rescue.has_room(&record.id);
        if !has_room {
            inner.rescue.claim(&record.id).map_err(|error| no_room(&error))?;
        }
        tx.commit().map_err(|error| {
            if !has_room {
                inner.rescue.give_up(&record.id);
            }
            failed(error)
        })
    }

    pub(crate) fn set_state(
        self,
        id: &RecordId,
        (from, to): (State, State),
        at: UnixTime,
    ) -> Result<(), StoreError> {
        let was = self.inner.within("changing a state", |tx| {
            let was = rows::state_text(tx, id)?;
            if was.as_deref() == Some(from.as_str()) {
                rows::set_state(tx, id, to, at)?;
                let event = Event::of_record(id.as_str(), What::Replaced, was.clone(), Some(to.as_str()));
                self.remember(tx, &event)?;
            }
            Ok(was)
        })?;
        if was.is_none() { Err(StoreError::Unknown { id: id.clone() }) } else { Ok(()) }
    }
}
