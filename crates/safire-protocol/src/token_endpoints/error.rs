//! Why a token was not introspected or revoked.

use std::borrow::Cow;

use safire_jose::SignError;
use thiserror::Error;

use crate::credentials::CredentialsError;
use crate::discovery::EndpointKind;
use crate::fault::Diagnose;
use crate::fault::Fault;
use crate::json::JsonError;
use crate::server_answer::ServerAnswer;
use crate::url::UrlError;

/// Why a token was not introspected or revoked.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum TokenEndpointError {
    /// The endpoint may not be used; nothing was sent.
    #[error("the endpoint may not be used, so nothing was sent: {0}")]
    Endpoint(UrlError),
    /// There is no token; nothing was sent.
    #[error("the `{kind}` is blank, so nothing was sent")]
    TokenBlank {
        /// Which token: its `token_type_hint`.
        kind: &'static str,
    },
    /// The credentials cannot be written; nothing was sent.
    #[error(transparent)]
    Credentials(CredentialsError),
    /// The assertion cannot be written; nothing was sent.
    #[error("the client assertion could not be written, so nothing was sent: {0}")]
    Assertion(SignError),
    /// The credentials need an assertion and none came.
    #[error("`private_key_jwt` needs a signed assertion, and none was given; nothing was sent")]
    AssertionMissing,
    /// An assertion came that the proof does not use.
    #[error("an assertion was given to a proof that does not use one; nothing was sent")]
    AssertionUnexpected,
    /// The access token that is the proof cannot stand in a header.
    #[error("the access token that is the proof has characters that no header can carry; nothing was sent")]
    BearerUnusable,
    /// The endpoint redirects. Neither a token nor a proof follows.
    #[error("the {} at {endpoint} redirects, which is not followed: {answer}", .kind.member())]
    Redirected {
        /// Which endpoint.
        kind: EndpointKind,
        /// Its URL.
        endpoint: String,
        /// The answer.
        answer: Box<ServerAnswer>,
    },
    /// The server refuses.
    #[error("the {} at {endpoint} refused: {answer}", .kind.member())]
    Refused {
        /// Which endpoint.
        kind: EndpointKind,
        /// Its URL.
        endpoint: String,
        /// The answer.
        answer: Box<ServerAnswer>,
    },
    /// A success that says nothing usable.
    #[error("the {} at {endpoint} answered {}, but {reason}", .kind.member(), .answer.status)]
    Unusable {
        /// Which endpoint.
        kind: EndpointKind,
        /// Its URL.
        endpoint: String,
        /// The answer.
        answer: Box<ServerAnswer>,
        /// Why it is not usable.
        reason: UnusableAnswer,
    },
}

/// Why a success says nothing usable.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum UnusableAnswer {
    /// The body is not a JSON object.
    #[error("{0}")]
    Json(JsonError),
    /// There is no `active`.
    #[error("it has no `active`")]
    NoActive,
    /// `active` is of another kind.
    #[error("its `active` is {0}, not a boolean")]
    ActiveNotBoolean(&'static str),
}

impl Diagnose for TokenEndpointError {
    fn code(&self) -> &'static str {
        match self {
            Self::Endpoint(_) => "endpoint-refused",
            Self::TokenBlank { .. } => "token-blank",
            Self::Credentials(error) => error.code(),
            Self::Assertion(_) => "assertion-not-written",
            Self::AssertionMissing => "assertion-missing",
            Self::AssertionUnexpected => "assertion-unexpected",
            Self::BearerUnusable => "bearer-unusable",
            Self::Redirected { kind: EndpointKind::Revocation, .. } => "revocation-redirected",
            Self::Refused { kind: EndpointKind::Revocation, .. } => "revocation-refused",
            Self::Unusable { kind: EndpointKind::Revocation, .. } => "revocation-unusable",
            Self::Redirected { .. } => "introspection-redirected",
            Self::Refused { .. } => "introspection-refused",
            Self::Unusable { .. } => "introspection-unusable",
        }
    }

    fn fault(&self) -> Fault {
        match self {
            Self::Credentials(error) => error.fault(),
            Self::TokenBlank { .. }
            | Self::AssertionMissing
            | Self::AssertionUnexpected
            | Self::BearerUnusable => Fault::Caller,
            Self::Assertion(_) => Fault::Bug,
            Self::Endpoint(_) | Self::Redirected { .. } | Self::Refused { .. } | Self::Unusable { .. } => {
                Fault::Server
            }
        }
    }

    fn is_retryable(&self) -> bool {
        // RFC 7009 §2.2.1: after a 503 the token still counts as valid, so the call has to come again.
        self.answer().is_some_and(|answer| {
            matches!(self, Self::Refused { .. })
                && matches!(answer.status, 408 | 425 | 429 | 500 | 502 | 503 | 504)
        })
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Credentials(error) => error.hint(),
            Self::Refused { kind, answer, .. } => Some(refusal_hint(*kind, answer)),
            Self::Endpoint(_) => Some(Cow::Borrowed("the endpoint is https: compare `safire discover`")),
            Self::TokenBlank { .. } => {
                Some(Cow::Borrowed("there is no such token to speak of: get one first"))
            }
            Self::AssertionMissing | Self::AssertionUnexpected => {
                Some(Cow::Borrowed("sign what the step's `assertion` returns, and only that"))
            }
            Self::BearerUnusable => Some(Cow::Borrowed("get a new access token")),
            Self::Redirected { .. } => Some(Cow::Borrowed(
                "tokens are never sent along a redirect; if the new place is right, name it",
            )),
            Self::Unusable { .. } => Some(Cow::Borrowed(
                "the endpoint may be another one: compare it with the server's discovery document",
            )),
            Self::Assertion(_) => None,
        }
    }

    fn endpoint(&self) -> Option<&str> {
        match self {
            Self::Redirected { endpoint, .. }
            | Self::Refused { endpoint, .. }
            | Self::Unusable { endpoint, .. } => Some(endpoint),
            Self::Endpoint(_)
            | Self::TokenBlank { .. }
            | Self::Credentials(_)
            | Self::Assertion(_)
            | Self::AssertionMissing
            | Self::AssertionUnexpected
            | Self::BearerUnusable => None,
        }
    }

    fn server_answer(&self) -> Option<&ServerAnswer> {
        self.answer()
    }
}

impl TokenEndpointError {
    fn answer(&self) -> Option<&ServerAnswer> {
        match self {
            Self::Redirected { answer, .. }
            | Self::Refused { answer, .. }
            | Self::Unusable { answer, .. } => Some(answer),
            Self::Endpoint(_)
            | Self::TokenBlank { .. }
            | Self::Credentials(_)
            | Self::Assertion(_)
            | Self::AssertionMissing
            | Self::AssertionUnexpected
            | Self::BearerUnusable => None,
        }
    }
}

fn refusal_hint(kind: EndpointKind, answer: &ServerAnswer) -> Cow<'static, str> {
    let is_introspection = kind == EndpointKind::Introspection;
    Cow::Borrowed(match (answer.error.as_deref(), answer.status) {
        (_, 429 | 503) => match answer.retry_after {
            Some(seconds) => {
                return Cow::Owned(format!(
                    "the server asks to wait {seconds} seconds; until then nothing has changed"
                ));
            }
            None => "the server is busy: try again later; until then nothing has changed",
        },
        (Some("unsupported_token_type"), _) => {
            "the server does not revoke tokens of this kind: revoke the refresh token, its access tokens usually go with it"
        }
        (Some("invalid_client"), _) | (_, 401 | 403) if is_introspection => {
            "some servers let only chosen clients introspect, and some want an access token as the proof in place of the client's own: that is a choice per server"
        }
        (Some("invalid_client"), _) | (_, 401 | 403) => {
            "the client's proof was refused: it is the same as at the token endpoint; a token can be revoked only by its own client"
        }
        (_, 404 | 405) => "this may not be the right endpoint: compare `safire discover`",
        (_, 500..) => "the server failed: try again later, or ask its operator",
        _ => "`--explain` shows what was sent and what came back",
    })
}
