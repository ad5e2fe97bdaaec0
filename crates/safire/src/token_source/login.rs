//! A login begins and ends.

use std::sync::Arc;

use safire_protocol::token::TokenResponse;
use safire_protocol::token_endpoints::HeldToken;

use super::keep::Unkept;
use super::lease::Ending;
use super::lease::Lease;
use super::source::Shared;
use super::source::TokenSource;
use crate::error::Error;

impl TokenSource {
    /// Takes the token of a finished login ([`crate::Client::request_access_token`]). It is stored before this returns,
    /// in the place of whatever was there; a renewal under way elsewhere is waited for.
    ///
    /// # Errors
    /// [`Error::Store`] when it was not stored. The source keeps it then, and the next [`TokenSource::token`] tries
    /// again.
    pub async fn logged_in(&self, token: TokenResponse) -> Result<(), Error> {
        let shared = Arc::clone(&self.shared);
        Shared::to_its_end(async move {
            let mut unkept = shared.unkept.lock().await;
            // From here on it is not lost, whatever the store says.
            *unkept = Some(Unkept::login(token));
            // Whoever was logged in before is so no more.
            shared.in_hand.put(None);
            let mut lease = shared.place.claim_at_last(shared.clock()).await?;
            let outcome = shared.begin(&mut lease, &mut unkept).await;
            shared.end(lease, unkept.as_ref()).await;
            outcome
        })
        .await
    }

    /// Forgets the token, here and in the store. At the server it stays valid: see [`TokenSource::logout`].
    ///
    /// Another process that has it in hand uses it to its end.
    ///
    /// # Errors
    /// [`Error::Store`] when it was not removed.
    pub async fn forget(&self) -> Result<(), Error> {
        let shared = Arc::clone(&self.shared);
        Shared::to_its_end(async move {
            let mut unkept = shared.unkept.lock().await;
            let mut lease = shared.place.claim_at_last(shared.clock()).await?;
            let outcome = lease.remove().await;
            lease.end().await;
            outcome?;
            *unkept = None;
            shared.in_hand.put(None);
            Ok(())
        })
        .await
    }

    /// Gives the token back at the server (RFC 7009), then forgets it. The refresh token where there is one: its access
    /// tokens go with it.
    ///
    /// # Errors
    /// Those of [`crate::Client::revoke`], and nothing is forgotten then: the server may have no revocation endpoint,
    /// and [`TokenSource::forget`] is what remains. [`Error::Store`] when it was not removed.
    pub async fn logout(&self) -> Result<(), Error> {
        let shared = Arc::clone(&self.shared);
        Shared::to_its_end(async move {
            let mut unkept = shared.unkept.lock().await;
            let mut lease = shared.place.claim_at_last(shared.clock()).await?;
            let work = async |lease: &mut Lease<'_>| {
                if let Some(row) = shared.place.row().await? {
                    shared.client.revoke(to_give_back(row.token)).await?;
                    lease.remove().await?;
                }
                Ok::<(), Error>(())
            };
            let outcome = Box::pin(lease.during(shared.clock(), work)).await;
            lease.end().await;
            outcome?;
            *unkept = None;
            shared.in_hand.put(None);
            Ok(())
        })
        .await
    }
}

impl Shared {
    async fn begin(&self, lease: &mut Lease<'_>, unkept: &mut Option<Unkept>) -> Result<(), Error> {
        let row = self.place.row().await?;
        if let Some(record) = self.keep_at_last(lease, row, Ending::Done, unkept).await? {
            self.hold(record);
        }
        Ok(())
    }
}

fn to_give_back(token: TokenResponse) -> HeldToken {
    match token.refresh_token {
        Some(token) => HeldToken::Refresh(token),
        None => HeldToken::Access(token.access_token),
    }
}
