//! Nobody sees a token before it is kept.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use safire_protocol::fault::Diagnose;
use safire_protocol::token::TokenResponse;

use super::held::Held;
use super::lease::Ending;
use super::lease::Lease;
use super::source::Shared;
use crate::error::Error;
use crate::store::Standing;
use crate::store::TokenRecord;

/// A token that the store did not take: it is here and nowhere else.
#[derive(Debug)]
pub(super) struct Unkept {
    token: TokenResponse,
    comes_after: After,
}

impl Unkept {
    /// The token of a login, before anything was tried.
    pub(super) const fn login(token: TokenResponse) -> Self {
        Self { token, comes_after: After::Anything }
    }
}

/// Which row a token takes the place of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    /// The one of this generation, or none at all: it was obtained with what that one holds.
    Generation(Option<u64>),
    /// Whatever is there: a login.
    Anything,
}

impl After {
    fn of(row: Option<&TokenRecord>) -> Self {
        Self::Generation(row.map(|row| row.generation))
    }

    /// Whether such a token still belongs in the place of `row`.
    fn fits(self, row: Option<&TokenRecord>) -> bool {
        // The next generation may only say that the refresh token was refused: the one that this token has replaced.
        let only_refused = row.is_some_and(|row| {
            row.standing == Standing::LoginNeeded
                && self == Self::Generation(Some(row.generation.saturating_sub(1)))
        });
        self == Self::Anything || self == Self::of(row) || only_refused
    }
}

impl Shared {
    /// Keeps what was obtained with `row`, ends the lease by it, and takes it in hand.
    pub(super) async fn keep(
        &self,
        lease: &mut Lease<'_>,
        row: Option<TokenRecord>,
        token: TokenResponse,
        unkept: &mut Option<Unkept>,
    ) -> Result<Arc<TokenResponse>, Error> {
        let after = After::of(row.as_ref());
        let record = self.put(lease, row, token, after, Ending::Done, unkept).await?;
        let token = self.hold(record);
        Box::pin(self.note_that_it_works()).await;
        Ok(token)
    }

    /// Writes down, once, that the client's credentials were taken: a secret that they replaced is needed no longer.
    async fn note_that_it_works(&self) {
        if self.is_noted.swap(true, Ordering::Relaxed) {
            return;
        }
        let managed = self.client.server().manage(&*self.place.store, &self.place.key.record);
        if let Err(error) = managed.seen_to_work_with(&self.client.credentials().proof).await {
            // It will be seen again: by the next source, or when the registration is next managed.
            tracing::debug!(code = error.code(), "that the credentials work was not written down");
        }
    }

    /// Keeps what is not kept yet, unless the slot has gone on without it.
    pub(super) async fn keep_at_last(
        &self,
        lease: &mut Lease<'_>,
        row: Option<TokenRecord>,
        ending: Ending,
        unkept: &mut Option<Unkept>,
    ) -> Result<Option<TokenRecord>, Error> {
        let Some(left) = unkept.take() else { return Ok(row) };
        if !left.comes_after.fits(row.as_ref()) {
            tracing::warn!("a token that could not be stored was replaced by another process");
            return Ok(row);
        }
        let record = self.put(lease, row, left.token, left.comes_after, ending, unkept).await?;
        Ok(Some(record))
    }

    async fn put(
        &self,
        lease: &mut Lease<'_>,
        row: Option<TokenRecord>,
        token: TokenResponse,
        comes_after: After,
        ending: Ending,
        unkept: &mut Option<Unkept>,
    ) -> Result<TokenRecord, Error> {
        let now = self.now();
        let record = match row {
            Some(row) => row.next(token, now),
            None => TokenRecord::new(self.place.key.clone(), token, now),
        };
        // Until the store has it: if this task is dropped at the commit, the token stays here.
        *unkept = Some(Unkept { token: record.token.clone(), comes_after });
        lease.put(record.clone(), ending).await?;
        *unkept = None;
        Ok(record)
    }

    /// Ends the lease, unless a token waits to be kept: what is stored is spent then, and nobody else should send it.
    pub(super) async fn end(&self, lease: Lease<'_>, unkept: Option<&Unkept>) {
        if unkept.is_none() {
            lease.end().await;
        }
    }

    pub(super) fn hold(&self, record: TokenRecord) -> Arc<TokenResponse> {
        let due_at = self.due_at(&record.token, record.updated_at);
        let token = Arc::new(record.token);
        self.in_hand.put(Some(Held { token: Arc::clone(&token), due_at }));
        token
    }

    /// Lets nobody ask again with a refresh token that the server refused.
    pub(super) async fn mark_login_needed(&self, lease: &mut Lease<'_>, refused: &TokenRecord) {
        self.in_hand.put(None);
        let mut record = refused.next(refused.token.clone(), self.now());
        record.standing = Standing::LoginNeeded;
        if let Err(error) = lease.put(record, Ending::Done).await {
            tracing::warn!(
                code = error.code(),
                "that a login is needed was not stored; the next call asks again"
            );
        }
    }
}
