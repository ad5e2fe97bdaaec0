//! A store that lives as long as the process.

use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use super::Store;
use super::change::Change;
use super::change::Query;
use super::change::Repeat;
use super::error::StoreError;
use super::record::Record;
use crate::future::BoxFuture;

/// A store in memory, for tests and for applications that keep records elsewhere. Nothing survives the process.
#[derive(Debug, Default)]
pub struct MemoryStore {
    records: Mutex<Vec<Record>>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn records(&self) -> MutexGuard<'_, Vec<Record>> {
        // A panic elsewhere leaves whole records behind: each change is one assignment.
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: Change) -> Result<(), StoreError> {
        let mut records = self.records();
        match change {
            Change::Insert { record, repeat } => {
                let found = records.iter().find(|r| {
                    r.fingerprint.is_some() && r.fingerprint == record.fingerprint && r.state.is_live()
                });
                match found {
                    Some(found) if repeat == Repeat::Find => Err(StoreError::Exists { id: found.id.clone() }),
                    _ => {
                        records.push(*record);
                        Ok(())
                    }
                }
            }
            Change::Replace(record) => match records.iter_mut().find(|r| r.id == record.id) {
                Some(slot) => {
                    *slot = *record;
                    Ok(())
                }
                None => Err(StoreError::Unknown { id: record.id }),
            },
            Change::Remove(id) => {
                let before = records.len();
                records.retain(|r| r.id != id);
                if records.len() == before { Err(StoreError::Unknown { id }) } else { Ok(()) }
            }
        }
    }
}

impl Store for MemoryStore {
    fn commit(&self, change: Change) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(std::future::ready(self.change(change)))
    }

    fn load(&self, query: Query) -> BoxFuture<'_, Result<Vec<Record>, StoreError>> {
        let matching = self
            .records()
            .iter()
            .filter(|record| match &query {
                Query::All => true,
                Query::Id(id) => record.id == *id,
                Query::BaseKey(key) => record.base_key == *key,
                Query::Fingerprint(print) => record.fingerprint.as_ref() == Some(print),
            })
            .cloned()
            .collect();
        Box::pin(std::future::ready(Ok(matching)))
    }
}
