//! The store in a PostgreSQL database.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;

use safire::clock::Clock as _;
use safire::clock::SystemClock;
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
use crate::history::HistoryEntry;
use crate::key_source::KeySource;
use crate::postgres::builder::Missing;
use crate::postgres::builder::PostgresBuilder;
use crate::postgres::connections::Connections;
use crate::postgres::connections::settle;
use crate::postgres::history;
use crate::postgres::leases;
use crate::postgres::rows;
use crate::postgres::schema;
use crate::postgres::schema::Look;
use crate::postgres::tokens;
use crate::postgres::trouble::Trouble;
use crate::rescue::RescueFolder;
use crate::seal::Sealer;
use crate::url::PostgresUrl;

/// Registrations and tokens in a PostgreSQL database, their content sealed; many machines may have it open at once.
///
/// Its methods need a Tokio runtime with time and I/O. A connection that is lost is made anew: whatever is asked is tried
/// again for a bounded time, and nothing waits for a database without an end. A future that is dropped does not tear a
/// change: it was not begun, or it is finished behind the caller's back.
#[derive(Clone)]
pub struct PostgresStore {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) connections: Connections,
    pub(crate) sealer: Sealer,
    pub(crate) rescue: RescueFolder,
    pub(crate) name: String,
    pub(crate) patience: Duration,
    pub(crate) actor: Actor,
    /// Whether an answer lies in a room that this process filled.
    pub(crate) waiting: AtomicBool,
    taken_in: Mutex<Vec<RecordId>>,
}

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

impl PostgresStore {
    /// How a store is opened: where it is, what opens it, and a folder of this machine for answers that the database
    /// cannot take in at the moment ([`PostgresUrl::rescue_folder`]).
    pub fn builder(
        url: PostgresUrl,
        key: impl Into<KeySource>,
        rescue_folder: impl Into<PathBuf>,
    ) -> PostgresBuilder {
        PostgresBuilder::new(url, key.into(), rescue_folder.into())
    }

    /// The records whose answers could only be rescued and that this store has committed since.
    #[must_use]
    pub fn taken_in(&self) -> Vec<RecordId> {
        self.inner.taken_in.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Who changed what of a registration, oldest first; it outlives the registration. Renewals of tokens are
    /// remembered up to a number.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub async fn load_history(&self, id: &RecordId) -> Result<Vec<HistoryEntry>, StoreError> {
        let inner = &self.inner;
        inner
            .persist("reading its history", |_| async {
                let client = inner.connections.client().await?;
                let done = inner.connections.timely(history::select(&client, id)).await;
                settle(client, done)
            })
            .await
    }

    pub(crate) async fn open(plan: PostgresBuilder, missing: Missing) -> Result<Option<Self>, StoreError> {
        let name = plan.url.to_string();
        let address = plan.address()?;
        let failed = |detail: String| StoreError::Open { store: name.clone(), detail };
        let sealer = Sealer::new(&plan.key.key_for_database()?)?;
        let connections = Connections::new(&address, plan.most_connections, plan.limit).map_err(failed)?;
        let inner = Inner {
            connections,
            sealer,
            rescue: RescueFolder::at(plan.rescue_folder),
            name: name.clone(),
            patience: plan.patience,
            actor: plan.actor,
            waiting: AtomicBool::new(false),
            taken_in: Mutex::default(),
        };
        match inner.prepare(missing).await {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(Trouble::Answer(error)) => return Err(error),
            Err(trouble) => return Err(failed(trouble.told())),
        }
        inner.take_in().await;
        Ok(Some(Self { inner: Arc::new(inner) }))
    }
}

impl Store for PostgresStore {
    fn commit(&self, change: Change) -> BoxFuture<'_, Result<(), StoreError>> {
        let inner = Arc::clone(&self.inner);
        Box::pin(async move {
            let name = inner.name.clone();
            let work = async move {
                inner.take_in_if_waiting().await;
                inner.commit(change).await
            };
            tokio::spawn(work).await.unwrap_or_else(|error| {
                let detail = format!("the work was given up: {error}");
                Err(StoreError::Failed { store: name, doing: "running", detail })
            })
        })
    }

    fn load(&self, query: Query) -> BoxFuture<'_, Result<Vec<Record>, StoreError>> {
        Box::pin(async move {
            let inner = &self.inner;
            inner.take_in_if_waiting().await;
            let read = |_| async {
                let client = inner.connections.client().await?;
                let done = inner.connections.timely(rows::select(&client, &query)).await;
                settle(client, done)
            };
            let rows = inner.persist("reading it", read).await?;
            rows.into_iter().map(|row| row.unseal(&inner.sealer, &inner.name)).collect()
        })
    }

    fn load_tokens(&self, query: TokenQuery) -> BoxFuture<'_, Result<Vec<TokenRecord>, StoreError>> {
        Box::pin(async move {
            let inner = &self.inner;
            let read = |_| async {
                let client = inner.connections.client().await?;
                let done = inner.connections.timely(tokens::select(&client, &query)).await;
                settle(client, done)
            };
            let rows = inner.persist("reading it", read).await?;
            rows.into_iter().map(|row| row.unseal(&inner.sealer, &inner.name)).collect()
        })
    }

    fn claim(&self, claim: Claim) -> BoxFuture<'_, Result<Claimed, StoreError>> {
        Box::pin(async move {
            let inner = &self.inner;
            inner
                .persist("claiming a renewal", |_| async {
                    let client = inner.connections.client().await?;
                    let done = inner.connections.timely(leases::claim(&client, &claim)).await;
                    settle(client, done)
                })
                .await
        })
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("name", &self.inner.name)
            .field("key_id", self.inner.sealer.key_id())
            .finish_non_exhaustive()
    }
}

impl Inner {
    /// Whether there is a store, made or brought to this format where it may be.
    async fn prepare(&self, missing: Missing) -> Result<bool, Trouble> {
        let mut client = self.connections.client().await?;
        let work = async {
            let found = schema::look(&client, &self.name).await?;
            schema::check_key(&found, &self.sealer, &self.name)?;
            match found {
                Look::Store { format: schema::FORMAT, .. } => return Ok(true),
                Look::Nothing if missing == Missing::Leave => return Ok(false),
                Look::Store { .. } | Look::Nothing => {}
            }
            let tx = client.transaction().await?;
            schema::make(&tx, &self.sealer, &self.name).await?;
            tx.commit().await?;
            Ok(true)
        };
        let done = self.connections.timely(work).await;
        settle(client, done)
    }

    /// Tries until it works, is refused, or has taken too long. From the second try on, an earlier one may have been
    /// committed without our knowing.
    pub(crate) async fn persist<T, F>(
        &self,
        doing: &'static str,
        attempt: impl Fn(Try) -> F,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, Trouble>>,
    {
        self.insist(Try::First, &attempt).await.map_err(|trouble| trouble.into_error(self, doing))
    }

    pub(crate) async fn insist<T, F>(&self, first: Try, attempt: &impl Fn(Try) -> F) -> Result<T, Trouble>
    where
        F: Future<Output = Result<T, Trouble>>,
    {
        let clock = SystemClock::new();
        let (begun, mut pause, mut which) = (clock.elapsed(), FIRST_PAUSE, first);
        loop {
            match attempt(which).await {
                Err(trouble) if trouble.passes() => {
                    if clock.elapsed().saturating_sub(begun).saturating_add(pause) > self.patience {
                        return Err(trouble);
                    }
                }
                done => return done,
            }
            tokio::time::sleep(pause).await;
            pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
            which = Try::Again;
        }
    }

    pub(crate) async fn take_in_if_waiting(&self) {
        if self.waiting.swap(false, Ordering::Relaxed) {
            self.take_in().await;
        }
    }

    pub(crate) fn remember_taken_in(&self, id: RecordId) {
        self.taken_in.lock().unwrap_or_else(PoisonError::into_inner).push(id);
    }
}

/// Whether it is the first try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Try {
    /// The first.
    First,
    /// A later one.
    Again,
}
