//! A store that lives as long as the process.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use safire_protocol::time::UnixTime;

use super::Store;
use super::change::Change;
use super::change::Query;
use super::change::Repeat;
use super::change::TokenQuery;
use super::error::StoreError;
use super::lease::Claim;
use super::lease::Claimed;
use super::lease::LeaseOwner;
use super::record::Record;
use super::token::TokenKey;
use super::token::TokenRecord;
use crate::future::BoxFuture;

/// A store in memory, for tests and for applications that keep records elsewhere. Nothing survives the process.
#[derive(Debug, Default)]
pub struct MemoryStore {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    records: Vec<Record>,
    tokens: BTreeMap<TokenKey, TokenRecord>,
    leases: BTreeMap<TokenKey, (LeaseOwner, UnixTime)>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A store with one record.
    pub(crate) fn with_record(record: Record) -> Self {
        let kept = Kept { records: vec![record], ..Kept::default() };
        Self { kept: Mutex::new(kept) }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // A panic elsewhere leaves whole values behind: each change is one assignment.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn change(&mut self, change: Change) -> Result<(), StoreError> {
        match change {
            Change::Insert { record, repeat } => self.insert(record, repeat),
            Change::Replace(record) => match self.records.iter_mut().find(|r| r.id == record.id) {
                Some(slot) => {
                    *slot = *record;
                    Ok(())
                }
                None => Err(StoreError::Unknown { id: record.id }),
            },
            Change::Remove(id) => {
                let before = self.records.len();
                self.records.retain(|r| r.id != id);
                self.tokens.retain(|key, _| key.record != id);
                self.leases.retain(|key, _| key.record != id);
                if self.records.len() == before { Err(StoreError::Unknown { id }) } else { Ok(()) }
            }
            Change::PutToken { token, release } => {
                if !self.records.iter().any(|r| r.id == token.key.record) {
                    return Err(StoreError::Unknown { id: token.key.record.clone() });
                }
                if let Some(owner) = release {
                    self.release(&token.key, &owner);
                }
                self.tokens.insert(token.key.clone(), *token);
                Ok(())
            }
            Change::RemoveToken(key) => {
                self.tokens.remove(&key);
                Ok(())
            }
            Change::Release { key, owner } => {
                self.release(&key, &owner);
                Ok(())
            }
        }
    }

    fn insert(&mut self, record: Box<Record>, repeat: Repeat) -> Result<(), StoreError> {
        let found = self
            .records
            .iter()
            .find(|r| r.fingerprint.is_some() && r.fingerprint == record.fingerprint && r.state.is_live());
        match found {
            Some(found) if repeat == Repeat::Find => Err(StoreError::Exists { id: found.id.clone() }),
            _ => {
                self.records.push(*record);
                Ok(())
            }
        }
    }

    fn release(&mut self, key: &TokenKey, owner: &LeaseOwner) {
        if self.leases.get(key).is_some_and(|(holder, _)| holder == owner) {
            self.leases.remove(key);
        }
    }

    fn claim(&mut self, claim: Claim) -> Claimed {
        if let Some((holder, until)) = self.leases.get(&claim.key)
            && *holder != claim.owner
            && *until > claim.now
        {
            return Claimed::Theirs { until: *until };
        }
        let term = i64::try_from(claim.term.as_secs()).unwrap_or(i64::MAX);
        self.leases.insert(claim.key, (claim.owner, claim.now.plus_seconds(term)));
        Claimed::Ours
    }
}

impl Store for MemoryStore {
    fn commit(&self, change: Change) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(std::future::ready(self.kept().change(change)))
    }

    fn load(&self, query: Query) -> BoxFuture<'_, Result<Vec<Record>, StoreError>> {
        let matching = self
            .kept()
            .records
            .iter()
            .filter(|record| match &query {
                Query::All => true,
                Query::Id(id) => record.id == *id,
                Query::BaseKey(key) => record.base_key == *key,
                Query::Fingerprint(print) => record.fingerprint.as_ref() == Some(print),
            })
            .cloned()
            .collect();
        Box::pin(std::future::ready(Ok(matching)))
    }

    fn load_tokens(&self, query: TokenQuery) -> BoxFuture<'_, Result<Vec<TokenRecord>, StoreError>> {
        let matching = self
            .kept()
            .tokens
            .values()
            .filter(|token| match &query {
                TokenQuery::Of(id) => token.key.record == *id,
                TokenQuery::At(key) => token.key == *key,
            })
            .cloned()
            .collect();
        Box::pin(std::future::ready(Ok(matching)))
    }

    fn claim(&self, claim: Claim) -> BoxFuture<'_, Result<Claimed, StoreError>> {
        Box::pin(std::future::ready(Ok(self.kept().claim(claim))))
    }
}
