//! Intents: what is about to be sent is committed first, with room on this machine for its answer.

use std::io;
use std::sync::atomic::Ordering;

use deadpool_postgres::Client;
use safire::store::Record;
use safire::store::Repeat;
use safire::store::StoreError;

use crate::clear::SealedRecord;
use crate::history::Event;
use crate::history::What;
use crate::postgres::connections::settle;
use crate::postgres::history;
use crate::postgres::rows;
use crate::postgres::schema;
use crate::postgres::store::Inner;
use crate::postgres::store::Try;
use crate::postgres::trouble::Trouble;
use crate::rescued;
use crate::settle::withdrawn;

impl Inner {
    pub(super) async fn insert(&self, record: &Record, repeat: Repeat) -> Result<(), StoreError> {
        let row = SealedRecord::seal(&self.sealer, record)?;
        let insert = |which| self.try_insert(&row, repeat, which);
        if !record.awaits_answer() {
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
        match self.fill(&withdrawn(record)).await {
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

    /// Something is about to be sent for a record that is there: room for its answer is reserved first.
    pub(super) async fn replace_by_intent(&self, record: &Record) -> Result<(), StoreError> {
        let row = SealedRecord::seal(&self.sealer, record)?;
        let id = record.id.clone();
        let reserved = self
            .on_disk(move |rescue| {
                // Until the intent is committed nobody clears rooms of records that await nothing.
                let held = rescue.hold()?;
                if rescue.content(&id)?.is_some() {
                    // What lies there is newer than the row, and so than this record.
                    return Err(io::Error::other(rescued::WAITS));
                }
                let had_room = rescue.has_room(&id);
                if !had_room {
                    rescue.claim(&id)?;
                }
                Ok((held, had_room))
            })
            .await;
        let (held, had_room) =
            reserved.map_err(|error| self.failed_on_disk("reserving room for the answer", &error))?;
        let replaced = self.persist("changing a registration", |_| self.try_replace(&row)).await;
        match &replaced {
            Ok(()) => {}
            // The intent may be there: whoever takes in looks whether the room belongs to it.
            Err(StoreError::Failed { .. }) => self.waiting.store(true, Ordering::Relaxed),
            Err(_) if had_room => {}
            Err(_) => self.give_up(&record.id).await,
        }
        drop(held);
        replaced
    }
}
