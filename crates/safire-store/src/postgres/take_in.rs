//! Taking in what an earlier command on this machine, or this process, left in its rescue room.

use std::fs::File;
use std::io;
use std::sync::atomic::Ordering;
use std::time::Duration;

use safire::store::Query;
use safire::store::Record;
use safire::store::RecordId;
use safire::store::State;
use safire::store::StoreError;

use crate::clear::SealedRecord;
use crate::clear::awaits_answer;
use crate::history::Event;
use crate::history::What;
use crate::postgres::connections::settle;
use crate::postgres::history;
use crate::postgres::rows;
use crate::postgres::schema;
use crate::postgres::store::Inner;
use crate::postgres::trouble::Trouble;
use crate::rescue::Entry;
use crate::rescue::RescueFolder;
use crate::rescued;

/// How often, and after which pause, another process that takes in is waited for.
const TURNS: u32 = 100;
const PAUSE: Duration = Duration::from_millis(50);

impl Inner {
    /// Commits what lies in the rescue rooms and removes those that belong to nobody. What cannot be taken in stays where
    /// it is and is told in the log; the store works all the same.
    pub(crate) async fn take_in(&self) {
        if let Err(error) = self.try_take_in().await {
            tracing::warn!(%error, "the rescue folder cannot be used");
        }
    }

    async fn try_take_in(&self) -> io::Result<()> {
        if self.on_disk(RescueFolder::entries).await?.is_empty() {
            return Ok(());
        }
        let Some(turn) = self.turn().await? else {
            self.waiting.store(true, Ordering::Relaxed);
            return Ok(());
        };
        // Nobody is between its room and its intent: a room without a row belongs to nobody.
        let alone = self.on_disk(RescueFolder::try_alone).await?;
        // Read again: another process may have taken them in meanwhile.
        for entry in self.on_disk(RescueFolder::entries).await? {
            match entry {
                Entry::Room(id) => self.look_into(id, alone.is_some()).await,
                Entry::Unfinished(path) if alone.is_some() => {
                    let _ = std::fs::remove_file(path);
                }
                Entry::Unfinished(_) => {}
            }
        }
        drop((alone, turn));
        Ok(())
    }

    async fn look_into(&self, id: RecordId, alone: bool) {
        let room = id.clone();
        let content = self.on_disk(move |rescue| rescue.content(&room)).await;
        let done = match content {
            Ok(Some(sealed)) => self.settle_filled(&id, &sealed).await.map(|taken| {
                if taken {
                    self.remember_taken_in(id.clone());
                }
                true
            }),
            Ok(None) if alone => self.state(&id).await.map(|state| state != Some(State::InDoubt)),
            Ok(None) => Ok(false),
            Err(error) => {
                tracing::warn!(%id, %error, "a rescue room cannot be read and stays");
                return;
            }
        };
        match done {
            Ok(true) => self.give_up(&id).await,
            Ok(false) => {}
            Err(trouble) => {
                if trouble.passes() {
                    self.waiting.store(true, Ordering::Relaxed);
                }
                tracing::warn!(%id, error = trouble.told(), "a rescue room was not taken in and stays");
            }
        }
    }

    /// Whether the room's record was committed now; `false` when the store had its answer already.
    pub(crate) async fn settle_filled(&self, id: &RecordId, sealed: &[u8]) -> Result<bool, Trouble> {
        let broken = || StoreError::Failed {
            store: self.name.clone(),
            doing: "taking in a rescued answer",
            detail: "its seal is broken, or it was sealed with another key".to_owned(),
        };
        let (clear, content) = rescued::unseal(&self.sealer, id, sealed).ok_or_else(broken)?;
        let row = SealedRecord::seal_parts(&self.sealer, clear, &content)?;
        let record = row.unseal(&self.sealer, &self.name)?;
        let mut client = self.connections.client().await?;
        let work = async {
            let tx = client.transaction().await?;
            schema::guard(&tx, &self.sealer, &self.name).await?;
            let was = rows::state(&tx, id).await?;
            let there = rows::select(&tx, &Query::Id(id.clone())).await?.into_iter().next();
            let there = there.map(|row| row.unseal(&self.sealer, &self.name)).transpose()?;
            let what = match there {
                Some(there) if rescued::is_withdrawn(&record) && awaits_answer(&there) => {
                    rows::remove(&tx, id).await?;
                    What::Removed
                }
                // A commit whose success got lost, or another one was quicker: what came after must not be undone.
                Some(there) if !awaits_answer(&there) && is_newer(&there, &record) => return Ok(false),
                Some(_) => {
                    rows::replace(&tx, &row).await?;
                    What::Replaced
                }
                None if rescued::is_withdrawn(&record) => return Ok(false),
                // A database restored from an older copy. Nothing that a server issued is thrown away.
                None => {
                    rows::insert(&tx, &row).await?;
                    What::Inserted
                }
            };
            let becomes = (what != What::Removed).then_some(row.clear.state.as_str());
            let event = Event::of_record(id.as_str(), what.clone(), was, becomes);
            history::add(&tx, &event, self.actor.as_str()).await?;
            tx.commit().await?;
            Ok(what != What::Removed)
        };
        let done = self.connections.timely(work).await;
        settle(client, done)
    }

    async fn state(&self, id: &RecordId) -> Result<Option<State>, Trouble> {
        let mut client = self.connections.client().await?;
        let work = async {
            let tx = client.transaction().await?;
            Ok(rows::state(&tx, id).await?.as_deref().and_then(State::parse))
        };
        let done = self.connections.timely(work).await;
        settle(client, done)
    }

    /// One process of this machine takes in at a time; `None` when it is still another one's turn.
    async fn turn(&self) -> io::Result<Option<File>> {
        for _ in 0..TURNS {
            if let Some(turn) = self.on_disk(RescueFolder::try_turn).await? {
                return Ok(Some(turn));
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(None)
    }

    /// Works with the rescue folder on a thread that may block.
    pub(crate) async fn on_disk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&RescueFolder) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let rescue = self.rescue.clone();
        tokio::task::spawn_blocking(move || work(&rescue)).await.map_err(io::Error::other)?
    }

    pub(crate) async fn give_up(&self, id: &RecordId) {
        let id = id.clone();
        let given = self
            .on_disk(move |rescue| {
                rescue.give_up(&id);
                Ok(())
            })
            .await;
        if let Err(error) = given {
            tracing::debug!(%error, "rescue room stays");
        }
    }

    pub(crate) fn failed_on_disk(&self, doing: &'static str, error: &io::Error) -> StoreError {
        StoreError::Failed { store: self.name.clone(), doing, detail: error.to_string() }
    }
}

/// Whether what is there has whatever was rescued, or more.
fn is_newer(there: &Record, rescued: &Record) -> bool {
    there.content.answer.is_some() || rescued.content.answer.is_none()
}
