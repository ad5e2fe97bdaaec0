//! One renewal: look what is there, claim, look again, ask, keep, hand out.

use std::sync::Arc;

use safire_protocol::fault::Diagnose;
use safire_protocol::time::UnixTime;
use safire_protocol::token::TokenResponse;

use super::early::pause_after_failure;
use super::held::Held;
use super::keep::Unkept;
use super::lease::Ending;
use super::lease::Lease;
use super::lease::Wait;
use super::need::Need;
use super::need::same;
use super::source::Shared;
use crate::error::Error;
use crate::error::LoginNeeded;
use crate::store::Standing;
use crate::store::TokenRecord;

/// How long a token is left alone that another process is renewing, in seconds.
const ANOTHERS_TURN: i64 = 1;

impl Shared {
    /// A token that will do. One at a time: `unkept` is also the turn.
    pub(super) async fn renew(&self, need: &Need) -> Result<Arc<TokenResponse>, Error> {
        let mut unkept = self.unkept.lock().await;
        match self.renewed(need, &mut unkept).await {
            Err(error) if error.is_retryable() => {
                let now = self.now();
                let Some(token) = self.in_hand.valid(need, now) else { return Err(error) };
                tracing::warn!(
                    code = error.code(),
                    "an early renewal failed; the token in hand is still good"
                );
                let left =
                    token.expires_at.map_or(0, |end| end.as_seconds().saturating_sub(now.as_seconds()));
                self.in_hand.postpone(now.plus_seconds(pause_after_failure(left)));
                Ok(token)
            }
            outcome => outcome,
        }
    }

    async fn renewed(&self, need: &Need, unkept: &mut Option<Unkept>) -> Result<Arc<TokenResponse>, Error> {
        let mut wait = Wait::default();
        loop {
            // Another process may have been here first.
            if unkept.is_none()
                && let Some(token) = self.take(self.place.row().await?.as_ref(), need)
            {
                return Ok(token);
            }
            if let Some(mut lease) = self.place.claim(self.clock()).await? {
                let work = async |lease: &mut Lease<'_>| self.renewed_by(lease, need, unkept).await;
                let outcome = lease.during(self.clock(), work).await;
                self.end(lease, unkept.as_ref()).await;
                return outcome;
            }
            let now = self.now();
            if let Some(token) = self.in_hand.valid(need, now) {
                self.in_hand.postpone(now.plus_seconds(ANOTHERS_TURN));
                return Ok(token);
            }
            wait.a_little().await;
        }
    }

    /// The renewal itself, which is ours alone now.
    async fn renewed_by(
        &self,
        lease: &mut Lease<'_>,
        need: &Need,
        unkept: &mut Option<Unkept>,
    ) -> Result<Arc<TokenResponse>, Error> {
        // Between the last look and the claim somebody may have renewed.
        let mut row = self.place.row().await?;
        row = self.keep_at_last(lease, row, Ending::Needed, unkept).await?;
        loop {
            if let Some(token) = self.take(row.as_ref(), need) {
                return Ok(token);
            }
            let error = match self.obtain(row.as_ref()).await {
                Ok(token) => return self.keep(lease, row, token, unkept).await,
                Err(error) => error,
            };
            let (Error::LoginNeeded(LoginNeeded::Refused(_)), Some(refused)) = (&error, row) else {
                return Err(error);
            };
            let there = self.place.row().await?;
            if there.as_ref().is_some_and(|there| is_same(there, &refused)) {
                self.mark_login_needed(lease, &refused).await;
                return Err(error);
            }
            // A login, or a process that overran its lease: the refresh token refused is not the last one.
            row = there;
        }
    }

    /// Takes the slot's token in hand, and returns it where it will do.
    fn take(&self, row: Option<&TokenRecord>, need: &Need) -> Option<Arc<TokenResponse>> {
        let held = row.filter(|row| row.standing == Standing::Good).map(|row| {
            let token = Arc::new(row.token.clone());
            let due_at = self.due_at(&token, row.updated_at);
            Held { token, due_at }
        });
        self.in_hand.put(held);
        self.in_hand.fresh(need, self.now())
    }

    /// From when on a token is renewed. One that nothing comes after is used to its end.
    pub(super) fn due_at(&self, token: &TokenResponse, obtained: UnixTime) -> Option<UnixTime> {
        let end = token.expires_at?;
        Some(if self.is_renewable(token) { self.early.due_at(obtained, end) } else { end })
    }
}

/// Whether nobody has changed the slot in between. After a removal generations begin anew.
fn is_same(one: &TokenRecord, other: &TokenRecord) -> bool {
    one.generation == other.generation && same(&one.token.access_token, &other.token.access_token)
}
