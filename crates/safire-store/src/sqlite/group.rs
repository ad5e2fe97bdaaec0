//! Many changes, one transaction: whoever has the file commits for all who wait for it.
//!
//! A commit is one wait for the disk, whatever is in it. Each change is atomic by a savepoint of its own, and each caller
//! is answered only after the commit that has its change in it. Where a transaction of many fails, each change is made
//! again alone, so that everything that holds for one change holds here.

use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use safire::store::Record;
use safire::store::RecordId;
use safire::store::Repeat;
use safire::store::StoreError;
use tokio::sync::oneshot;

use crate::actor::Actor;
use crate::clear::SealedRecord;
use crate::sqlite::commit::Committer;
use crate::sqlite::commit::Refusal;
use crate::sqlite::line::Line;
use crate::sqlite::schema;
use crate::sqlite::store::Inner;

/// The changes that wait for the file.
#[derive(Debug, Default)]
pub(crate) struct Group(Line<Waiting>);

/// A change that waits, and where its result is awaited.
#[derive(Debug)]
struct Waiting {
    change: RecordChange,
    actor: Actor,
    result: oneshot::Sender<Result<(), StoreError>>,
}

/// A change of a record, sealed already.
#[derive(Debug)]
pub(crate) struct RecordChange {
    pub(crate) id: RecordId,
    pub(crate) row: SealedRecord,
    pub(crate) how: How,
    /// The record itself, for its rescue room.
    pub(crate) record: Box<Record>,
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

/// The promise to make what waits. It is kept even if the runtime that it was given to ends before it begins, and
/// whatever panics: everybody who waits gets an answer.
struct Lead(Option<Arc<Inner>>);

/// Where an answer is awaited, and the answer.
type Answer = (oneshot::Sender<Result<(), StoreError>>, Result<(), StoreError>);

impl Lead {
    fn keep(self) {
        drop(self);
    }
}

impl Drop for Lead {
    fn drop(&mut self) {
        while let Some(inner) = self.0.take() {
            let taken = inner.group.0.take(MOST);
            // A panic rolled its transaction back, and those concerned hear that the work was given up; the others go on.
            let made = catch_unwind(AssertUnwindSafe(|| inner.commit_all(&mut inner.db(), taken)));
            if made.is_err() {
                tracing::error!("a change of a registration has panicked");
            }
            // Whoever hears that the last change is made may close the store: nobody else holds it by then.
            if inner.group.0.is_over() {
                drop(inner);
            } else {
                self.0 = Some(inner);
            }
            for (asker, result) in made.unwrap_or_default() {
                // Who asked may have gone; the change is made all the same.
                let _ = asker.send(result);
            }
        }
    }
}

/// Makes the change together with all that wait. One thread works for everybody: those who ask only wait for word.
pub(crate) async fn change_together(
    inner: &Arc<Inner>,
    change: RecordChange,
    actor: Actor,
) -> Result<(), StoreError> {
    let (result, done) = oneshot::channel();
    if inner.group.0.join(Waiting { change, actor, result }) {
        let lead = Lead(Some(Arc::clone(inner)));
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(move || lead.keep())),
            Err(_) => lead.keep(),
        }
    }
    // Its sender goes without a word only where making the change has panicked: it was rolled back.
    done.await.unwrap_or_else(|_| Err(inner.failed("changing a registration", &"the work was given up")))
}

impl Inner {
    fn commit_all(&self, db: &mut Connection, taken: Vec<Waiting>) -> Vec<Answer> {
        let together = (taken.len() > 1).then(|| self.commit_group(db, &taken));
        let is_locked = matches!(&together, Some(Err(refusal)) if refusal.is_lock());
        if is_locked {
            // All have waited for the lock together: they do not wait again one after the other.
            let _ = db.busy_timeout(Duration::ZERO);
        }
        let mut results = together.and_then(Result::ok).map(Vec::into_iter);
        let alone = |db: &mut Connection, waiting: &Waiting| {
            Committer { inner: self, actor: &waiting.actor }.change_alone(db, &waiting.change)
        };
        let answers = taken
            .into_iter()
            .map(|waiting| {
                let result = results.as_mut().and_then(Iterator::next);
                let result = result.unwrap_or_else(|| alone(db, &waiting));
                (waiting.result, result)
            })
            .collect();
        if is_locked {
            let _ = db.busy_timeout(schema::BUSY);
        }
        answers
    }

    /// All of them in one transaction; a refusal when it failed and nothing was changed.
    fn commit_group(
        &self,
        db: &mut Connection,
        taken: &[Waiting],
    ) -> Result<Vec<Result<(), StoreError>>, Refusal> {
        let mut rooms = Vec::new();
        let results = self.try_group(db, taken, &mut rooms);
        match &results {
            Err(_) => rooms.iter().for_each(|id| self.rescue.give_up(id)),
            Ok(results) => {
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
        taken: &[Waiting],
        rooms: &mut Vec<RecordId>,
    ) -> Result<Vec<Result<(), StoreError>>, Refusal> {
        let tx = self.begin_raw(db)?;
        schema::guard(&tx, &self.sealer, &self.name)?;
        let mut results = Vec::with_capacity(taken.len());
        for waiting in taken {
            let change = &waiting.change;
            run(&tx, "SAVEPOINT one")?;
            let committer = Committer { inner: self, actor: &waiting.actor };
            let result = committer.apply(&tx, change)?;
            // A change that is refused has written nothing but what it takes back here.
            if result.is_err() {
                run(&tx, "ROLLBACK TO one")?;
            }
            run(&tx, "RELEASE one")?;
            if result.is_ok() && matches!(change.how, How::Insert(_)) && change.awaits_answer {
                rooms.push(change.id.clone());
            }
            results.push(result);
        }
        tx.commit()?;
        Ok(results)
    }
}

/// A statement that is prepared once.
fn run(tx: &Connection, sql: &'static str) -> rusqlite::Result<()> {
    tx.prepare_cached(sql)?.execute([]).map(|_| ())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use safire::protocol::time::UnixTime;
    use safire::store::Change;
    use safire::store::Content;
    use safire::store::Query;
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

    /// Commits on as many threads, all waiting before the leader begins, who is this one.
    fn commit_at_once(store: &SqliteStore, changes: Vec<Change>) -> Vec<Result<(), StoreError>> {
        store.inner.group.0.lead();
        let count = changes.len();
        let mut threads = Vec::new();
        for (number, change) in changes.into_iter().enumerate() {
            let asking = store.clone();
            threads.push(std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                runtime.block_on(asking.commit(change))
            }));
            // One after the other, so that their order is known.
            while store.inner.group.0.len() <= number {
                std::thread::yield_now();
            }
        }
        assert_eq!(store.inner.group.0.len(), count);
        Lead(Some(Arc::clone(&store.inner))).keep();
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
        let mut nobody = record(9, "nobody");
        nobody.state = State::Refused;
        let unknown = Change::Replace(Box::new(nobody));
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
