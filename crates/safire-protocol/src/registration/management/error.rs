//! Why a registration was not read, updated or deleted.

use std::borrow::Cow;

use thiserror::Error;

use super::error_hint;
use super::operation::Operation;
use crate::fault::Diagnose;
use crate::fault::Fault;
use crate::identifier::ClientId;
use crate::server_answer::ServerAnswer;
use crate::url::UrlError;

/// Why a registration was not read, updated or deleted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ManagementError {
    /// The server did not say where or with what the registration is managed; nothing was sent.
    #[error("the registration cannot be managed: the server gave no `{missing}`")]
    NotOffered {
        /// The member that is missing.
        missing: &'static str,
    },
    /// The address may not be used; nothing was sent.
    #[error("the registration token is not sent there: {0}")]
    Address(UrlError),
    /// The token cannot stand in a header; nothing was sent.
    #[error("the registration access token for {endpoint} cannot be sent: a header cannot carry it")]
    TokenUnusable {
        /// Where it would have gone.
        endpoint: String,
    },
    /// The token is no longer taken: 401, 403 and 400 mean the same here.
    #[error("{endpoint} no longer takes the registration access token: {answer}")]
    TokenRefused {
        /// What was asked.
        operation: Operation,
        /// The management address.
        endpoint: String,
        /// What the server said.
        answer: Box<ServerAnswer>,
    },
    /// Nothing is at the address: 404 or 410.
    #[error("{}: {answer}", absent(endpoint, *seen, answer.status))]
    Absent {
        /// What was asked.
        operation: Operation,
        /// The management address.
        endpoint: String,
        /// What the server said.
        answer: Box<ServerAnswer>,
        /// Whether the registration was managed at this server before.
        seen: Seen,
    },
    /// The server does not do this with registrations: 405 or 501.
    #[error("this server does not let registrations be {}: {endpoint} answered {answer}", operation.done())]
    NotSupported {
        /// What was asked.
        operation: Operation,
        /// The management address.
        endpoint: String,
        /// What the server said.
        answer: Box<ServerAnswer>,
    },
    /// The server refused or failed.
    #[error("the registration at {endpoint} was not {}: {answer}", operation.done())]
    Refused {
        /// What was asked.
        operation: Operation,
        /// The management address.
        endpoint: String,
        /// What the server said.
        answer: Box<ServerAnswer>,
    },
    /// The server pointed elsewhere. The token never goes along a redirect.
    #[error("{endpoint} redirects, and the registration access token goes nowhere else: {answer}")]
    Redirected {
        /// What was asked.
        operation: Operation,
        /// The management address.
        endpoint: String,
        /// What the server said; its `location` has only scheme and host.
        answer: Box<ServerAnswer>,
    },
    /// A success status with an error in the body.
    #[error("the registration at {endpoint} was not {} in spite of a success status: {answer}", operation.done())]
    ErrorInSuccess {
        /// What was asked.
        operation: Operation,
        /// The management address.
        endpoint: String,
        /// What the server said.
        answer: Box<ServerAnswer>,
    },
    /// A success that does not show a registration.
    #[error("{endpoint} answered HTTP {}, which does not show the registration: {reason}", answer.status)]
    Unusable {
        /// What was asked.
        operation: Operation,
        /// The management address.
        endpoint: String,
        /// What the server said; `members` names what came.
        answer: Box<ServerAnswer>,
        /// What is wrong with it.
        reason: String,
    },
    /// A success that shows another client.
    #[error("{endpoint} shows client `{seen}`, expected `{asked}`")]
    OtherClient {
        /// What was asked.
        operation: Operation,
        /// The management address.
        endpoint: String,
        /// What the server said.
        answer: Box<ServerAnswer>,
        /// The client whose token was sent.
        asked: ClientId,
        /// The client shown.
        seen: ClientId,
    },
}

/// Whether a registration was managed at its server before, so that the server is known to manage registrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "it was or it was not")]
pub enum Seen {
    /// Not yet.
    Never,
    /// It was read or updated.
    Before,
}

impl ManagementError {
    /// What was asked of the server; `None` when nothing was sent.
    #[must_use]
    pub const fn operation(&self) -> Option<Operation> {
        match self {
            Self::NotOffered { .. } | Self::Address(_) | Self::TokenUnusable { .. } => None,
            Self::TokenRefused { operation, .. }
            | Self::Absent { operation, .. }
            | Self::NotSupported { operation, .. }
            | Self::Refused { operation, .. }
            | Self::Redirected { operation, .. }
            | Self::ErrorInSuccess { operation, .. }
            | Self::Unusable { operation, .. }
            | Self::OtherClient { operation, .. } => Some(*operation),
        }
    }

    /// Whether the server surely changed nothing.
    ///
    /// False where it may have done what was asked all the same: a 5xx, a success that cannot be read.
    #[must_use]
    pub fn is_definite_refusal(&self) -> bool {
        match self {
            Self::NotOffered { .. }
            | Self::Address(_)
            | Self::TokenUnusable { .. }
            | Self::TokenRefused { .. }
            | Self::Absent { .. }
            | Self::NotSupported { .. }
            | Self::Redirected { .. }
            | Self::ErrorInSuccess { .. } => true,
            Self::Refused { answer, .. } => (400..500).contains(&answer.status),
            Self::Unusable { .. } | Self::OtherClient { .. } => false,
        }
    }

    /// Whether the client is surely gone: 410, or 404 where the registration was managed before.
    ///
    /// A token that is not taken says less: RFC 7592 §2 answers 401 for a client that is gone and for a bad token.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Absent { answer, seen, .. } if answer.status == 410 || *seen == Seen::Before)
    }

    /// Whether the token may be the cause, so that an older one is worth a try.
    #[must_use]
    pub const fn is_token_refused(&self) -> bool {
        matches!(self, Self::TokenRefused { .. })
    }
}

impl Diagnose for ManagementError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotOffered { .. } => "management-not-offered",
            Self::Address(_) => "management-address",
            Self::TokenUnusable { .. } => "management-token-unusable",
            Self::TokenRefused { .. } => "management-token-refused",
            Self::Absent { .. } if self.is_gone() => "management-client-gone",
            Self::Absent { .. } => "management-not-found",
            Self::NotSupported { .. } => "management-not-supported",
            Self::Refused { .. } => "management-refused",
            Self::Redirected { .. } => "management-redirected",
            Self::ErrorInSuccess { .. } => "management-error-in-success",
            Self::Unusable { .. } => "management-answer-unusable",
            Self::OtherClient { .. } => "management-other-client",
        }
    }

    fn fault(&self) -> Fault {
        match self {
            Self::NotOffered { .. }
            | Self::Address(_)
            | Self::TokenUnusable { .. }
            | Self::TokenRefused { .. }
            | Self::Absent { .. }
            | Self::NotSupported { .. }
            | Self::Refused { .. }
            | Self::Redirected { .. }
            | Self::ErrorInSuccess { .. }
            | Self::Unusable { .. }
            | Self::OtherClient { .. } => Fault::Server,
        }
    }

    fn is_retryable(&self) -> bool {
        match (self, self.server_answer()) {
            (Self::Refused { operation, .. }, Some(answer)) => match answer.status {
                429 => true,
                // A read changes nothing; the others may have been done.
                500.. => *operation == Operation::Read,
                _ => false,
            },
            _ => false,
        }
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        error_hint::of(self)
    }

    fn endpoint(&self) -> Option<&str> {
        match self {
            Self::NotOffered { .. } | Self::Address(_) => None,
            Self::TokenUnusable { endpoint }
            | Self::TokenRefused { endpoint, .. }
            | Self::Absent { endpoint, .. }
            | Self::NotSupported { endpoint, .. }
            | Self::Refused { endpoint, .. }
            | Self::Redirected { endpoint, .. }
            | Self::ErrorInSuccess { endpoint, .. }
            | Self::Unusable { endpoint, .. }
            | Self::OtherClient { endpoint, .. } => Some(endpoint),
        }
    }

    fn server_answer(&self) -> Option<&ServerAnswer> {
        match self {
            Self::NotOffered { .. } | Self::Address(_) | Self::TokenUnusable { .. } => None,
            Self::TokenRefused { answer, .. }
            | Self::Absent { answer, .. }
            | Self::NotSupported { answer, .. }
            | Self::Refused { answer, .. }
            | Self::Redirected { answer, .. }
            | Self::ErrorInSuccess { answer, .. }
            | Self::Unusable { answer, .. }
            | Self::OtherClient { answer, .. } => Some(answer),
        }
    }
}

fn absent(endpoint: &str, seen: Seen, status: u16) -> String {
    if status == 410 || seen == Seen::Before {
        format!("the client is gone: nothing is at {endpoint} any more")
    } else {
        format!("nothing is at {endpoint}: this server does not manage registrations, or the client is gone")
    }
}
