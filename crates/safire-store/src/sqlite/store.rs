//! The store in one SQLite file.

use std::fmt;
use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::sync::TryLockError;

use rusqlite::Connection;
use rusqlite::OpenFlags;
use safire::future::BoxFuture;
use safire::store::Change;
use safire::store::Claim;
use safire::store::Claimed;
use safire::store::Query;
use safire::store::Record;
use safire::store::RecordId;
use safire::store::Store;
use safire::store::StoreError;
use safire::store::TokenQuery;
use safire::store::TokenRecord;

use crate::actor::Actor;
use crate::file;
use crate::history::HistoryEntry;
use crate::key_source::KeySource;
use crate::key_source::Missing;
use crate::rescue::RescueFolder;
use crate::seal::Sealer;
use crate::sqlite::commit::commit;
use crate::sqlite::group::Group;
use crate::sqlite::history;
use crate::sqlite::key_change;
use crate::sqlite::leases;
use crate::sqlite::opened::Opened;
use crate::sqlite::opened::Turn;
use crate::sqlite::reading::Reading;
use crate::sqlite::reading::read;
use crate::sqlite::rows;
use crate::sqlite::schema;
use crate::sqlite::schema::Journal;
use crate::sqlite::schema::Look;
use crate::sqlite::take_in;
use crate::sqlite::tokens;
use crate::url::StoreUrl;

/// Registrations and tokens in one SQLite file, their content sealed; several processes may have it open at once.
///
/// The work runs on a blocking thread of Tokio where there is a runtime. A future that is dropped does not tear a
/// change: it was not begun, or it is finished behind the caller's back.
#[derive(Clone)]
pub struct SqliteStore {
    pub(crate) inner: Arc<Inner>,
    actor: Actor,
    taken_in: Vec<RecordId>,
}

pub(crate) struct Inner {
    db: Mutex<Connection>,
    /// A second connection, made when somebody reads while somebody else writes.
    reader: Mutex<Option<Connection>>,
    pub(crate) path: PathBuf,
    pub(crate) group: Group,
    pub(crate) reading: Reading,
    /// Dropped after the connection.
    pub(crate) opened: Opened,
    pub(crate) sealer: Sealer,
    pub(crate) rescue: RescueFolder,
    pub(crate) name: String,
    /// The file of the store, if its key lies beside it.
    pub(crate) key_is_beside: Option<PathBuf>,
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
        let (path, name, mut turn) = (url.file()?, url.to_string(), Turn::take());
        match look(path, &name, &turn)? {
            Look::Nothing => Ok(None),
            look @ Look::Store(_) => Self::open(path, name, look, &key.into(), &mut turn).map(Some),
        }
    }

    /// Opens a store, making it, its folder and its key where they are missing.
    ///
    /// # Errors
    /// As [`Self::open_existing`], and when it cannot be made.
    pub fn open_or_create(url: impl Into<StoreUrl>, key: impl Into<KeySource>) -> Result<Self, StoreError> {
        let url = url.into();
        let (path, name, mut turn) = (url.file()?, url.to_string(), Turn::take());
        let look = look(path, &name, &turn)?;
        if look == Look::Nothing
            && let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty())
        {
            let opened = file::create_private_folder(folder);
            opened.map_err(|error| StoreError::Open { store: name.clone(), detail: error.to_string() })?;
        }
        Self::open(path, name, look, &key.into(), &mut turn)
    }

    /// Who changes the store, for its history; this process if not said.
    #[must_use]
    pub fn by(mut self, actor: Actor) -> Self {
        self.actor = actor;
        self
    }

    pub(crate) const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The records whose answers an earlier command could only rescue and that opening has committed.
    #[must_use]
    pub fn taken_in(&self) -> &[RecordId] {
        &self.taken_in
    }

    /// Who changed what of a registration, oldest first; it outlives the registration. Renewals of tokens are
    /// remembered up to a number.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub async fn load_history(&self, id: &RecordId) -> Result<Vec<HistoryEntry>, StoreError> {
        let id = id.clone();
        on_blocking_thread(Arc::clone(&self.inner), move |inner| {
            history::select(&inner.db(), &id).map_err(|error| inner.failed("reading its history", &error))
        })
        .await
    }

    fn open(
        path: &Path,
        name: String,
        look: Look,
        key: &KeySource,
        turn: &mut Turn,
    ) -> Result<Self, StoreError> {
        let missing = if look == Look::Nothing { Missing::Make } else { Missing::Refuse };
        // The key comes first: whoever sees the store finds its key.
        let mut sealer = Sealer::new(&key.key_for(path, missing)?)?;
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
        let key_is_beside = matches!(key, KeySource::Beside).then(|| path.to_owned());
        match schema::prepare(&mut db, look, &sealer, &name) {
            Err(wrong @ StoreError::WrongKey { .. }) if key_is_beside.is_some() => {
                sealer = Self::open_anew(&mut db, path, &name, look, wrong)?;
            }
            prepared => prepared?,
        }
        let rescue = RescueFolder::of(path);
        let taken_in = take_in::take_in(&mut db, &rescue, &sealer);
        let (db, opened) = (Mutex::new(db), turn.note(path));
        let inner = Arc::new(Inner {
            db,
            reader: Mutex::default(),
            path: path.to_owned(),
            group: Group::default(),
            reading: Reading::default(),
            opened,
            sealer,
            rescue,
            name,
            key_is_beside,
        });
        Ok(Self { inner, actor: Actor::this_process(), taken_in })
    }

    /// Opens a store whose key is being changed, or was by a process that died.
    fn open_anew(
        db: &mut Connection,
        path: &Path,
        name: &str,
        look: Look,
        wrong: StoreError,
    ) -> Result<Sealer, StoreError> {
        let mut wrong = wrong;
        loop {
            let mut now = None;
            for key in key_change::other_keys(path) {
                let sealer = Sealer::new(&key)?;
                let prepared = schema::prepare(db, look, &sealer, name);
                match prepared.and_then(|()| key_change::settle(db, path, &sealer, name)) {
                    Ok(()) => return Ok(sealer),
                    Err(error @ StoreError::WrongKey { .. }) => now = Some(error),
                    Err(error) => return Err(error),
                }
            }
            match now {
                // Another process has changed the key once more since it was read.
                Some(now) if wanted(&now) != wanted(&wrong) => wrong = now,
                Some(_) | None => return Err(wrong),
            }
        }
    }
}

/// The key that the store wants, where that is the matter.
fn wanted(error: &StoreError) -> Option<&str> {
    if let StoreError::WrongKey { wanted, .. } = error { Some(wanted) } else { None }
}

impl Store for SqliteStore {
    fn commit(&self, change: Change) -> BoxFuture<'_, Result<(), StoreError>> {
        let (inner, actor) = (Arc::clone(&self.inner), self.actor.clone());
        Box::pin(async move { commit(&inner, actor, change).await })
    }

    fn load(&self, query: Query) -> BoxFuture<'_, Result<Vec<Record>, StoreError>> {
        Box::pin(async move { read(&self.inner, move |inner| inner.load(&query)).await })
    }

    fn load_tokens(&self, query: TokenQuery) -> BoxFuture<'_, Result<Vec<TokenRecord>, StoreError>> {
        Box::pin(async move { read(&self.inner, move |inner| inner.load_tokens(&query)).await })
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

/// What lies there; a file that this process has open is a store.
fn look(path: &Path, name: &str, turn: &Turn) -> Result<Look, StoreError> {
    if turn.is_open(path) { Ok(Look::Store(Journal::Wal)) } else { schema::look(path, name) }
}

pub(crate) async fn on_blocking_thread<T: Send + 'static>(
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
    fn load(&self, query: &Query) -> Result<Vec<Record>, StoreError> {
        let rows =
            self.read(|db| rows::select(db, query)).map_err(|error| self.failed("reading it", &error))?;
        rows.into_iter().map(|row| row.unseal(&self.sealer, &self.name)).collect()
    }

    fn load_tokens(&self, query: &TokenQuery) -> Result<Vec<TokenRecord>, StoreError> {
        let rows =
            self.read(|db| tokens::select(db, query)).map_err(|error| self.failed("reading it", &error))?;
        rows.into_iter().map(|row| row.unseal(&self.sealer, &self.name)).collect()
    }

    /// Reads what is committed, without waiting for a commit that is under way: a write-ahead log lets us.
    fn read<T>(&self, read: impl FnOnce(&Connection) -> T) -> T {
        match self.db.try_lock() {
            Ok(db) => return read(&db),
            Err(TryLockError::Poisoned(db)) => return read(&db.into_inner()),
            Err(TryLockError::WouldBlock) => {}
        }
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        if reader.is_none() {
            *reader = schema::open_reader(&self.path).ok();
        }
        match &*reader {
            Some(reader) => read(reader),
            None => read(&self.db()),
        }
    }

    pub(crate) fn db(&self) -> MutexGuard<'_, Connection> {
        // A panic elsewhere rolled its transaction back.
        self.db.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
