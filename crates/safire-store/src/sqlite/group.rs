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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use safire::protocol::time::UnixTime;
    use safire::store::Change;
    use safire::store::Content;
    use safire::store::Query;
    use safire::store::Record;
    use safire::store::State;
    use safire::store::Store as _;

    use super::*;
    use crate::key_source::KeySource;
    use crate::sqlite::store::SqliteStore;

    fn record(number: u8, name: &str) -> Record {
        let now = UnixTime::from_seconds(1_790_000_000);
        let base = "https://fhir.example.com".to_owned();
        let id = RecordId::from_random([number; 15]);
        let mut record = Record::new(id, base.clone(), base, State::InDoubt, now, Content::default());
        record.client_name = Some(name.to_owned());
        record.fingerprint = Some(name.to_owned());
        record
    }

    /// Commits on as many threads, all waiting before the first one begins.
    fn commit_at_once(store: &SqliteStore, changes: Vec<Change>) -> Vec<Result<(), StoreError>> {
        let held = store.inner.db();
        let count = changes.len();
        let threads: Vec<_> = changes
            .into_iter()
            .map(|change| {
                let store = store.clone();
                std::thread::spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                    runtime.block_on(store.commit(change))
                })
            })
            .collect();
        while store.inner.group.waiting().len() < count {
            std::thread::yield_now();
        }
        drop(held);
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    }

    /// Transactions in the write-ahead log: frames that say how large the file is after them (file format §4.1).
    fn transactions(store: &Path) -> usize {
        // Made by the first change after the opening.
        let Ok(log) = std::fs::read(crate::file::beside(store, "-wal")) else { return 0 };
        let page = usize::try_from(u32::from_be_bytes(log[8..12].try_into().unwrap())).unwrap();
        log[32..].chunks(24 + page).filter(|frame| frame[4..8] != [0; 4]).count()
    }

    fn insertion(number: u8, name: &str) -> Change {
        Change::Insert { record: Box::new(record(number, name)), repeat: Repeat::Find }
    }

    fn load(store: &SqliteStore) -> Vec<Record> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(store.load(Query::All)).unwrap()
    }

    #[test]
    fn those_who_wait_share_one_transaction() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("safire.db");
        let store = SqliteStore::open_or_create(&path, KeySource::Beside).unwrap();
        assert_eq!(transactions(&path), 0);
        let results = commit_at_once(&store, (0..32).map(|n| insertion(n, &format!("app {n}"))).collect());
        assert!(results.iter().all(Result::is_ok), "{results:?}");
        assert_eq!((load(&store).len(), transactions(&path)), (32, 1));
        assert_eq!(store.inner.rescue.entries().unwrap().len(), 32, "each has its own room");
    }

    #[test]
    fn who_is_refused_is_refused_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("safire.db");
        let store = SqliteStore::open_or_create(&path, KeySource::Beside).unwrap();
        let unknown = Change::Replace(Box::new(record(9, "nobody")));
        let changes = vec![insertion(1, "same"), insertion(2, "same"), unknown, insertion(3, "other")];
        let results = commit_at_once(&store, changes);
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 2, "{results:?}");
        assert!(matches!(results[2], Err(StoreError::Unknown { .. })));
        assert!(results.iter().any(|result| matches!(result, Err(StoreError::Exists { .. }))));
        assert_eq!((load(&store).len(), store.inner.rescue.entries().unwrap().len()), (2, 2));
    }

    #[test]
    fn where_one_breaks_the_transaction_the_others_are_made_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("safire.db");
        let store = SqliteStore::open_or_create(&path, KeySource::Beside).unwrap();
        let trigger = "CREATE TRIGGER refuse BEFORE INSERT ON registration WHEN NEW.client_name = 'poison' \
                       BEGIN SELECT RAISE(ROLLBACK, 'refused'); END";
        store.inner.db().execute_batch(trigger).unwrap();
        let names = ["one", "two", "poison", "three", "four"];
        let changes = names.iter().zip(1..).map(|(name, number)| insertion(number, name)).collect();
        let results = commit_at_once(&store, changes);
        let ok: Vec<bool> = results.iter().map(Result::is_ok).collect();
        assert_eq!(ok, [true, true, false, true, true]);
        assert_eq!((load(&store).len(), store.inner.rescue.entries().unwrap().len()), (4, 4));
    }
}
