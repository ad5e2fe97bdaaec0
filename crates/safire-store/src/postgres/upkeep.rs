//! Looking after a database: check, change of key, export, import.

use std::path::PathBuf;

use deadpool_postgres::Client;
use deadpool_postgres::GenericClient;
use deadpool_postgres::Transaction;
use safire::clock::Clock as _;
use safire::clock::SystemClock;
use safire::store::Query;
use safire::store::RecordId;
use safire::store::StoreError;

use crate::check::CheckReport;
use crate::check::Finding;
use crate::contents::Contents;
use crate::export;
use crate::export::Exported;
use crate::export::Imported;
use crate::history::Event;
use crate::history::What;
use crate::key::SealingKey;
use crate::key_check;
use crate::postgres::connections::settle;
use crate::postgres::fleet;
use crate::postgres::history;
use crate::postgres::rows;
use crate::postgres::schema;
use crate::postgres::schema::Look;
use crate::postgres::store::Inner;
use crate::postgres::store::PostgresStore;
use crate::postgres::tokens;
use crate::postgres::trouble::Trouble;
use crate::rescue::RescueFolder;
use crate::seal::Sealer;

impl PostgresStore {
    /// Opens every row and looks for what belongs to nothing, and into this machine's rescue rooms. Changes nothing.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read at all.
    pub async fn check(&self) -> Result<CheckReport, StoreError> {
        let inner = &self.inner;
        let mut report = CheckReport::of(&inner.contents().await?, &inner.sealer, &inner.name);
        let waiting = inner.waiting().await?;
        report.findings.extend(waiting.into_iter().map(|id| Finding::AnswerWaits { id }));
        Ok(report)
    }

    /// Seals everything with another key, in one transaction: after a crash it is all under the one key or all under the
    /// other. This value, and whoever else has the store open, then gets [`StoreError::WrongKey`] and opens it anew. An
    /// answer that waits in a rescue room of another machine stays under the old key.
    ///
    /// # Errors
    /// [`StoreError`] when a row does not open, a registration is under way or an answer waits in a rescue room of this
    /// machine; nothing changed.
    pub async fn rotate_key(&self, new: &SealingKey) -> Result<(), StoreError> {
        let (inner, doing) = (&self.inner, "changing its key");
        let new = Sealer::new(new)?;
        if let Some(id) = inner.waiting().await?.first() {
            let detail = format!("the answer of `{id}` waits to be taken in first");
            return Err(StoreError::Failed { store: inner.name.clone(), doing, detail });
        }
        match inner.rotate_key(&new).await {
            Ok(()) => Ok(()),
            Err(trouble) if trouble.passes() && inner.has_key(&new).await => Ok(()),
            Err(trouble) => Err(trouble.into_error(inner, doing)),
        }
    }

    /// Writes everything, leases apart, into a new file sealed with this key, which need not be the store's.
    ///
    /// # Errors
    /// [`StoreError`] when a row does not open, or the file is there already or cannot be written.
    pub async fn export(&self, to: impl Into<PathBuf>, key: &SealingKey) -> Result<Exported, StoreError> {
        let (inner, to, key) = (self.inner.clone(), to.into(), key.clone());
        let contents = inner.contents().await?;
        self.blocking(move || export::write(&to, &key, &contents, &inner.sealer, &inner.name)).await
    }

    /// Adds what an export holds and the store does not, in one transaction.
    ///
    /// # Errors
    /// [`StoreError`] when the file is no export, was changed or has another key; nothing changed.
    pub async fn import(&self, from: impl Into<PathBuf>, key: &SealingKey) -> Result<Imported, StoreError> {
        let (inner, from, key) = (self.inner.clone(), from.into(), key.clone());
        let contents = self.blocking(move || export::read(&from, &key, &inner.sealer)).await?;
        let inner = &self.inner;
        inner.import(&contents).await.map_err(|trouble| trouble.into_error(inner, "importing"))
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
            let detail = format!("the work was given up: {error}");
            Err(StoreError::Failed { store: self.inner.name.clone(), doing: "running", detail })
        })
    }
}

impl Inner {
    async fn contents(&self) -> Result<Contents, StoreError> {
        self.persist("reading it", |_| async {
            let mut client = self.connections.client().await?;
            let work = async {
                let tx = client.build_transaction();
                let level = tokio_postgres::IsolationLevel::RepeatableRead;
                let tx = tx.isolation_level(level).read_only(true).start().await?;
                contents(&tx).await
            };
            let done = self.connections.timely(work).await;
            settle(client, done)
        })
        .await
    }

    /// The registrations whose answers lie in rescue rooms of this machine.
    async fn waiting(&self) -> Result<Vec<RecordId>, StoreError> {
        let filled = self.on_disk(RescueFolder::filled).await;
        filled.map_err(|error| self.failed_on_disk("reading its rescue folder", &error))
    }

    /// Many statements, each bounded by itself: how long they take together depends on the store.
    async fn rotate_key(&self, new: &Sealer) -> Result<(), Trouble> {
        let mut client: Client = self.connections.client().await?;
        let tx = client.transaction().await?;
        // Nobody writes under the old key from here to the end.
        self.each(async {
            tx.execute("SELECT pg_advisory_xact_lock($1)", &[&schema::SEALING]).await?;
            schema::guard(&tx, &self.sealer, &self.name).await
        })
        .await?;
        let old = self.each(contents(&tx)).await?;
        if let Some(id) = old.under_way(&self.sealer, &self.name, SystemClock::new().now()) {
            let (store, doing) = (self.name.clone(), "changing its key");
            let detail = format!("registration `{id}` is under way");
            return Err(StoreError::Failed { store, doing, detail }.into());
        }
        let resealed = old.resealed(&self.sealer, new, &self.name)?;
        let waiting = self.each(fleet::inputs(&tx)).await?;
        for some in waiting.chunks(1000) {
            let some = some.iter().map(|input| input.resealed(&self.sealer, new, &self.name));
            let some = some.collect::<Result<Vec<_>, _>>()?;
            self.each(fleet::reseal(&tx, &some)).await?;
        }
        for row in &resealed.records {
            self.each(rows::replace(&tx, row)).await?;
        }
        for row in &resealed.tokens {
            self.each(tokens::put(&tx, row)).await?;
        }
        let check = key_check::seal(new)?;
        self.each(async {
            let sql = "UPDATE safire.meta SET key_id = $1, key_check = $2 WHERE one = 1";
            Ok(tx.execute(sql, &[&new.key_id().as_str(), &check]).await?)
        })
        .await?;
        self.each(async { Ok(tx.commit().await?) }).await
    }

    /// Whether a change of key whose success got lost was made.
    async fn has_key(&self, new: &Sealer) -> bool {
        let look = self.persist("looking at its key", |_| async {
            let client = self.connections.client().await?;
            let done = self.connections.timely(schema::look(&client, &self.name)).await;
            settle(client, done)
        });
        matches!(look.await, Ok(Look::Store { key_check, .. }) if key_check::opens(new, &key_check))
    }

    async fn import(&self, from: &Contents) -> Result<Imported, Trouble> {
        let mut client: Client = self.connections.client().await?;
        let tx = client.transaction().await?;
        self.each(schema::guard(&tx, &self.sealer, &self.name)).await?;
        let mut imported = Imported::default();
        for row in &from.records {
            let Some(id) = RecordId::parse(&row.clear.id) else { continue };
            if self.each(rows::state(&tx, &id)).await?.is_some() {
                imported.present.push(id);
                continue;
            }
            self.each(rows::insert(&tx, row)).await?;
            for entry in from.history.iter().filter(|entry| entry.record == row.clear.id) {
                self.each(history::copy(&tx, entry)).await?;
            }
            let event = Event::of_record(&row.clear.id, What::Imported, None, Some(&row.clear.state));
            self.each(history::add(&tx, &event, self.actor.as_str())).await?;
            for token in from.tokens.iter().filter(|token| token.record == row.clear.id) {
                self.each(tokens::put(&tx, token)).await?;
                imported.tokens += 1;
            }
            imported.added.push(id);
        }
        self.each(async { Ok(tx.commit().await?) }).await?;
        Ok(imported)
    }

    /// One step of many; a database that falls silent in between is away.
    async fn each<T>(&self, step: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
        self.connections.timely(step).await.unwrap_or(Err(Trouble::Late))
    }
}

async fn contents(tx: &Transaction<'_>) -> Result<Contents, Trouble> {
    let leases = tx.query("SELECT record, slot FROM safire.lease ORDER BY record, slot", &[]).await?;
    let leases = leases.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
    Ok(Contents {
        records: rows::select(tx, &Query::All).await?,
        tokens: tokens::select_all(tx).await?,
        leases: leases.collect::<Result<_, Trouble>>()?,
        history: history::select_all(tx).await?,
    })
}
