//! Opening a store in a PostgreSQL database.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use safire::store::StoreError;

use crate::actor::Actor;
use crate::key_source::KeySource;
use crate::postgres::address::Address;
use crate::postgres::store::PostgresStore;
use crate::url::PostgresUrl;

/// How a store in a PostgreSQL database is opened. From [`PostgresStore::builder`].
#[must_use = "nothing is opened yet"]
pub struct PostgresBuilder {
    pub(crate) url: PostgresUrl,
    pub(crate) key: KeySource,
    pub(crate) rescue_folder: PathBuf,
    pub(crate) most_connections: usize,
    pub(crate) patience: Duration,
    pub(crate) limit: Duration,
    pub(crate) actor: Actor,
}

/// A restart of the database, or the move to its standby, is over by then, as a rule.
const PATIENCE: Duration = Duration::from_secs(10);
/// Longer than what the server itself allows a statement, so that it can say what took so long.
const LIMIT: Duration = Duration::from_secs(12);
const CONNECTIONS: usize = 8;

impl PostgresBuilder {
    pub(crate) fn new(url: PostgresUrl, key: KeySource, rescue_folder: PathBuf) -> Self {
        Self {
            url,
            key,
            rescue_folder,
            most_connections: CONNECTIONS,
            patience: PATIENCE,
            limit: LIMIT,
            actor: Actor::this_process(),
        }
    }

    /// At most this many connections at once; 8 if not said.
    pub const fn most_connections(mut self, most: usize) -> Self {
        self.most_connections = most;
        self
    }

    /// For so long a change is tried again while the database is away; 10 s if not said.
    pub const fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// So long the database may take for one change, or to be connected to; then it counts as away. 12 s if not said.
    pub const fn time_limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Who changes the store, for its history; this process if not said.
    pub fn actor(mut self, actor: Actor) -> Self {
        self.actor = actor;
        self
    }

    /// Opens a store that is there; `None` when the database holds none. Nothing is made.
    ///
    /// # Errors
    /// [`StoreError::Open`] when the database cannot be reached, [`StoreError::Key`] without a key, and as
    /// [`crate::SqliteStore::open_existing`].
    pub async fn open_existing(self) -> Result<Option<PostgresStore>, StoreError> {
        PostgresStore::open(self, Missing::Leave).await
    }

    /// Opens a store, making it in the database where it is missing.
    ///
    /// # Errors
    /// As [`Self::open_existing`], and when the store cannot be made.
    pub async fn open_or_create(self) -> Result<PostgresStore, StoreError> {
        let name = self.url.to_string();
        let opened = PostgresStore::open(self, Missing::Make).await?;
        opened.ok_or_else(|| {
            let detail = "it went away while it was being made".to_owned();
            StoreError::Open { store: name, detail }
        })
    }

    /// Reads the URL.
    pub(crate) fn address(&self) -> Result<Address, StoreError> {
        Address::read(&self.url)
    }
}

impl fmt::Debug for PostgresBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresBuilder")
            .field("url", &self.url)
            .field("key", &self.key)
            .field("rescue_folder", &self.rescue_folder)
            .finish_non_exhaustive()
    }
}

/// What to do about a store that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// Make it.
    Make,
    /// Leave it.
    Leave,
}
