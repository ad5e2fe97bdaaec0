//! Nothing but a new login leads to a token.

use std::borrow::Cow;

use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::server_answer::ServerAnswer;
use safire_protocol::token::TokenError;
use thiserror::Error;

/// Why the user has to log in again.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum LoginNeeded {
    /// The server no longer takes the refresh token: it is spent, revoked or expired (RFC 6749 §5.2).
    #[error("the user has to log in again: the server no longer takes the refresh token")]
    Refused(#[source] Box<TokenError>),
    /// The server refused the refresh token before; it was not asked again.
    #[error("the user has to log in again: the server refused the refresh token before")]
    RefusedBefore,
    /// Nobody has logged in yet, or the login was forgotten.
    #[error("the user has to log in: there is no token")]
    NotLoggedIn,
    /// There is no refresh token, and the access token has ended.
    #[error("the user has to log in again: the access token has ended, and there is no refresh token")]
    NoRefreshToken,
}

impl Diagnose for LoginNeeded {
    fn code(&self) -> &'static str {
        match self {
            Self::Refused(_) | Self::RefusedBefore => "login-needed",
            Self::NotLoggedIn => "login-needed-first",
            Self::NoRefreshToken => "login-needed-no-refresh-token",
        }
    }

    fn fault(&self) -> Fault {
        Fault::Caller
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(match self {
            Self::Refused(_) | Self::RefusedBefore => {
                "start a new login; if it comes too early, look for a second process with the same refresh token: \
                 many servers revoke all tokens of a login when a spent one is used again"
            }
            Self::NotLoggedIn => "start a login",
            Self::NoRefreshToken => {
                "start a new login; `offline_access` or `online_access` in its scope asks for a refresh token"
            }
        }))
    }

    fn endpoint(&self) -> Option<&str> {
        match self {
            Self::Refused(error) => error.endpoint(),
            Self::RefusedBefore | Self::NotLoggedIn | Self::NoRefreshToken => None,
        }
    }

    fn server_answer(&self) -> Option<&ServerAnswer> {
        match self {
            Self::Refused(error) => error.server_answer(),
            Self::RefusedBefore | Self::NotLoggedIn | Self::NoRefreshToken => None,
        }
    }
}
