//! Why there is no token.

use std::borrow::Cow;

use safire_jose::SignError;
use thiserror::Error;

use super::refusal_hint::Sent;
use super::refusal_hint::refusal_hint;
use super::sent_assertion::SentAssertion;
use crate::auth_method::AuthMethod;
use crate::credentials::CredentialsError;
use crate::fault::Diagnose;
use crate::fault::Fault;
use crate::json::JsonError;
use crate::server_answer::ServerAnswer;
use crate::url::UrlError;

/// Why there is no token.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The endpoint may not be used; nothing was sent.
    #[error("the token endpoint may not be used, so nothing was sent: {0}")]
    Endpoint(UrlError),
    /// The credentials cannot be written; nothing was sent.
    #[error(transparent)]
    Credentials(CredentialsError),
    /// The assertion cannot be written; nothing was sent.
    #[error("the client assertion could not be written, so nothing was sent: {0}")]
    Assertion(SignError),
    /// The credentials need an assertion and none came.
    #[error("`private_key_jwt` needs a signed assertion, and none was given; nothing was sent")]
    AssertionMissing,
    /// An assertion came that the credentials do not use.
    #[error("an assertion was given to credentials that do not use one; nothing was sent")]
    AssertionUnexpected,
    /// A member that the grant needs has nothing in it.
    #[error("the grant's `{member}` is blank, so nothing was sent")]
    GrantBlank {
        /// The member.
        member: &'static str,
    },
    /// The endpoint redirects. A token request never follows.
    #[error("{endpoint} redirects a token request, which is not followed: {answer}")]
    Redirected {
        /// The endpoint.
        endpoint: String,
        /// The answer.
        answer: Box<ServerAnswer>,
    },
    /// The server gave no token.
    #[error("{endpoint} gave no token: {answer}")]
    Refused {
        /// The endpoint.
        endpoint: String,
        /// The answer.
        answer: Box<ServerAnswer>,
        /// What the token was asked for with.
        grant_type: &'static str,
        /// How the client proved itself.
        method: AuthMethod,
        /// What its assertion said, where there was one.
        assertion: Option<Box<SentAssertion>>,
        /// How many seconds our clock is ahead of the server's, where its answer had a date.
        clock_offset: Option<i64>,
    },
    /// A success that holds no usable token.
    #[error("{endpoint} answered {}, but {reason}{}", .answer.status, fields(.answer))]
    Unusable {
        /// The endpoint.
        endpoint: String,
        /// The answer.
        answer: Box<ServerAnswer>,
        /// Why it is not usable.
        reason: UnusableToken,
    },
}

/// Why a success holds no usable token.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum UnusableToken {
    /// The body is not a JSON object.
    #[error("{0}")]
    Json(JsonError),
    /// There is no `access_token`, or nothing in it.
    #[error("it has no `access_token`")]
    NoAccessToken,
    /// `access_token` is of another kind.
    #[error("its `access_token` is {0}, not a text")]
    AccessTokenNotText(&'static str),
}

impl TokenError {
    /// Whether the user has to log in again: the refresh token is spent, revoked or expired (RFC 6749 §5.2).
    #[must_use]
    pub fn needs_login(&self) -> bool {
        match self {
            Self::Refused { answer, grant_type, .. } => {
                *grant_type == "refresh_token" && answer.error.as_deref() == Some("invalid_grant")
            }
            Self::Endpoint(_)
            | Self::Credentials(_)
            | Self::Assertion(_)
            | Self::AssertionMissing
            | Self::AssertionUnexpected
            | Self::GrantBlank { .. }
            | Self::Redirected { .. }
            | Self::Unusable { .. } => false,
        }
    }

    /// The names of the members that came in place of a token; never their values.
    #[must_use]
    pub fn received_fields(&self) -> &[String] {
        match self {
            Self::Unusable { answer, .. } | Self::Refused { answer, .. } => &answer.members,
            Self::Endpoint(_)
            | Self::Credentials(_)
            | Self::Assertion(_)
            | Self::AssertionMissing
            | Self::AssertionUnexpected
            | Self::GrantBlank { .. }
            | Self::Redirected { .. } => &[],
        }
    }
}

impl Diagnose for TokenError {
    fn code(&self) -> &'static str {
        match self {
            Self::Endpoint(_) => "token-endpoint-refused",
            Self::Credentials(error) => error.code(),
            Self::Assertion(_) => "assertion-not-written",
            Self::AssertionMissing => "assertion-missing",
            Self::AssertionUnexpected => "assertion-unexpected",
            Self::GrantBlank { .. } => "grant-blank",
            Self::Redirected { .. } => "token-redirected",
            Self::Refused { .. } => "token-refused",
            Self::Unusable { .. } => "token-unusable",
        }
    }

    fn fault(&self) -> Fault {
        match self {
            Self::Credentials(error) => error.fault(),
            Self::AssertionMissing | Self::AssertionUnexpected | Self::GrantBlank { .. } => Fault::Caller,
            Self::Assertion(_) => Fault::Bug,
            Self::Endpoint(_) | Self::Redirected { .. } | Self::Refused { .. } | Self::Unusable { .. } => {
                Fault::Server
            }
        }
    }

    fn is_retryable(&self) -> bool {
        match self {
            Self::Refused { answer, .. } => matches!(answer.status, 408 | 425 | 429 | 500 | 502 | 503 | 504),
            Self::Endpoint(_)
            | Self::Credentials(_)
            | Self::Assertion(_)
            | Self::AssertionMissing
            | Self::AssertionUnexpected
            | Self::GrantBlank { .. }
            | Self::Redirected { .. }
            | Self::Unusable { .. } => false,
        }
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Endpoint(_) => Some(Cow::Borrowed(
                "a token endpoint is https; name the right one with `--token-endpoint`, and tell the server's operator",
            )),
            Self::Credentials(error) => error.hint(),
            Self::Assertion(_) => None,
            Self::AssertionMissing | Self::AssertionUnexpected => {
                Some(Cow::Borrowed("sign what `TokenRequest::assertion` returns, and only that"))
            }
            Self::GrantBlank { .. } => {
                Some(Cow::Borrowed("the callback or the store gave nothing: start the login again"))
            }
            Self::Redirected { .. } => Some(Cow::Borrowed(
                "credentials are never sent along a redirect; if the new place is right, name it with `--token-endpoint`",
            )),
            Self::Refused { answer, grant_type, method, assertion, clock_offset, .. } => {
                let (assertion, clock_offset) = (assertion.as_deref(), *clock_offset);
                Some(refusal_hint(answer, Sent { grant_type, method, assertion, clock_offset }))
            }
            Self::Unusable { .. } => Some(Cow::Borrowed(
                "the endpoint may not be a token endpoint: compare it with the server's discovery document; `--explain` shows the exchange",
            )),
        }
    }

    fn endpoint(&self) -> Option<&str> {
        match self {
            Self::Redirected { endpoint, .. }
            | Self::Refused { endpoint, .. }
            | Self::Unusable { endpoint, .. } => Some(endpoint),
            Self::Endpoint(_)
            | Self::Credentials(_)
            | Self::Assertion(_)
            | Self::AssertionMissing
            | Self::AssertionUnexpected
            | Self::GrantBlank { .. } => None,
        }
    }

    fn server_answer(&self) -> Option<&ServerAnswer> {
        match self {
            Self::Redirected { answer, .. }
            | Self::Refused { answer, .. }
            | Self::Unusable { answer, .. } => Some(answer),
            Self::Endpoint(_)
            | Self::Credentials(_)
            | Self::Assertion(_)
            | Self::AssertionMissing
            | Self::AssertionUnexpected
            | Self::GrantBlank { .. } => None,
        }
    }
}

fn fields(answer: &ServerAnswer) -> String {
    if answer.members.is_empty() { String::new() } else { format!(" (it has {})", answer.members.join(", ")) }
}
