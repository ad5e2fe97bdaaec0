//! A store of either kind, opened by its URL.

use std::path::Path;
use std::path::PathBuf;

use safire::fleet::FleetId;
use safire::fleet::FleetQueue;
use safire::fleet::Load;
use safire::fleet::Progress;
use safire::fleet::RowClaim;
use safire::fleet::Settlement;
use safire::fleet::Share;
use safire::fleet::Taken;
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
use crate::check::CheckReport;
use crate::export::Exported;
use crate::export::Imported;
use crate::history::HistoryEntry;
use crate::key::SealingKey;
use crate::key_source::KeySource;
#[cfg(feature = "postgres")]
use crate::postgres::PostgresBuilder;
#[cfg(feature = "postgres")]
use crate::postgres::PostgresStore;
use crate::sqlite::SqliteStore;
use crate::url::PostgresUrl;
use crate::url::StoreUrl;

/// How a store of either kind is opened.
///
/// ```no_run
/// # async fn example() -> Result<(), safire::store::StoreError> {
/// use safire_store::{KeySource, Opening, StoreUrl};
///
/// let url = StoreUrl::parse("postgres://safire@db.example.com/safire")?;
/// let store = Opening::new(url, KeySource::File("/etc/safire/store.key".into()))
///     .data_folder("/var/lib/my-app")
///     .open_or_create()
///     .await?;
/// # let _ = store;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is opened yet"]
pub struct Opening {
    url: StoreUrl,
    key: KeySource,
    data_folder: Option<PathBuf>,
    actor: Actor,
}

/// A store of either kind.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum AnyStore {
    /// In one SQLite file.
    Sqlite(SqliteStore),
    /// In a PostgreSQL database.
    #[cfg(feature = "postgres")]
    Postgres(PostgresStore),
}

impl Opening {
    /// The store at this URL, opened by this key.
    pub fn new(url: impl Into<StoreUrl>, key: impl Into<KeySource>) -> Self {
        Self { url: url.into(), key: key.into(), data_folder: None, actor: Actor::this_process() }
    }

    /// The folder where this user's data lies: a database needs a place there for answers that it cannot take in at
    /// the moment, `safire/rescue-…`.
    pub fn data_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.data_folder = Some(folder.into());
        self
    }

    /// Who changes the store, for its history; this process if not said.
    pub fn actor(mut self, actor: Actor) -> Self {
        self.actor = actor;
        self
    }

    /// Opens a store that is there; `None` when there is none. Nothing is made.
    ///
    /// # Errors
    /// [`StoreError`] when it is no store, of a newer format, sealed with another key, or cannot be opened.
    pub async fn open_existing(self) -> Result<Option<AnyStore>, StoreError> {
        match self.url {
            StoreUrl::Sqlite(path) => {
                let opened = SqliteStore::open_existing(&path, self.key)?;
                Ok(opened.map(|store| AnyStore::Sqlite(store.by(self.actor))))
            }
            StoreUrl::Postgres(url) => {
                database(url, self.key, self.data_folder.as_deref(), self.actor, Wanted::Existing).await
            }
        }
    }

    /// Opens a store, making it where it is missing.
    ///
    /// # Errors
    /// As [`Self::open_existing`], and when it cannot be made.
    pub async fn open_or_create(self) -> Result<AnyStore, StoreError> {
        let name = self.url.to_string();
        let opened = match self.url {
            StoreUrl::Sqlite(path) => {
                let store = SqliteStore::open_or_create(&path, self.key)?;
                Some(AnyStore::Sqlite(store.by(self.actor)))
            }
            StoreUrl::Postgres(url) => {
                database(url, self.key, self.data_folder.as_deref(), self.actor, Wanted::Any).await?
            }
        };
        opened.ok_or_else(|| {
            let detail = "it went away while it was being made".to_owned();
            StoreError::Open { store: name, detail }
        })
    }
}

impl AnyStore {
    /// The records whose answers an earlier command could only rescue and that are committed now.
    #[must_use]
    pub fn taken_in(&self) -> Vec<RecordId> {
        match self {
            Self::Sqlite(store) => store.taken_in().to_vec(),
            #[cfg(feature = "postgres")]
            Self::Postgres(store) => store.taken_in(),
        }
    }

    /// Who changed what of a registration, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub async fn load_history(&self, id: &RecordId) -> Result<Vec<HistoryEntry>, StoreError> {
        match self {
            Self::Sqlite(store) => store.load_history(id).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(store) => store.load_history(id).await,
        }
    }

    /// Opens every row and looks for what belongs to nothing. Changes nothing.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read at all.
    pub async fn check(&self) -> Result<CheckReport, StoreError> {
        match self {
            Self::Sqlite(store) => store.check().await,
            #[cfg(feature = "postgres")]
            Self::Postgres(store) => store.check().await,
        }
    }

    /// Seals everything with another key, in one transaction; the store must be opened anew with it.
    ///
    /// # Errors
    /// As [`SqliteStore::rotate_key`].
    pub async fn rotate_key(&self, new: &SealingKey) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(store) => store.rotate_key(new).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(store) => store.rotate_key(new).await,
        }
    }

    /// Writes everything, leases apart, into a new file sealed with this key, which need not be the store's.
    ///
    /// # Errors
    /// As [`SqliteStore::export`].
    pub async fn export(&self, to: impl Into<PathBuf>, key: &SealingKey) -> Result<Exported, StoreError> {
        match self {
            Self::Sqlite(store) => store.export(to, key).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(store) => store.export(to, key).await,
        }
    }

    /// Adds what an export holds and the store does not, in one transaction.
    ///
    /// # Errors
    /// As [`SqliteStore::import`].
    pub async fn import(&self, from: impl Into<PathBuf>, key: &SealingKey) -> Result<Imported, StoreError> {
        match self {
            Self::Sqlite(store) => store.import(from, key).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(store) => store.import(from, key).await,
        }
    }

    fn queue(&self) -> &dyn FleetQueue {
        match self {
            Self::Sqlite(store) => store,
            #[cfg(feature = "postgres")]
            Self::Postgres(store) => store,
        }
    }

    fn store(&self) -> &dyn Store {
        match self {
            Self::Sqlite(store) => store,
            #[cfg(feature = "postgres")]
            Self::Postgres(store) => store,
        }
    }
}

impl Store for AnyStore {
    fn commit(&self, change: Change) -> BoxFuture<'_, Result<(), StoreError>> {
        self.store().commit(change)
    }

    fn load(&self, query: Query) -> BoxFuture<'_, Result<Vec<Record>, StoreError>> {
        self.store().load(query)
    }

    fn load_tokens(&self, query: TokenQuery) -> BoxFuture<'_, Result<Vec<TokenRecord>, StoreError>> {
        self.store().load_tokens(query)
    }

    fn claim(&self, claim: Claim) -> BoxFuture<'_, Result<Claimed, StoreError>> {
        self.store().claim(claim)
    }
}

impl FleetQueue for AnyStore {
    fn load(&self, load: Load) -> BoxFuture<'_, Result<Vec<Taken>, StoreError>> {
        self.queue().load(load)
    }

    fn claim(&self, claim: RowClaim) -> BoxFuture<'_, Result<Share, StoreError>> {
        self.queue().claim(claim)
    }

    fn settle(&self, settlement: Settlement) -> BoxFuture<'_, Result<(), StoreError>> {
        self.queue().settle(settlement)
    }

    fn progress(&self, fleet: &FleetId) -> BoxFuture<'_, Result<Option<Progress>, StoreError>> {
        self.queue().progress(fleet)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Existing,
    Any,
}

#[cfg(feature = "postgres")]
async fn database(
    url: PostgresUrl,
    key: KeySource,
    data_folder: Option<&Path>,
    actor: Actor,
    wanted: Wanted,
) -> Result<Option<AnyStore>, StoreError> {
    let Some(folder) = data_folder else {
        let detail = "no data folder is known for answers that the database cannot take in".to_owned();
        return Err(StoreError::Open { store: url.to_string(), detail });
    };
    let rescue = url.rescue_folder(folder)?;
    let builder: PostgresBuilder = PostgresStore::builder(url, key, rescue).actor(actor);
    let opened = match wanted {
        Wanted::Existing => builder.open_existing().await?,
        Wanted::Any => Some(builder.open_or_create().await?),
    };
    Ok(opened.map(AnyStore::Postgres))
}

#[cfg(not(feature = "postgres"))]
async fn database(
    url: PostgresUrl,
    _: KeySource,
    _: Option<&Path>,
    _: Actor,
    _: Wanted,
) -> Result<Option<AnyStore>, StoreError> {
    let detail = "this build has no support for PostgreSQL".to_owned();
    Err(StoreError::Open { store: url.to_string(), detail })
}
