//! Many changes, one transaction: whoever has the file commits for all who wait for it.
//!
//! A commit is one wait for the disk, whatever is in it. Each change is atomic by a savepoint of its own, and each caller
//! is answered only after the commit that has its change in it. Where a transaction of many fails, each change is made
//! again alone, so that everything that holds for one change holds here.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use rusqlite::Connection;
use safire::store::RecordId;
use safire::store::Repeat;
use safire::store::StoreError;

use crate::actor::Actor;
use crate::clear::SealedRecord;
use crate::sqlite::commit::Committer;
use crate::sqlite::store::Inner;

/// The changes that wait for the file.
#[derive(Debug, Default)]
pub(crate) struct Group(Mutex<VecDeque<Arc<Waiting>>>);

/// A change that waits, and what became of it.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) change: RecordChange,
    pub(crate) actor: Actor,
    done: Mutex<Option<Result<(), StoreError>>>,
}

/// A change of a record, sealed already.
#[derive(Debug)]
pub(crate) struct RecordChange {
    pub(crate) id: RecordId,
    pub(crate) row: SealedRecord,
    pub(crate) how: How,
    /// The record itself in the form of a rescue room, sealed: made only when it is needed.
    pub(crate) record: Box<safire::store::Record>,
    /// Whether room for an answer belongs to the record from now on.
    pub(crate) awaits_answer: bool,
}

/// How a record is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    Insert(Repeat),
    Replace,
}

/// More at once would keep those who ask for something else waiting too long.
const MOST: usize = 128;

impl Group {
    fn waiting(&self) -> MutexGuard<'_, VecDeque<Arc<Waiting>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Vec<Arc<Waiting>> {
        let mut waiting = self.waiting();
        let count = waiting.len().min(MOST);
        waiting.drain(..count).collect()
    }
}

impl Waiting {
    fn done(&self) -> MutexGuard<'_, Option<Result<(), StoreError>>> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, result: Result<(), StoreError>) {
        *self.done() = Some(result);
    }
}

impl Inner {
    /// Makes the change together with those of all who wait.
    pub(crate) fn change_together(&self, change: RecordChange, actor: &Actor) -> Result<(), StoreError> {
        let waiting = Arc::new(Waiting { change, actor: actor.clone(), done: Mutex::new(None) });
        self.group.waiting().push_back(Arc::clone(&waiting));
        loop {
            let mut db = self.db();
            // Somebody else had the file and has made it already.
            if let Some(result) = waiting.done().take() {
                return result;
            }
            let mut taken = self.group.take();
            if taken.is_empty() {
                // Whoever took it has panicked before the commit: its transaction was rolled back.
                taken.push(Arc::clone(&waiting));
            }
            self.commit_all(&mut db, &taken);
        }
    }

    fn commit_all(&self, db: &mut Connection, taken: &[Arc<Waiting>]) {
        if taken.len() > 1
            && let Some(results) = self.commit_group(db, taken)
        {
            taken.iter().zip(results).for_each(|(waiting, result)| waiting.end(result));
            return;
        }
        for waiting in taken {
            let committer = Committer { inner: self, actor: &waiting.actor };
            waiting.end(committer.change_alone(db, &waiting.change));
        }
    }

    /// All of them in one transaction; `None` when it failed and nothing was changed.
    fn commit_group(
        &self,
        db: &mut Connection,
        taken: &[Arc<Waiting>],
    ) -> Option<Vec<Result<(), StoreError>>> {
        let mut rooms = Vec::new();
        let results = self.try_group(db, taken, &mut rooms);
        match &results {
            None => rooms.iter().for_each(|id| self.rescue.give_up(id)),
            Some(results) => {
                for (waiting, result) in taken.iter().zip(results) {
                    let change = &waiting.change;
                    if result.is_ok() && change.how == How::Replace && !change.awaits_answer {
                        self.rescue.give_up(&change.id);
                    }
                }
            }
        }
        results
    }

    fn try_group(
        &self,
        db: &mut Connection,
        taken: &[Arc<Waiting>],
        rooms: &mut Vec<RecordId>,
    ) -> Option<Vec<Result<(), StoreError>>> {
        let tx = self.begin(db, "changing registrations").ok()?;
        let mut results = Vec::with_capacity(taken.len());
        for waiting in taken {
            let change = &waiting.change;
            tx.execute_batch("SAVEPOINT one").ok()?;
            let committer = Committer { inner: self, actor: &waiting.actor };
            let result = committer.apply(&tx, change).ok()?;
            // A change that is refused has written nothing but what it takes back here.
            let end = if result.is_ok() { "RELEASE one" } else { "ROLLBACK TO one; RELEASE one" };
            tx.execute_batch(end).ok()?;
            if result.is_ok() && matches!(change.how, How::Insert(_)) && change.awaits_answer {
                rooms.push(change.id.clone());
            }
            results.push(result);
        }
        tx.commit().ok()?;
        Some(results)
    }
}
