use std::borrow::Cow;

use safire_jose::KeyError;
use thiserror::Error;

use crate::fault::Diagnose;
use crate::fault::Fault;
use crate::json::JsonError;
use crate::server_answer::ServerAnswer;

/// Why there are no keys.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum KeySetError {
    /// The keys are somewhere else.
    #[error("{endpoint} redirects instead of giving the keys: {answer}")]
    Redirected {
        /// Where they were asked for.
        endpoint: String,
        /// The answer.
        answer: Box<ServerAnswer>,
    },
    /// The server gave no keys.
    #[error("{endpoint} gave no keys: {answer}")]
    Refused {
        /// Where they were asked for.
        endpoint: String,
        /// The answer.
        answer: Box<ServerAnswer>,
    },
    /// A success that is no JSON object.
    #[error("{endpoint} answered {}, but {reason}", .answer.status)]
    Unusable {
        /// Where they were asked for.
        endpoint: String,
        /// The answer.
        answer: Box<ServerAnswer>,
        /// Why it is not usable.
        reason: JsonError,
    },
    /// A JSON object that is no JWK Set.
    #[error("{endpoint} answered {}, but its body is no JWK Set: {reason}", .answer.status)]
    NotAKeySet {
        /// Where they were asked for.
        endpoint: String,
        /// The answer.
        answer: Box<ServerAnswer>,
        /// Why it is none.
        reason: KeyError,
    },
}

impl Diagnose for KeySetError {
    fn code(&self) -> &'static str {
        match self {
            Self::Redirected { .. } => "key-set-redirected",
            Self::Refused { .. } => "key-set-refused",
            Self::Unusable { .. } => "key-set-unusable",
            Self::NotAKeySet { .. } => "key-set-malformed",
        }
    }

    fn fault(&self) -> Fault {
        Fault::Server
    }

    fn is_retryable(&self) -> bool {
        match self {
            Self::Refused { answer, .. } => answer.status >= 500 || answer.status == 429,
            Self::Redirected { .. } | Self::Unusable { .. } | Self::NotAKeySet { .. } => false,
        }
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(
            "the keys are at the `jwks_uri` of the server's metadata: compare `safire discover`; without them no id \
             token can be checked",
        ))
    }

    fn endpoint(&self) -> Option<&str> {
        let (Self::Redirected { endpoint, .. }
        | Self::Refused { endpoint, .. }
        | Self::Unusable { endpoint, .. }
        | Self::NotAKeySet { endpoint, .. }) = self;
        Some(endpoint)
    }

    fn server_answer(&self) -> Option<&ServerAnswer> {
        let (Self::Redirected { answer, .. }
        | Self::Refused { answer, .. }
        | Self::Unusable { answer, .. }
        | Self::NotAKeySet { answer, .. }) = self;
        Some(answer)
    }
}
