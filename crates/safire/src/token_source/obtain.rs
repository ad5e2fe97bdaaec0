//! How the next token is had.

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
    /// By a new assertion for each, in the name of the user who registered this client: the dynamic clients of Epic
    /// ([`crate::Client::request_jwt_bearer_token`]).
    JwtBearer,
}

impl Shared {
    /// Asks the server; `row` is the last token of the slot.
    pub(super) async fn obtain(&self, row: Option<&TokenRecord>) -> Result<TokenResponse, Error> {
        match &self.obtain {
            Obtain::Backend { scope } => self.client.request_backend_token(scope.as_deref()).await,
            Obtain::JwtBearer => self.client.request_jwt_bearer_token().await,
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
            Obtain::Backend { .. } | Obtain::JwtBearer => true,
        }
    }
}
