//! The store in one SQLite file.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use rusqlite::Connection;
use rusqlite::OpenFlags;
use rusqlite::TransactionBehavior;
use safire::future::BoxFuture;
use safire::protocol::time::UnixTime;
use safire::store::Change;
use safire::store::Claim;
use safire::store::Claimed;
use safire::store::LeaseOwner;
use safire::store::Query;
use safire::store::Record;
use safire::store::RecordId;
use safire::store::Repeat;
use safire::store::State;
use safire::store::Store;
use safire::store::StoreError;
use safire::store::TokenKey;
use safire::store::TokenQuery;
use safire::store::TokenRecord;

use crate::clear::Clear;
use crate::file;
use crate::key_source::KeySource;
use crate::key_source::Missing;
use crate::leases;
use crate::rescue::RescueFolder;
use crate::rows;
use crate::schema;
use crate::schema::Look;
use crate::seal::Sealer;
use crate::take_in;
use crate::tokens;
use crate::url::StoreUrl;

/// Registrations and tokens in one SQLite file, their content sealed; several processes may have it open at once.
///
/// The work runs on a blocking thread of Tokio where there is a runtime. A future that is dropped does not tear a
/// change: it was not begun, or it is finished behind the caller's back.
#[derive(Clone)]
pub struct SqliteStore {
    inner: Arc<Inner>,
    taken_in: Vec<RecordId>,
}

struct Inner {
    db: Mutex<Connection>,
    sealer: Sealer,
    rescue: RescueFolder,
    name: String,
}

impl SqliteStore {
    /// Opens a store that is there; `None` when there is none. Nothing is made.
    ///
    /// # Errors
    /// [`StoreError`] when it is no store, of a newer format, sealed with another key, or cannot be opened.
    pub fn open_existing(
        url: impl Into<StoreUrl>,
        key: impl Into<KeySource>,
    ) -> Result<Option<Self>, StoreError> {
        let url = url.into();
        let (path, name) = (url.file()?, url.to_string());
        match schema::look(path, &name)? {
            Look::Nothing => Ok(None),
            look @ Look::Store(_) => Self::open(path, name, look, &key.into()).map(Some),
        }
    }

    /// Opens a store, making it, its folder and its key where they are missing.
    ///
    /// # Errors
    /// As [`Self::open_existing`], and when it cannot be made.
    pub fn open_or_create(url: impl Into<StoreUrl>, key: impl Into<KeySource>) -> Result<Self, StoreError> {
        let url = url.into();
        let (path, name) = (url.file()?, url.to_string());
        let look = schema::look(path, &name)?;
        if look == Look::Nothing
            && let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty())
        {
            let opened = file::create_private_folder(folder);
            opened.map_err(|error| StoreError::Open { store: name.clone(), detail: error.to_string() })?;
        }
        Self::open(path, name, look, &key.into())
    }

    /// The records whose answers an earlier command could only rescue and that opening has committed.
    #[must_use]
    pub fn taken_in(&self) -> &[RecordId] {
        &self.taken_in
    }

    fn open(path: &Path, name: String, look: Look, key: &KeySource) -> Result<Self, StoreError> {
        let missing = if look == Look::Nothing { Missing::Make } else { Missing::Refuse };
        // The key comes first: whoever sees the store finds its key.
        let sealer = Sealer::new(&key.key_for(path, missing)?)?;
        let failed = |detail: String| StoreError::Open { store: name.clone(), detail };
        if look == Look::Nothing {
            match file::create_private(path) {
                Ok(_) => file::sync_folder_of(path).map_err(|error| failed(error.to_string()))?,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(failed(error.to_string())),
            }
        }
        // No CREATE: the file was made with its mode. No URI: a path may hold `?` and `%`.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut db = Connection::open_with_flags(path, flags).map_err(|error| failed(error.to_string()))?;
        schema::prepare(&mut db, look, &sealer, &name)?;
        let rescue = RescueFolder::of(path);
        let taken_in = take_in::take_in(&mut db, &rescue, &sealer);
        Ok(Self { inner: Arc::new(Inner { db: Mutex::new(db), sealer, rescue, name }), taken_in })
    }
}

impl Store for SqliteStore {
    fn commit(&self, change: Change) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(on_blocking_thread(Arc::clone(&self.inner), move |inner| inner.commit(change)))
    }

    fn load(&self, query: Query) -> BoxFuture<'_, Result<Vec<Record>, StoreError>> {
        Box::pin(on_blocking_thread(Arc::clone(&self.inner), move |inner| inner.load(&query)))
    }

    fn load_tokens(&self, query: TokenQuery) -> BoxFuture<'_, Result<Vec<TokenRecord>, StoreError>> {
        Box::pin(on_blocking_thread(Arc::clone(&self.inner), move |inner| inner.load_tokens(&query)))
    }

    fn claim(&self, claim: Claim) -> BoxFuture<'_, Result<Claimed, StoreError>> {
        Box::pin(on_blocking_thread(Arc::clone(&self.inner), move |inner| {
            inner.within("claiming a renewal", |tx| leases::claim(tx, &claim))
        }))
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore")
            .field("name", &self.inner.name)
            .field("key_id", self.inner.sealer.key_id())
            .finish_non_exhaustive()
    }
}

async fn on_blocking_thread<T: Send + 'static>(
    inner: Arc<Inner>,
    work: impl FnOnce(&Inner) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else { return work(&inner) };
    let name = inner.name.clone();
    match runtime.spawn_blocking(move || work(&inner)).await {
        Ok(result) => result,
        Err(error) => {
            let detail = format!("the work was given up: {error}");
            Err(StoreError::Failed { store: name, doing: "running", detail })
        }
    }
}

impl Inner {
    fn commit(&self, change: Change) -> Result<(), StoreError> {
        match change {
            Change::Insert { record, repeat } => self.insert(&record, repeat),
            Change::Replace(record) if record.awaits_answer() => self.replace_by_intent(&record),
            Change::Replace(record) => self.replace(&record),
            Change::SetState { id, from, to, at } => self.set_state(&id, (from, to), at),
            Change::Remove(id) => self.remove(&id),
            Change::PutToken { token, release } => self.put_token(&token, release.as_ref()),
            Change::RemoveToken(key) => {
                self.within("removing a token", |tx| tokens::remove(tx, &key)).map(|_| ())
            }
            Change::Release { key, owner } => self.release(&key, &owner),
            _ => Err(self.failed("changing it", &"this version does not know the change")),
        }
    }

    fn load(&self, query: &Query) -> Result<Vec<Record>, StoreError> {
        let rows = rows::select(&self.db(), query).map_err(|error| self.failed("reading it", &error))?;
        rows.into_iter().map(|(clear, sealed)| clear.unseal(&self.sealer, &sealed)).collect()
    }

    fn insert(&self, record: &Record, repeat: Repeat) -> Result<(), StoreError> {
        let failed = |error: rusqlite::Error| self.failed("adding a registration", &error);
        let clear = Clear::of(record);
        let sealed = clear.seal(&self.sealer, &record.content)?;
        let mut db = self.db();
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        if let (Repeat::Find, Some(fingerprint)) = (repeat, record.fingerprint.as_deref())
            && let Some(id) = rows::live_twin(&tx, fingerprint).map_err(failed)?
        {
            return Err(StoreError::Exists { id });
        }
        if !record.awaits_answer() {
            rows::insert(&tx, &clear, self.key_id(), &sealed).map_err(failed)?;
            return tx.commit().map_err(failed);
        }
        rows::insert(&tx, &clear, self.key_id(), &sealed).map_err(failed)?;
        self.rescue
            .claim(&record.id)
            .map_err(|error| self.failed("reserving room for the answer", &error))?;
        tx.commit().map_err(|error| {
            self.rescue.give_up(&record.id);
            failed(error)
        })
    }

    fn replace(&self, record: &Record) -> Result<(), StoreError> {
        match self.try_replace(record) {
            Ok(0) => Err(StoreError::Unknown { id: record.id.clone() }),
            Ok(_) => {
                self.rescue.give_up(&record.id);
                Ok(())
            }
            Err(error) if self.rescue.has_room(&record.id) => self.rescue(record, &error.to_string()),
            Err(error) => Err(self.failed("changing a registration", &error)),
        }
    }

    /// Something is about to be sent for a record that is there: room for the answer is reserved with the change.
    fn replace_by_intent(&self, record: &Record) -> Result<(), StoreError> {
        let failed = |error: rusqlite::Error| self.failed("changing a registration", &error);
        let no_room = |error: &dyn fmt::Display| self.failed("reserving room for the answer", error);
        let clear = Clear::of(record);
        let sealed = clear.seal(&self.sealer, &record.content)?;
        let mut db = self.db();
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        if rows::replace(&tx, &clear, self.key_id(), &sealed).map_err(failed)? == 0 {
            return Err(StoreError::Unknown { id: record.id.clone() });
        }
        if self.rescue.content(&record.id).map_err(|error| no_room(&error))?.is_some() {
            // What lies there is newer than the row, and so than this record.
            return Err(no_room(&"an earlier answer waits in its rescue room; open the store again"));
        }
        if !self.rescue.has_room(&record.id) {
            self.rescue.claim(&record.id).map_err(|error| no_room(&error))?;
        }
        tx.commit().map_err(|error| {
            self.rescue.give_up(&record.id);
            failed(error)
        })
    }

    fn set_state(&self, id: &RecordId, (from, to): (State, State), at: UnixTime) -> Result<(), StoreError> {
        let failed = |error: rusqlite::Error| self.failed("changing a state", &error);
        let mut db = self.db();
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        let row = rows::select(&tx, &Query::Id(id.clone())).map_err(failed)?.pop();
        let Some((clear, sealed)) = row else { return Err(StoreError::Unknown { id: id.clone() }) };
        let mut record = clear.unseal(&self.sealer, &sealed)?;
        if record.state != from {
            return Ok(());
        }
        (record.state, record.updated_at) = (to, at);
        let clear = Clear::of(&record);
        let sealed = clear.seal(&self.sealer, &record.content)?;
        rows::replace(&tx, &clear, self.key_id(), &sealed).map_err(failed)?;
        tx.commit().map_err(failed)
    }

    fn try_replace(&self, record: &Record) -> Result<usize, Box<dyn std::error::Error>> {
        let clear = Clear::of(record);
        let sealed = clear.seal(&self.sealer, &record.content)?;
        let mut db = self.db();
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let changed = rows::replace(&tx, &clear, self.key_id(), &sealed)?;
        tx.commit()?;
        Ok(changed)
    }

    fn rescue(&self, record: &Record, detail: &str) -> Result<(), StoreError> {
        let sealed = take_in::seal(&self.sealer, record)?;
        match self.rescue.fill(&record.id, &sealed) {
            Ok(path) => Err(StoreError::Rescued { id: record.id.clone(), path, detail: detail.to_owned() }),
            Err(error) => {
                let detail = format!("{detail}; and the rescue file: {error}");
                Err(self.failed("keeping an answer", &detail))
            }
        }
    }

    fn remove(&self, id: &RecordId) -> Result<(), StoreError> {
        let removed = self.within("removing a registration", |tx| {
            tokens::remove_all(tx, id)?;
            rows::remove(tx, id)
        })?;
        self.rescue.give_up(id);
        if removed == 0 { Err(StoreError::Unknown { id: id.clone() }) } else { Ok(()) }
    }

    fn load_tokens(&self, query: &TokenQuery) -> Result<Vec<TokenRecord>, StoreError> {
        let rows = tokens::select(&self.db(), query).map_err(|error| self.failed("reading it", &error))?;
        rows.into_iter().map(|row| row.unseal(&self.sealer)).collect()
    }

    fn put_token(&self, token: &TokenRecord, release: Option<&LeaseOwner>) -> Result<(), StoreError> {
        let sealed = tokens::seal(&self.sealer, token)?;
        let put = self.within("keeping a token", |tx| {
            if let Some(owner) = release {
                leases::release(tx, &token.key, owner)?;
            }
            tokens::put(tx, token, self.key_id(), &sealed)
        })?;
        if put == 0 { Err(StoreError::Unknown { id: token.key.record.clone() }) } else { Ok(()) }
    }

    fn release(&self, key: &TokenKey, owner: &LeaseOwner) -> Result<(), StoreError> {
        self.within("ending a lease", |tx| leases::release(tx, key, owner)).map(|_| ())
    }

    /// Does the work in one transaction that writes.
    fn within<T>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let failed = |error: rusqlite::Error| self.failed(doing, &error);
        let mut db = self.db();
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        let done = work(&tx).map_err(failed)?;
        tx.commit().map_err(failed)?;
        Ok(done)
    }

    fn db(&self) -> MutexGuard<'_, Connection> {
        // A panic elsewhere rolled its transaction back.
        self.db.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn key_id(&self) -> &str {
        self.sealer.key_id().as_str()
    }

    fn failed(&self, doing: &'static str, detail: &dyn fmt::Display) -> StoreError {
        StoreError::Failed { store: self.name.clone(), doing, detail: detail.to_string() }
    }
}
