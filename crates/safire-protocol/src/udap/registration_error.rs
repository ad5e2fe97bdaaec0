//! Why a registration by software statement failed.

use std::borrow::Cow;

use thiserror::Error;

use crate::fault::Diagnose;
use crate::fault::Fault;
use crate::identifier::ClientId;
use crate::registration::RegistrationError;
use crate::server_answer::ServerAnswer;

/// Why a registration, a modification or a cancellation failed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum UdapRegistrationError {
    /// The server refused, redirected, or answered with something unusable.
    #[error(transparent)]
    Registration(RegistrationError),
    /// A success status that is neither 200 nor 201.
    #[error("registration at {endpoint} was answered with HTTP {}, expected 201 or 200", answer.status)]
    OtherStatus {
        /// The registration endpoint.
        endpoint: String,
        /// What the server said.
        answer: Box<ServerAnswer>,
    },
    /// The answer to a cancellation does not confirm it.
    #[error(
        "the cancellation at {endpoint} is not confirmed: `grant_types` is {seen}, expected an empty array"
    )]
    NotConfirmed {
        /// The registration endpoint.
        endpoint: String,
        /// What the server said.
        answer: Box<ServerAnswer>,
        /// What `grant_types` is.
        seen: &'static str,
    },
    /// The server cancelled another client than was meant.
    #[error("the server cancelled client `{found}` at {endpoint}, expected `{expected}`")]
    OtherClient {
        /// The registration endpoint.
        endpoint: String,
        /// The client that was meant.
        expected: ClientId,
        /// The client that the answer names.
        found: ClientId,
    },
}

impl UdapRegistrationError {
    /// Whether the server surely changed nothing.
    #[must_use]
    pub fn is_definite_refusal(&self) -> bool {
        match self {
            Self::Registration(error) => error.is_definite_refusal(),
            Self::OtherStatus { .. } | Self::NotConfirmed { .. } | Self::OtherClient { .. } => false,
        }
    }
}

impl Diagnose for UdapRegistrationError {
    fn code(&self) -> &'static str {
        match self {
            Self::Registration(error) => error.code(),
            Self::OtherStatus { .. } => "udap-registration-status",
            Self::NotConfirmed { .. } => "udap-cancellation-not-confirmed",
            Self::OtherClient { .. } => "udap-cancelled-another-client",
        }
    }

    fn fault(&self) -> Fault {
        match self {
            Self::Registration(error) => error.fault(),
            Self::OtherStatus { .. } | Self::NotConfirmed { .. } | Self::OtherClient { .. } => Fault::Server,
        }
    }

    fn is_retryable(&self) -> bool {
        matches!(self, Self::Registration(error) if error.is_retryable())
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Registration(error) => of_refusal(error),
            Self::OtherStatus { .. } => Some(Cow::Borrowed(
                "the server may have registered the client all the same: ask its operator",
            )),
            Self::NotConfirmed { .. } => {
                Some(Cow::Borrowed("the registration may still stand: ask the server's operator"))
            }
            Self::OtherClient { .. } => Some(Cow::Borrowed(
                "the registration that was meant may still stand, and another may be gone: ask the server's operator",
            )),
        }
    }

    fn endpoint(&self) -> Option<&str> {
        match self {
            Self::Registration(error) => error.endpoint(),
            Self::OtherStatus { endpoint, .. }
            | Self::NotConfirmed { endpoint, .. }
            | Self::OtherClient { endpoint, .. } => Some(endpoint),
        }
    }

    fn server_answer(&self) -> Option<&ServerAnswer> {
        match self {
            Self::Registration(error) => error.server_answer(),
            Self::OtherStatus { answer, .. } | Self::NotConfirmed { answer, .. } => Some(answer),
            Self::OtherClient { .. } => None,
        }
    }
}

/// What servers mean by refusing a statement: here a certificate speaks, not a token.
fn of_refusal(error: &RegistrationError) -> Option<Cow<'_, str>> {
    let answer = error.server_answer();
    let code = answer.and_then(|answer| answer.error.as_deref()).unwrap_or_default();
    let status = answer.map_or(0, |answer| answer.status);
    Some(Cow::Borrowed(match (code, status) {
        ("invalid_software_statement", _) => {
            "the server does not trust the client's certificate, finds it revoked, or compares another URI name, audience or time: check the community, the intermediates in the chain, and the clock"
        }
        ("unapproved_software_statement", _) => {
            "the client's certificate is trusted, and the client is not approved at this server: ask its operator"
        }
        ("invalid_client_metadata", _) => {
            "the server does not accept a member: compare scopes and grants with its UDAP metadata"
        }
        (_, 401 | 403) => {
            "the server's gateway wants something before it lets a registration through: ask its operator"
        }
        _ => return error.hint(),
    }))
}
