//! Changes of the file: each one transaction, an answer never lost.

use std::fmt;

use rusqlite::Connection;
use rusqlite::Transaction;
use rusqlite::TransactionBehavior;
use safire::clock::Clock as _;
use safire::clock::SystemClock;
use safire::store::Change;
use safire::store::LeaseOwner;
use safire::store::Record;
use safire::store::RecordId;
use safire::store::Repeat;
use safire::store::StoreError;
use safire::store::TokenKey;
use safire::store::TokenRecord;

use crate::actor::Actor;
use crate::clear::SealedRecord;
use crate::clear::awaits_answer;
use crate::history::Event;
use crate::history::What;
use crate::rescued;
use crate::sealed_token::SealedToken;
use crate::sqlite::history;
use crate::sqlite::leases;
use crate::sqlite::rows;
use crate::sqlite::schema;
use crate::sqlite::store::Inner;
use crate::sqlite::tokens;

/// Changes the file in somebody's name.
#[derive(Clone, Copy)]
pub(crate) struct Committer<'a> {
    pub(crate) inner: &'a Inner,
    pub(crate) actor: &'a Actor,
}

impl Committer<'_> {
    pub(crate) fn commit(self, change: Change) -> Result<(), StoreError> {
        match change {
            Change::Insert { record, repeat } => self.insert(&record, repeat),
            Change::Replace(record) => self.replace(&record),
            Change::Remove(id) => self.remove(&id),
            Change::PutToken { token, release } => self.put_token(&token, release.as_ref()),
            Change::RemoveToken(key) => self.remove_token(&key),
            Change::Release { key, owner } => self.release(&key, &owner),
            _ => Err(self.inner.failed("changing it", &"this version does not know the change")),
        }
    }

    fn insert(self, record: &Record, repeat: Repeat) -> Result<(), StoreError> {
        let (inner, doing) = (self.inner, "adding a registration");
        let failed = |error: rusqlite::Error| inner.failed(doing, &error);
        let row = SealedRecord::seal(&inner.sealer, record)?;
        let mut db = inner.db();
        let tx = inner.begin(&mut db, doing)?;
        if let (Repeat::Find, Some(fingerprint)) = (repeat, record.fingerprint.as_deref())
            && let Some(id) = rows::live_twin(&tx, fingerprint).map_err(failed)?
        {
            return Err(StoreError::Exists { id });
        }
        rows::insert(&tx, &row).map_err(failed)?;
        let event = Event::of_record(&row.clear.id, What::Inserted, None, Some(&row.clear.state));
        self.remember(&tx, &event).map_err(failed)?;
        if !awaits_answer(record) {
            return tx.commit().map_err(failed);
        }
        let claimed = inner.rescue.claim(&record.id);
        claimed.map_err(|error| inner.failed("reserving room for the answer", &error))?;
        tx.commit().map_err(|error| {
            inner.rescue.give_up(&record.id);
            failed(error)
        })
    }

    fn replace(self, record: &Record) -> Result<(), StoreError> {
        let rescue = &self.inner.rescue;
        match self.try_replace(record) {
            Ok(0) => Err(StoreError::Unknown { id: record.id.clone() }),
            Ok(_) => {
                if !awaits_answer(record) {
                    rescue.give_up(&record.id);
                }
                Ok(())
            }
            Err(refusal) if rescue.has_room(&record.id) => self.rescue(record, &refusal.to_string()),
            Err(refusal) => Err(refusal.into_error(self.inner)),
        }
    }

    fn try_replace(self, record: &Record) -> Result<usize, Refusal> {
        let inner = self.inner;
        let row = SealedRecord::seal(&inner.sealer, record)?;
        let mut db = inner.db();
        let tx = inner.begin_raw(&mut db)?;
        schema::guard(&tx, &inner.sealer, &inner.name)?;
        let was = rows::state_text(&tx, &record.id)?;
        let changed = rows::replace(&tx, &row)?;
        if changed != 0 {
            let event = Event::of_record(&row.clear.id, What::Replaced, was, Some(&row.clear.state));
            self.remember(&tx, &event)?;
        }
        tx.commit()?;
        Ok(changed)
    }

    fn rescue(self, record: &Record, detail: &str) -> Result<(), StoreError> {
        let sealed = rescued::seal(&self.inner.sealer, record)?;
        match self.inner.rescue.fill(&record.id, &sealed) {
            Ok(path) => Err(StoreError::Rescued { id: record.id.clone(), path, detail: detail.to_owned() }),
            Err(error) => {
                let detail = format!("{detail}; and the rescue file: {error}");
                Err(self.inner.failed("keeping an answer", &detail))
            }
        }
    }

    fn remove(self, id: &RecordId) -> Result<(), StoreError> {
        let removed = self.inner.within("removing a registration", |tx| {
            let Some(was) = rows::state_text(tx, id)? else { return Ok(0) };
            tokens::remove_all(tx, id)?;
            self.remember(tx, &Event::of_record(id.as_str(), What::Removed, Some(was), None))?;
            rows::remove(tx, id)
        })?;
        self.inner.rescue.give_up(id);
        if removed == 0 { Err(StoreError::Unknown { id: id.clone() }) } else { Ok(()) }
    }

    fn put_token(self, token: &TokenRecord, release: Option<&LeaseOwner>) -> Result<(), StoreError> {
        let row = SealedToken::seal(&self.inner.sealer, token)?;
        let put = self.inner.within("keeping a token", |tx| {
            if let Some(owner) = release {
                leases::release(tx, &token.key, owner)?;
            }
            let put = tokens::put(tx, &row)?;
            if put != 0 {
                self.remember(tx, &Event::of_token(&row.record, &row.slot, What::TokenPut))?;
            }
            Ok(put)
        })?;
        if put == 0 { Err(StoreError::Unknown { id: token.key.record.clone() }) } else { Ok(()) }
    }

    fn remove_token(self, key: &TokenKey) -> Result<(), StoreError> {
        self.inner.within("removing a token", |tx| {
            if tokens::remove(tx, key)? != 0 {
                let event = Event::of_token(key.record.as_str(), key.slot.as_str(), What::TokenRemoved);
                self.remember(tx, &event)?;
            }
            Ok(())
        })
    }

    fn release(self, key: &TokenKey, owner: &LeaseOwner) -> Result<(), StoreError> {
        self.inner.within("ending a lease", |tx| leases::release(tx, key, owner)).map(|_| ())
    }

    fn remember(self, tx: &Connection, event: &Event<'_>) -> rusqlite::Result<()> {
        history::add(tx, event, self.actor.as_str(), SystemClock::new().now())
    }
}

/// Why an answer is not in the file: it is rescued, whatever the reason.
enum Refusal {
    Database(rusqlite::Error),
    Store(StoreError),
}

impl Refusal {
    fn into_error(self, inner: &Inner) -> StoreError {
        match self {
            Self::Database(error) => inner.failed("changing a registration", &error),
            Self::Store(error) => error,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(error) => fmt::Display::fmt(error, f),
            Self::Store(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Inner {
    /// Does the work in one transaction that writes.
    pub(crate) fn within<T>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let failed = |error: rusqlite::Error| self.failed(doing, &error);
        let mut db = self.db();
        let tx = self.begin(&mut db, doing)?;
        let done = work(&tx).map_err(failed)?;
        tx.commit().map_err(failed)?;
        Ok(done)
    }

    /// A transaction that writes, under the key that is still the store's.
    pub(crate) fn begin<'a>(
        &self,
        db: &'a mut Connection,
        doing: &'static str,
    ) -> Result<Transaction<'a>, StoreError> {
        let tx = self.begin_raw(db).map_err(|error| self.failed(doing, &error))?;
        schema::guard(&tx, &self.sealer, &self.name)?;
        Ok(tx)
    }

    fn begin_raw<'a>(&self, db: &'a mut Connection) -> rusqlite::Result<Transaction<'a>> {
        db.transaction_with_behavior(TransactionBehavior::Immediate)
    }

    pub(crate) fn failed(&self, doing: &'static str, detail: &dyn fmt::Display) -> StoreError {
        StoreError::Failed { store: self.name.clone(), doing, detail: detail.to_string() }
    }
}
