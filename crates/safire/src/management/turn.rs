//! One call at a time manages a registration, in all processes that share the store.

use std::time::Duration;

use safire_protocol::fault::Diagnose;

use super::error::Unmanaged;
use super::managed::ManagedRegistration;
use crate::error::Error;
use crate::random;
use crate::store::Change;
use crate::store::Claim;
use crate::store::Claimed;
use crate::store::LeaseOwner;
use crate::store::TokenKey;
use crate::store::TokenSlot;

/// Longer than two requests take, each within the limits of the transport, and the commits around them.
const TERM: Duration = Duration::from_secs(60);

impl ManagedRegistration<'_> {
    /// Does `work` while nobody else manages the registration. Where the process dies in it, the others wait until
    /// the term is over.
    pub(super) async fn in_turn<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let owner = LeaseOwner::from_random(random::bytes()?);
        let key = TokenKey { record: self.id.clone(), slot: TokenSlot::from_text("management") };
        let now = self.server.clock().now();
        let claim = Claim { key: key.clone(), owner: owner.clone(), now, term: TERM };
        if let Claimed::Theirs { until } = self.store.claim(claim).await? {
            return Err(self.error(Unmanaged::Busy { until }));
        }
        let outcome = work.await;
        if let Err(error) = self.store.commit(Change::Release { key, owner }).await {
            tracing::warn!(code = error.code(), "the turn was not ended; others wait until its term is over");
        }
        outcome
    }
}
