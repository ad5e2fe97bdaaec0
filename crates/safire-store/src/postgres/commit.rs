//! Changes of the database: each one transaction, tried again while the database is away, an answer never lost.

use std::path::PathBuf;
use std::sync::atomic::Ordering;

use deadpool_postgres::Client;
use safire::store::Change;
use safire::store::LeaseOwner;
use safire::store::Record;
use safire::store::RecordId;
use safire::store::Repeat;
use safire::store::StoreError;
use safire::store::TokenKey;
use safire::store::TokenRecord;
use tokio_postgres::error::SqlState;

use crate::clear::SealedRecord;
use crate::clear::awaits_answer;
use crate::history::Event;
use crate::history::What;
use crate::postgres::connections::settle;
use crate::postgres::history;
use crate::postgres::leases;
use crate::postgres::rows;
use crate::postgres::schema;
use crate::postgres::store::Inner;
use crate::postgres::store::Try;
use crate::postgres::tokens;
use crate::postgres::trouble::Trouble;
use crate::rescued;
use crate::sealed_token::SealedToken;

impl Inner {
    pub(crate) async fn commit(&self, change: Change) -> Result<(), StoreError> {
        match change {
            Change::Insert { record, repeat } => self.insert(&record, repeat).await,
            Change::Replace(record) => self.replace(&record).await,
            Change::Remove(id) => self.remove(&id).await,
            Change::PutToken { token, release } => self.put_token(&token, release.as_ref()).await,
            Change::RemoveToken(key) => {
                self.persist("removing a token", |_| self.try_remove_token(&key)).await
            }
            Change::Release { key, owner } => {
                self.persist("ending a lease", |_| self.try_release(&key, &owner)).await
            }
            _ => {
                let (store, doing) = (self.name.clone(), "changing it");
                let detail = "this version does not know the change".to_owned();
                Err(StoreError::Failed { store, doing, detail })
            }
        }
    }

    async fn insert(&self, record: &Record, repeat: Repeat) -> Result<(), StoreError> {
        let row = SealedRecord::seal(&self.sealer, record)?;
        let insert = |which| self.try_insert(&row, repeat, which);
        if !awaits_answer(record) {
            return self.persist("adding a registration", insert).await;
        }
        let id = record.id.clone();
        let held = self
            .on_disk(move |rescue| {
                // Until the intent is committed nobody clears rooms without a row.
                let held = rescue.hold()?;
                rescue.claim(&id)?;
                Ok(held)
            })
            .await
            .map_err(|error| self.failed_on_disk("reserving room for the answer", &error))?;
        let inserted = self.persist("adding a registration", insert).await;
        match &inserted {
            Ok(()) => {}
            Err(StoreError::Failed { .. }) => self.withdraw(record).await,
            Err(_) => self.give_up(&record.id).await,
        }
        drop(held);
        inserted
    }

    /// The database went away, perhaps with the intent: whoever takes in removes it, for nothing was sent.
    async fn withdraw(&self, record: &Record) {
        match self.fill(&rescued::withdrawn(record)).await {
            Ok(Some(room)) if room.path.is_ok() => self.waiting.store(true, Ordering::Relaxed),
            Ok(_) | Err(_) => self.give_up(&record.id).await,
        }
    }

    async fn try_insert(&self, row: &SealedRecord, repeat: Repeat, which: Try) -> Result<(), Trouble> {
        let mut client = self.connections.client().await?;
        let done = self.connections.timely(self.insert_with(&mut client, row, repeat, which)).await;
        settle(client, done)
    }

    async fn insert_with(
        &self,
        client: &mut Client,
        row: &SealedRecord,
        repeat: Repeat,
        which: Try,
    ) -> Result<(), Trouble> {
        let tx = client.transaction().await?;
        schema::guard(&tx, &self.sealer, &self.name).await?;
        if which == Try::Again && rows::hold(&tx, row).await?.is_some_and(|held| held.is_this) {
            return Ok(());
        }
        if let (Repeat::Find, Some(fingerprint)) = (repeat, row.clear.fingerprint.as_deref()) {
            rows::lock_fingerprint(&tx, fingerprint).await?;
            if let Some(id) = rows::live_twin(&tx, fingerprint).await? {
                return Err(StoreError::Exists { id }.into());
            }
        }
        rows::insert(&tx, row).await?;
        let event = Event::of_record(&row.clear.id, What::Inserted, None, Some(&row.clear.state));
        history::add(&tx, &event, self.actor.as_str()).await?;
        Ok(tx.commit().await?)
    }

    async fn replace(&self, record: &Record) -> Result<(), StoreError> {
        let row = SealedRecord::seal(&self.sealer, record)?;
        let trouble = match self.try_replace(&row).await {
            Ok(()) => return self.has_answer(record).await,
            // A key that was changed in the meantime is no answer: the room waits for whoever has both.
            Err(Trouble::Answer(error)) if !matches!(error, StoreError::WrongKey { .. }) => {
                return Err(error);
            }
            Err(trouble) => trouble,
        };
        // First the room, then patience: this process may be killed while it waits.
        match self.fill(record).await? {
            Some(room) => self.replace_from_room(record, room, trouble).await,
            None if trouble.passes() => {
                self.persist("changing a registration", |_| self.try_replace(&row)).await?;
                self.has_answer(record).await
            }
            None => Err(trouble.into_error(self, "changing a registration")),
        }
    }

    async fn replace_from_room(
        &self,
        record: &Record,
        room: Room,
        mut trouble: Trouble,
    ) -> Result<(), StoreError> {
        if trouble.passes() {
            // As whoever takes it in, who may be quicker: what came after that must not be undone.
            match self.insist(Try::Again, &|_| self.settle_filled(&record.id, &room.sealed)).await {
                Ok(_) => return self.has_answer(record).await,
                Err(last) => trouble = last,
            }
        }
        match room.path {
            Ok(path) => {
                self.waiting.store(true, Ordering::Relaxed);
                Err(StoreError::Rescued { id: record.id.clone(), path, detail: trouble.told() })
            }
            Err(unfilled) => {
                let detail = format!("{}; and the rescue file: {unfilled}", trouble.told());
                Err(StoreError::Failed { store: self.name.clone(), doing: "keeping an answer", detail })
            }
        }
    }

    /// The record is committed: its room is needed no longer, unless the doubt remains.
    async fn has_answer(&self, record: &Record) -> Result<(), StoreError> {
        if !awaits_answer(record) {
            self.give_up(&record.id).await;
        }
        Ok(())
    }

    async fn try_replace(&self, row: &SealedRecord) -> Result<(), Trouble> {
        let mut client = self.connections.client().await?;
        let done = self.connections.timely(self.replace_with(&mut client, row)).await;
        settle(client, done)
    }

    async fn replace_with(&self, client: &mut Client, row: &SealedRecord) -> Result<(), Trouble> {
        let tx = client.transaction().await?;
        schema::guard(&tx, &self.sealer, &self.name).await?;
        let Some(held) = rows::hold(&tx, row).await? else {
            return Err(unknown(&row.clear.id));
        };
        if held.is_this {
            // An earlier try was committed; its success got lost on the way.
            return Ok(());
        }
        rows::replace(&tx, row).await?;
        let event = Event::of_record(&row.clear.id, What::Replaced, Some(held.state), Some(&row.clear.state));
        history::add(&tx, &event, self.actor.as_str()).await?;
        Ok(tx.commit().await?)
    }

    /// Fills the record's room; `None` when it has none.
    async fn fill(&self, record: &Record) -> Result<Option<Room>, StoreError> {
        let (id, sealed) = (record.id.clone(), rescued::seal(&self.sealer, record)?);
        self.on_disk(move |rescue| {
            let filled = rescue.has_room(&id).then(|| rescue.fill(&id, &sealed));
            Ok(filled.map(|path| Room { path: path.map_err(|error| error.to_string()), sealed }))
        })
        .await
        .map_err(|error| self.failed_on_disk("keeping an answer", &error))
    }

    async fn remove(&self, id: &RecordId) -> Result<(), StoreError> {
        self.persist("removing a registration", |which| self.try_remove(id, which)).await?;
        self.give_up(id).await;
        Ok(())
    }

    async fn try_remove(&self, id: &RecordId, which: Try) -> Result<(), Trouble> {
        let mut client = self.connections.client().await?;
        let work = async {
            let tx = client.transaction().await?;
            schema::guard(&tx, &self.sealer, &self.name).await?;
            let Some(was) = rows::state(&tx, id).await? else {
                // From the second try on it may be our own doing.
                return if which == Try::Again { Ok(()) } else { Err(unknown(id.as_str())) };
            };
            rows::remove(&tx, id).await?;
            let event = Event::of_record(id.as_str(), What::Removed, Some(was), None);
            history::add(&tx, &event, self.actor.as_str()).await?;
            Ok(tx.commit().await?)
        };
        let done = self.connections.timely(work).await;
        settle(client, done)
    }

    async fn put_token(&self, token: &TokenRecord, release: Option<&LeaseOwner>) -> Result<(), StoreError> {
        let row = SealedToken::seal(&self.sealer, token)?;
        self.persist("keeping a token", |which| self.try_put_token(&row, &token.key, release, which)).await
    }

    async fn try_put_token(
        &self,
        row: &SealedToken,
        key: &TokenKey,
        release: Option<&LeaseOwner>,
        which: Try,
    ) -> Result<(), Trouble> {
        let mut client = self.connections.client().await?;
        let work = async {
            let tx = client.transaction().await?;
            schema::guard(&tx, &self.sealer, &self.name).await?;
            let released = match release {
                Some(owner) => leases::release(&tx, key, owner).await?,
                None => 0,
            };
            if which == Try::Again && released == 0 && tokens::is_done(&tx, row, release.is_some()).await? {
                return Ok(());
            }
            let put = match tokens::put(&tx, row).await {
                Err(trouble) if trouble.is_state(&SqlState::FOREIGN_KEY_VIOLATION) => 0,
                put => put?,
            };
            if put == 0 {
                return Err(unknown(&row.record));
            }
            let event = Event::of_token(&row.record, &row.slot, What::TokenPut);
            history::add(&tx, &event, self.actor.as_str()).await?;
            Ok(tx.commit().await?)
        };
        let done = self.connections.timely(work).await;
        settle(client, done)
    }

    async fn try_remove_token(&self, key: &TokenKey) -> Result<(), Trouble> {
        let mut client = self.connections.client().await?;
        let work = async {
            let tx = client.transaction().await?;
            if tokens::remove(&tx, key).await? != 0 {
                let event = Event::of_token(key.record.as_str(), key.slot.as_str(), What::TokenRemoved);
                history::add(&tx, &event, self.actor.as_str()).await?;
            }
            Ok(tx.commit().await?)
        };
        let done = self.connections.timely(work).await;
        settle(client, done)
    }

    async fn try_release(&self, key: &TokenKey, owner: &LeaseOwner) -> Result<(), Trouble> {
        let mut client = self.connections.client().await?;
        let work = async {
            let tx = client.transaction().await?;
            leases::release(&tx, key, owner).await?;
            Ok(tx.commit().await?)
        };
        let done = self.connections.timely(work).await;
        settle(client, done)
    }
}

/// A room that was filled, or why it could not be.
struct Room {
    path: Result<PathBuf, String>,
    sealed: Vec<u8>,
}

fn unknown(id: &str) -> Trouble {
    match RecordId::parse(id) {
        Some(id) => StoreError::Unknown { id }.into(),
        // invariant: every id here was a record's
        None => Trouble::Late,
    }
}
