//! Why a callback brings no code.

use std::borrow::Cow;

use thiserror::Error;

use super::refusal::AuthorizationError;
use crate::fault::Diagnose;
use crate::fault::Fault;

/// Why a callback brings no code. In each case no token was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CallbackError {
    /// A parameter came twice, RFC 6749 §4.1.2: which one counts is anybody's guess.
    #[error("the callback has `{parameter}` twice (RFC 6749 §3.1)")]
    Doubled {
        /// The parameter.
        parameter: &'static str,
    },
    /// There is no login that this callback could belong to.
    #[error("no running flow: a callback came, and no login is waiting for one{}", said(.refusal.as_ref()))]
    NoRunningFlow {
        /// What the callback says, where it is a refusal.
        refusal: Option<AuthorizationError>,
    },
    /// It has no state, so nobody knows whose it is.
    #[error("the callback has no `state`, so it cannot be told whose it is{}", said(.refusal.as_ref()))]
    StateMissing {
        /// What the callback says, where it is a refusal.
        refusal: Option<AuthorizationError>,
    },
    /// It has another state: it belongs to another login, or somebody made it up.
    #[error("the callback's `state` is not the one of this login")]
    StateDiffers,
    /// It came too late.
    #[error("the callback came {late} seconds after this login had ended, which was open for {open} seconds")]
    Expired {
        /// By how many seconds.
        late: i64,
        /// How long it had been open.
        open: i64,
    },
    /// Another server answers than the one that was asked, RFC 9207 §2.4.
    #[error("the callback is from issuer {received:?}, and {expected:?} was asked (RFC 9207 §2.4)")]
    IssuerDiffers {
        /// The issuer expected.
        expected: String,
        /// The one in the callback, clipped.
        received: String,
    },
    /// The server promises to say who it is and does not, RFC 9207 §2.4.
    #[error("the callback has no `iss`, which the server promises to send (RFC 9207 §2.4)")]
    IssuerMissing,
    /// The server refuses.
    #[error("the server gave no authorization: {0}")]
    Refused(AuthorizationError),
    /// Neither a code nor an error.
    #[error("the callback has neither a `code` nor an `error`")]
    CodeMissing,
}

impl CallbackError {
    /// What the server said, where it refused.
    #[must_use]
    pub const fn refusal(&self) -> Option<&AuthorizationError> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            Self::NoRunningFlow { refusal } | Self::StateMissing { refusal } => refusal.as_ref(),
            Self::Doubled { .. }
            | Self::StateDiffers
            | Self::Expired { .. }
            | Self::IssuerDiffers { .. }
            | Self::IssuerMissing
            | Self::CodeMissing => None,
        }
    }
}

impl Diagnose for CallbackError {
    fn code(&self) -> &'static str {
        match self {
            Self::Doubled { .. } => "callback-parameter-doubled",
            Self::NoRunningFlow { .. } => "no-running-flow",
            Self::StateMissing { .. } => "state-missing",
            Self::StateDiffers => "state-differs",
            Self::Expired { .. } => "login-expired",
            Self::IssuerDiffers { .. } => "issuer-differs",
            Self::IssuerMissing => "issuer-missing",
            Self::Refused(_) => "authorization-refused",
            Self::CodeMissing => "code-missing",
        }
    }

    fn fault(&self) -> Fault {
        match self {
            Self::NoRunningFlow { .. } | Self::Expired { .. } => Fault::Caller,
            Self::StateDiffers | Self::IssuerDiffers { .. } => Fault::Trust,
            Self::Doubled { .. }
            | Self::StateMissing { .. }
            | Self::IssuerMissing
            | Self::Refused(_)
            | Self::CodeMissing => Fault::Server,
        }
    }

    fn is_retryable(&self) -> bool {
        match self {
            Self::Refused(refusal) => refusal.is_retryable(),
            Self::Doubled { .. }
            | Self::NoRunningFlow { .. }
            | Self::StateMissing { .. }
            | Self::StateDiffers
            | Self::Expired { .. }
            | Self::IssuerDiffers { .. }
            | Self::IssuerMissing
            | Self::CodeMissing => false,
        }
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(match self {
            Self::Refused(refusal) => return Some(refusal.hint()),
            Self::NoRunningFlow { .. } => {
                "usually the page was loaded a second time, the login was begun in another browser, tab or process, the session's cookie did not come back with the redirect (`SameSite=Strict`), or the application was restarted and keeps its logins in memory: start the login again"
            }
            Self::StateMissing { .. } => {
                "the server has to send `state` back unchanged (RFC 6749 §4.1.2): tell its operator"
            }
            Self::StateDiffers => {
                "an older tab's callback looks like this, and so does an attack: start the login again, and do not use this callback"
            }
            Self::Expired { .. } => "start the login again, or give people more time",
            Self::IssuerDiffers { .. } => {
                "do not use this callback. If server and issuer are right, its discovery document names another issuer than its callbacks: tell its operator"
            }
            Self::IssuerMissing => {
                "`authorization_response_iss_parameter_supported` is true in its discovery document: tell its operator"
            }
            Self::Doubled { .. } => "do not use this callback: start the login again",
            Self::CodeMissing => {
                "somebody may have opened the redirect URI by hand; or the answer came in the fragment or in a form, which is read from there"
            }
        }))
    }
}

fn said(refusal: Option<&AuthorizationError>) -> String {
    refusal.map(|refusal| format!("; it says {refusal}")).unwrap_or_default()
}
