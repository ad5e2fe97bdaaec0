//! Changes of the file: each one transaction, an answer never lost.

use std::fmt;
use std::sync::Arc;

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
use crate::history::Event;
use crate::history::What;
use crate::rescued;
use crate::sealed_token::SealedToken;
use crate::sqlite::group::How;
use crate::sqlite::group::RecordChange;
use crate::sqlite::group::change_together;
use crate::sqlite::history;
use crate::sqlite::leases;
use crate::sqlite::rows;
use crate::sqlite::schema;
use crate::sqlite::store::Inner;
use crate::sqlite::store::on_blocking_thread;
use crate::sqlite::tokens;

/// Makes a change: those of records together with all that wait, the others alone.
pub(crate) async fn commit(inner: &Arc<Inner>, actor: Actor, change: Change) -> Result<(), StoreError> {
    let (record, how) = match change {
        Change::Insert { record, repeat } => (record, How::Insert(repeat)),
        Change::Replace(record) if !record.awaits_answer() => (record, How::Replace),
        other @ (Change::Replace(_)
        | Change::SetState { .. }
        | Change::Remove(_)
        | Change::PutToken { .. }
        | Change::RemoveToken(_)
        | Change::Release { .. }
        | _) => {
            let work = move |inner: &Inner| Committer { inner, actor: &actor }.commit(other);
            return on_blocking_thread(Arc::clone(inner), work).await;
        }
    };
    let row = SealedRecord::seal(&inner.sealer, &record)?;
    let (id, awaits_answer) = (record.id.clone(), record.awaits_answer());
    change_together(inner, RecordChange { id, row, how, record, awaits_answer }, actor).await
}

/// Changes the file in somebody's name.
#[derive(Clone, Copy)]
pub(crate) struct Committer<'a> {
    pub(crate) inner: &'a Inner,
    pub(crate) actor: &'a Actor,
}

impl Committer<'_> {
    fn commit(self, change: Change) -> Result<(), StoreError> {
        match change {
            Change::Replace(record) => self.replace_by_intent(&record),
            Change::SetState { id, from, to, at } => self.set_state(&id, (from, to), at),
            Change::Remove(id) => self.remove(&id),
            Change::PutToken { token, release } => self.put_token(&token, release.as_ref()),
            Change::RemoveToken(key) => self.remove_token(&key),
            Change::Release { key, owner } => self.release(&key, &owner),
            Change::Insert { .. } | _ => {
                Err(self.inner.failed("changing it", &"this version does not know the change"))
            }
        }
    }

    /// Makes one change in a transaction of its own; an answer that does not go in is rescued.
    pub(crate) fn change_alone(self, db: &mut Connection, change: &RecordChange) -> Result<(), StoreError> {
        let (inner, id) = (self.inner, &change.id);
        let done = self.try_alone(db, change);
        match (change.how, done) {
            (How::Insert(_), Ok(result)) => result,
            (How::Insert(_), Err(refusal)) => {
                if change.awaits_answer {
                    inner.rescue.give_up(id);
                }
                Err(refusal.into_error(inner, "adding a registration"))
            }
            (How::Replace, Ok(Ok(()))) => {
                if !change.awaits_answer {
                    inner.rescue.give_up(id);
                }
                Ok(())
            }
            (How::Replace, Ok(Err(refused))) => Err(refused),
            (How::Replace, Err(refusal)) if inner.rescue.has_room(id) => {
                self.rescue(&change.record, &refusal.to_string())
            }
            (How::Replace, Err(refusal)) => Err(refusal.into_error(inner, "changing a registration")),
        }
    }

    fn try_alone(
        self,
        db: &mut Connection,
        change: &RecordChange,
    ) -> Result<Result<(), StoreError>, Refusal> {
        let inner = self.inner;
        let tx = inner.begin_raw(db)?;
        schema::guard(&tx, &inner.sealer, &inner.name)?;
        let result = self.apply(&tx, change)?;
        if result.is_ok() {
            tx.commit()?;
        }
        Ok(result)
    }

    /// Makes one change within a transaction. The inner error is an answer: the change is refused, the file is sound.
    pub(crate) fn apply(
        self,
        tx: &Connection,
        change: &RecordChange,
    ) -> Result<Result<(), StoreError>, Refusal> {
        match change.how {
            How::Insert(repeat) => self.insert(tx, change, repeat),
            How::Replace => self.replace(tx, change),
        }
    }

    fn insert(
        self,
        tx: &Connection,
        change: &RecordChange,
        repeat: Repeat,
    ) -> Result<Result<(), StoreError>, Refusal> {
        let row = &change.row;
        if let (Repeat::Find, Some(fingerprint)) = (repeat, row.clear.fingerprint.as_deref())
            && let Some(id) = rows::live_twin(tx, fingerprint)?
        {
            return Ok(Err(StoreError::Exists { id }));
        }
        rows::insert(tx, row)?;
        self.remember(tx, &Event::of_record(&row.clear.id, What::Inserted, None, Some(&row.clear.state)))?;
        if change.awaits_answer {
            let claimed = self.inner.rescue.claim(&change.id);
            if let Err(error) = claimed {
                return Ok(Err(self.inner.failed("reserving room for the answer", &error)));
            }
        }
        Ok(Ok(()))
    }

    fn replace(self, tx: &Connection, change: &RecordChange) -> Result<Result<(), StoreError>, Refusal> {
        let row = &change.row;
        let was = rows::state_text(tx, &change.id)?;
        if rows::replace(tx, row)? == 0 {
            return Ok(Err(StoreError::Unknown { id: change.id.clone() }));
        }
        self.remember(tx, &Event::of_record(&row.clear.id, What::Replaced, was, Some(&row.clear.state)))?;
        Ok(Ok(()))
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

    pub(crate) fn remember(self, tx: &Connection, event: &Event<'_>) -> rusqlite::Result<()> {
        history::add(tx, event, self.actor.as_str(), SystemClock::new().now())
    }
}

/// Why an answer is not in the file: it is rescued, whatever the reason.
pub(crate) enum Refusal {
    Database(rusqlite::Error),
    Store(StoreError),
}

impl Refusal {
    /// Whether another process held the lock for all the time that it was waited for.
    pub(crate) fn is_lock(&self) -> bool {
        matches!(self, Self::Database(error) if schema::is_busy(error))
    }

    fn into_error(self, inner: &Inner, doing: &'static str) -> StoreError {
        match self {
            Self::Database(error) => inner.failed(doing, &error),
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
        let tx = self.begin_raw(db).map_err(|refusal| refusal.into_error(self, doing))?;
        schema::guard(&tx, &self.sealer, &self.name)?;
        Ok(tx)
    }

    pub(crate) fn begin_raw<'a>(&self, db: &'a mut Connection) -> Result<Transaction<'a>, Refusal> {
        self.in_its_place()?;
        Ok(db.transaction_with_behavior(TransactionBehavior::Immediate)?)
    }

    /// A file that goes later takes the transaction along; an intent's answer then stays in its room.
    fn in_its_place(&self) -> Result<(), Refusal> {
        if self.opened.is_away_from(&self.path) {
            let detail = "it was removed or replaced while it was in use; put it back";
            return Err(self.failed("using its file", &detail).into());
        }
        Ok(())
    }

    pub(crate) fn failed(&self, doing: &'static str, detail: &dyn fmt::Display) -> StoreError {
        StoreError::Failed { store: self.name.clone(), doing, detail: detail.to_string() }
    }
}
