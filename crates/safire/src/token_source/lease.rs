//! The right to renew: one of all processes that share the store has it.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use safire_protocol::fault::Diagnose;

use crate::clock::Clock;
use crate::random;
use crate::store::Change;
use crate::store::Claim;
use crate::store::Claimed;
use crate::store::LeaseOwner;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::TokenKey;
use crate::store::TokenQuery;
use crate::store::TokenRecord;

/// Where a slot is kept, and by what name this source claims it.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) store: Arc<dyn Store>,
    pub(super) key: TokenKey,
    pub(super) owner: LeaseOwner,
    pub(super) term: Duration,
}

impl Place {
    /// The slot's last token.
    pub(super) async fn row(&self) -> Result<Option<TokenRecord>, StoreError> {
        Ok(self.store.load_tokens(TokenQuery::At(self.key.clone())).await?.pop())
    }

    /// The lease, if nobody else has it.
    pub(super) async fn claim(&self, clock: &dyn Clock) -> Result<Option<Lease<'_>>, StoreError> {
        let (key, owner) = (self.key.clone(), self.owner.clone());
        let claim = Claim { key, owner, now: clock.now(), term: self.term };
        match self.store.claim(claim).await? {
            Claimed::Ours => Ok(Some(Lease { place: self, held: Ending::Needed })),
            Claimed::Theirs { .. } => Ok(None),
        }
    }

    /// The lease, once everybody else has ended theirs or has died.
    pub(super) async fn claim_at_last(&self, clock: &dyn Clock) -> Result<Lease<'_>, StoreError> {
        let mut wait = Wait::default();
        loop {
            if let Some(lease) = self.claim(clock).await? {
                return Ok(lease);
            }
            wait.a_little().await;
        }
    }
}

/// The right to renew, until it is ended.
#[derive(Debug)]
pub(super) struct Lease<'a> {
    place: &'a Place,
    held: Ending,
}

/// Whether the store still has to be told that a lease is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Needed,
    Done,
}

impl Lease<'_> {
    /// Keeps a token, and ends the lease with it or not.
    pub(super) async fn put(&mut self, token: TokenRecord, ending: Ending) -> Result<(), StoreError> {
        let release = (ending == Ending::Done).then(|| self.place.owner.clone());
        self.place.store.commit(Change::PutToken { token: Box::new(token), release }).await?;
        self.held = ending;
        Ok(())
    }

    /// Removes the token.
    pub(super) async fn remove(&mut self) -> Result<(), StoreError> {
        self.place.store.commit(Change::RemoveToken(self.place.key.clone())).await
    }

    /// Ends it, where that was not done with a token.
    pub(super) async fn end(self) {
        if self.held == Ending::Done {
            return;
        }
        let release = Change::Release { key: self.place.key.clone(), owner: self.place.owner.clone() };
        if let Err(error) = self.place.store.commit(release).await {
            tracing::warn!(code = error.code(), "a lease was not ended; others wait until its deadline");
        }
    }

    /// Does `work` and asks for more time as long as it lasts, so that only a dead owner's lease runs out.
    pub(super) async fn during<T>(&mut self, clock: &dyn Clock, work: impl AsyncFnOnce(&mut Self) -> T) -> T {
        let place = self.place;
        let mut extended = Ending::Done;
        let outcome = {
            let mut work = pin!(work(self));
            loop {
                match tokio::time::timeout(place.term / 3, work.as_mut()).await {
                    Ok(outcome) => break outcome,
                    Err(_) => match place.claim(clock).await {
                        Ok(Some(_)) => extended = Ending::Needed,
                        Ok(None) => {
                            tracing::warn!("a renewal took so long that another process took it over")
                        }
                        Err(error) => tracing::warn!(code = error.code(), "a lease was not prolonged"),
                    },
                }
            }
        };
        // More time may have been granted just after a commit had ended the lease.
        if extended == Ending::Needed {
            self.held = Ending::Needed;
        }
        outcome
    }
}

/// Waits for another process, longer each time.
#[derive(Debug, Default)]
pub(super) struct Wait {
    times: u32,
}

impl Wait {
    pub(super) async fn a_little(&mut self) {
        let most = 20_u64.saturating_mul(1 << self.times.min(4));
        self.times = self.times.saturating_add(1);
        // Without random bytes they only come in step.
        let jitter = random::bytes::<1>().map_or(128, |[byte]| u64::from(byte));
        tokio::time::sleep(Duration::from_millis(most / 2 + most * jitter / 510)).await;
    }
}
