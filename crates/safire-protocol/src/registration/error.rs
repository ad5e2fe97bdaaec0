//! Why a registration brought no client.

use std::borrow::Cow;

use thiserror::Error;

use super::error_hint;
use crate::client_profile::ClientProfile;
use crate::fault::Diagnose;
use crate::fault::Fault;
use crate::json::JsonError;
use crate::server_answer::ServerAnswer;

/// Why a registration brought no client.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RegistrationError {
    /// The `Authorization` value cannot stand in a header; nothing was sent.
    #[error(
        "the authorization value for {endpoint} cannot be sent: it is empty, or contains a line break or \
         another character that a header must not have"
    )]
    AuthorizationValue {
        /// The registration endpoint.
        endpoint: String,
    },
    /// The profile registers with the access token of a login, and there is none; nothing was sent.
    #[error(
        "registration of a dynamic client at {endpoint} needs the access token of a login, and none was given"
    )]
    UserTokenNeeded {
        /// The registration endpoint.
        endpoint: String,
    },
    /// The server offers no dynamic clients.
    #[error("dynamic clients are not supported at {endpoint}: {answer}")]
    NotOffered {
        /// The registration endpoint.
        endpoint: String,
        /// What the server said.
        answer: Box<ServerAnswer>,
    },
    /// The server refused or failed.
    #[error("registration at {endpoint} failed: {answer}")]
    Refused {
        /// The registration endpoint.
        endpoint: String,
        /// What the server said.
        answer: Box<ServerAnswer>,
        /// What of the request helps to explain it.
        asked: Asked,
    },
    /// The server pointed elsewhere. A registration is never sent along a redirect.
    #[error("registration at {endpoint} was answered by a redirect, which is not followed: {answer}")]
    Redirected {
        /// The registration endpoint.
        endpoint: String,
        /// What the server said; its `location` has only scheme and host.
        answer: Box<ServerAnswer>,
    },
    /// A success status with an error in the body and no client id.
    #[error("registration at {endpoint} failed in spite of a success status: {answer}")]
    ErrorInSuccess {
        /// The registration endpoint.
        endpoint: String,
        /// What the server said.
        answer: Box<ServerAnswer>,
        /// What of the request helps to explain it.
        asked: Asked,
    },
    /// A success status without `client_id`.
    #[error("registration at {endpoint} was answered without a `client_id`: {answer}")]
    MissingClientId {
        /// The registration endpoint.
        endpoint: String,
        /// What the server said; `members` names what came.
        answer: Box<ServerAnswer>,
    },
    /// A success status with a `client_id` that cannot be one.
    #[error("registration at {endpoint} was answered with a `client_id` that is {seen}, expected a string")]
    UnusableClientId {
        /// The registration endpoint.
        endpoint: String,
        /// What the server said; `members` names what came.
        answer: Box<ServerAnswer>,
        /// The kind of the value, never the value.
        seen: &'static str,
    },
    /// A success status with something that is not a JSON object.
    #[error("registration at {endpoint} was answered with HTTP {} that cannot be used: {reason}", answer.status)]
    Unusable {
        /// The registration endpoint.
        endpoint: String,
        /// What the server said.
        answer: Box<ServerAnswer>,
        /// Why it cannot be used.
        reason: JsonError,
    },
    /// A stored registration without an answer.
    #[error("no answer to the registration at {endpoint} is known")]
    NoAnswer {
        /// The registration endpoint.
        endpoint: String,
    },
}

/// What of a request helps to explain a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Asked {
    /// Which grants were asked for.
    pub grants: AskedGrants,
    /// Whether an `Authorization` value went along; `None` where the request is not at hand.
    pub authorization: Option<AskedAuthorization>,
    /// Whose rules the request followed.
    pub profile: ClientProfile,
}

/// Which grants a request asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the hints need no more")]
pub enum AskedGrants {
    /// Only `client_credentials`, without `response_types` and `redirect_uris`.
    BareClientCredentials,
    /// Anything else.
    Other,
}

/// Whether a request carried an `Authorization` value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "it did or it did not")]
pub enum AskedAuthorization {
    /// It did.
    Sent,
    /// It did not.
    NotSent,
}

impl RegistrationError {
    /// The error of a stored registration to which no answer is known.
    #[must_use]
    pub fn no_answer(endpoint: &str) -> Self {
        Self::NoAnswer { endpoint: endpoint.to_owned() }
    }

    /// Whether the server surely registered nothing: it refused, redirected, or answered an OAuth error.
    ///
    /// False where a client may exist at the server all the same: a 5xx, a success that cannot be read.
    #[must_use]
    pub fn is_definite_refusal(&self) -> bool {
        match self {
            Self::Refused { answer, .. } => (400..500).contains(&answer.status),
            Self::Redirected { .. }
            | Self::NotOffered { .. }
            | Self::ErrorInSuccess { .. }
            | Self::AuthorizationValue { .. }
            | Self::UserTokenNeeded { .. } => true,
            Self::MissingClientId { .. }
            | Self::UnusableClientId { .. }
            | Self::Unusable { .. }
            | Self::NoAnswer { .. } => false,
        }
    }

    /// The names of the members that an unusable success had, without their values.
    #[must_use]
    pub fn received_fields(&self) -> &[String] {
        self.server_answer().map_or(&[], |answer| &answer.members)
    }
}

impl Diagnose for RegistrationError {
    fn code(&self) -> &'static str {
        match self {
            Self::AuthorizationValue { .. } => "registration-authorization-value",
            Self::UserTokenNeeded { .. } => "registration-user-token-needed",
            Self::NotOffered { .. } => "registration-not-offered",
            Self::Refused { .. } => "registration-refused",
            Self::Redirected { .. } => "registration-redirected",
            Self::ErrorInSuccess { .. } => "registration-error-in-success",
            Self::MissingClientId { .. } => "registration-without-client-id",
            Self::UnusableClientId { .. } => "registration-client-id-unusable",
            Self::Unusable { .. } => "registration-answer-unusable",
            Self::NoAnswer { .. } => "registration-without-answer",
        }
    }

    fn fault(&self) -> Fault {
        match self {
            Self::AuthorizationValue { .. } | Self::UserTokenNeeded { .. } | Self::NoAnswer { .. } => {
                Fault::Caller
            }
            Self::Refused { .. }
            | Self::NotOffered { .. }
            | Self::Redirected { .. }
            | Self::ErrorInSuccess { .. }
            | Self::MissingClientId { .. }
            | Self::UnusableClientId { .. }
            | Self::Unusable { .. } => Fault::Server,
        }
    }

    /// Only where the server surely registered nothing and says that it may do so later.
    fn is_retryable(&self) -> bool {
        matches!(self, Self::Refused { answer, .. } if matches!(answer.status, 429))
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Refused { answer, asked, .. } | Self::ErrorInSuccess { answer, asked, .. } => {
                error_hint::of_refusal(answer, *asked)
            }
            Self::UserTokenNeeded { .. } => Some(Cow::Borrowed(
                "log in at this site with the client id of the app first, and give the access token of that login",
            )),
            Self::NotOffered { .. } => Some(Cow::Borrowed(
                "this site does not offer dynamic clients, or not for this app: stay with the app's own client id, \
                 and let the user log in again when the token ends",
            )),
            Self::Redirected { .. } => Some(Cow::Borrowed(
                "often a login page: the server wants an initial access token, or the endpoint has moved; \
                 give its present address with `--registration-endpoint`",
            )),
            Self::AuthorizationValue { .. } => {
                Some(Cow::Borrowed("give the value on one line, such as `Bearer <token>`"))
            }
            Self::MissingClientId { .. } | Self::UnusableClientId { .. } | Self::Unusable { .. } => {
                Some(Cow::Borrowed(
                    "the server may have registered a client all the same: look there before you register \
                     again, and check that this is the registration endpoint",
                ))
            }
            Self::NoAnswer { .. } => Some(Cow::Borrowed(
                "look at the server whether the client exists; then `registration add` it, or forget this \
                 entry and register again",
            )),
        }
    }

    fn endpoint(&self) -> Option<&str> {
        match self {
            Self::AuthorizationValue { endpoint }
            | Self::UserTokenNeeded { endpoint }
            | Self::NotOffered { endpoint, .. }
            | Self::Refused { endpoint, .. }
            | Self::Redirected { endpoint, .. }
            | Self::ErrorInSuccess { endpoint, .. }
            | Self::MissingClientId { endpoint, .. }
            | Self::UnusableClientId { endpoint, .. }
            | Self::Unusable { endpoint, .. }
            | Self::NoAnswer { endpoint } => Some(endpoint),
        }
    }

    fn server_answer(&self) -> Option<&ServerAnswer> {
        match self {
            Self::Refused { answer, .. }
            | Self::NotOffered { answer, .. }
            | Self::Redirected { answer, .. }
            | Self::ErrorInSuccess { answer, .. }
            | Self::MissingClientId { answer, .. }
            | Self::UnusableClientId { answer, .. }
            | Self::Unusable { answer, .. } => Some(answer),
            Self::AuthorizationValue { .. } | Self::UserTokenNeeded { .. } | Self::NoAnswer { .. } => None,
        }
    }
}
