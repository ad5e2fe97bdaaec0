//! How the next token is had.

use safire_protocol::fault::Diagnose;
use safire_protocol::token::TokenResponse;

use super::source::Shared;
use crate::error::Error;
use crate::error::LoginNeeded;
use crate::store::Standing;
use crate::store::TokenRecord;

/// How the next token is had.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Obtain {
    /// With the refresh token of a login ([`super::TokenSource::logged_in`]).
    Login,
    /// By the client for itself, as [`crate::Client::request_backend_token`] does.
    Backend {
        /// The scope to ask for; without it the one of the credentials.
        scope: Option<String>,
    },
}

/// What `invalid_grant` means when a token is renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_enums, reason = "believed or asked once more")]
pub enum InvalidGrant {
    /// What it says (RFC 6749 §5.2).
    #[default]
    Final,
    /// Perhaps nothing: some servers say it now and then of grants that they take a moment later. A renewal is asked
    /// for once more, with a new assertion; a first token never is.
    OnceMore,
}

impl Shared {
    /// Asks the server; `row` is the last token of the slot.
    pub(super) async fn obtain(&self, row: Option<&TokenRecord>) -> Result<TokenResponse, Error> {
        let asked = self.ask(row).await;
        match (&asked, self.invalid_grant) {
            (Err(error), InvalidGrant::OnceMore) if row.is_some() && is_invalid_grant(error) => {
                tracing::warn!(code = error.code(), "a renewal was refused and is asked for once more");
                self.ask(row).await
            }
            (_, InvalidGrant::OnceMore | InvalidGrant::Final) => asked,
        }
    }

    async fn ask(&self, row: Option<&TokenRecord>) -> Result<TokenResponse, Error> {
        match &self.obtain {
            Obtain::Backend { scope } => self.client.request_backend_token(scope.as_deref()).await,
            Obtain::Login => match row {
                None => Err(Error::LoginNeeded(LoginNeeded::NotLoggedIn)),
                Some(row) => match row.standing {
                    Standing::LoginNeeded => Err(Error::LoginNeeded(LoginNeeded::RefusedBefore)),
                    Standing::Good => self.client.refresh_token(&row.token, None).await,
                },
            },
        }
    }

    /// Whether there is a way to the token after this one.
    pub(super) fn is_renewable(&self, token: &TokenResponse) -> bool {
        match &self.obtain {
            Obtain::Login => token.refresh_token.is_some(),
            Obtain::Backend { .. } => true,
        }
    }
}

fn is_invalid_grant(error: &Error) -> bool {
    // The client has said already that a sticky refusal needs no request: that one has no answer.
    error.server_answer().is_some_and(|answer| answer.error.as_deref() == Some("invalid_grant"))
}
