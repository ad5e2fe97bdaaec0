//! An authorization server's "no", RFC 6749 §4.1.2.1 and OpenID Connect Core §3.1.2.6.

use std::borrow::Cow;
use std::fmt;

use crate::server_answer::clean;

/// The longest text of a server that is shown.
const LIMIT: usize = 300;

/// What the server gave as its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthorizationErrorCode {
    /// The user, or the server for them, said no.
    AccessDenied,
    /// The request is not well formed, or the server thinks so.
    InvalidRequest,
    /// This client may not ask so.
    UnauthorizedClient,
    /// The server gives no codes.
    UnsupportedResponseType,
    /// A scope is unknown or not allowed.
    InvalidScope,
    /// The server failed.
    ServerError,
    /// The server is busy.
    TemporarilyUnavailable,
    /// `prompt=none` was asked for, and the user is not logged in.
    LoginRequired,
    /// `prompt=none` was asked for, and the user has to consent.
    ConsentRequired,
    /// `prompt=none` was asked for, and the user has to do something.
    InteractionRequired,
    /// The identity provider that was named is not trusted there, UDAP Security 2.0 §6.2.
    #[cfg(feature = "udap")]
    InvalidIdp,
    /// Another one, as the server wrote it.
    Other(String),
}

impl AuthorizationErrorCode {
    fn read(text: &str, secrets: &[&str]) -> Self {
        match text {
            "access_denied" => Self::AccessDenied,
            "invalid_request" => Self::InvalidRequest,
            "unauthorized_client" => Self::UnauthorizedClient,
            "unsupported_response_type" => Self::UnsupportedResponseType,
            "invalid_scope" => Self::InvalidScope,
            "server_error" => Self::ServerError,
            "temporarily_unavailable" => Self::TemporarilyUnavailable,
            "login_required" => Self::LoginRequired,
            "consent_required" => Self::ConsentRequired,
            "interaction_required" => Self::InteractionRequired,
            #[cfg(feature = "udap")]
            "invalid_idp" => Self::InvalidIdp,
            other => Self::Other(clean(other, secrets, LIMIT)),
        }
    }

    /// The code as the protocol writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::InvalidRequest => "invalid_request",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::InteractionRequired => "interaction_required",
            #[cfg(feature = "udap")]
            Self::InvalidIdp => "invalid_idp",
            Self::Other(text) => text,
        }
    }
}

/// The server's refusal; its texts are clipped, free of control characters and of anything like a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuthorizationError {
    /// The reason.
    pub code: AuthorizationErrorCode,
    /// What the server says to people.
    pub description: Option<String>,
    /// Where the server says more.
    pub uri: Option<String>,
}

impl AuthorizationError {
    pub(super) fn read(code: &str, description: Option<&str>, uri: Option<&str>, secrets: &[&str]) -> Self {
        Self {
            code: AuthorizationErrorCode::read(code, secrets),
            description: description.map(|text| clean(text, secrets, LIMIT)),
            uri: uri.map(|text| clean(text, secrets, LIMIT)),
        }
    }

    /// Whether asking again later may help.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(
            self.code,
            AuthorizationErrorCode::ServerError | AuthorizationErrorCode::TemporarilyUnavailable
        )
    }

    pub(super) fn hint(&self) -> Cow<'static, str> {
        Cow::Borrowed(match &self.code {
            AuthorizationErrorCode::AccessDenied => {
                "the person refused, or the server's rules did: ask again when they want it, or with fewer scopes"
            }
            AuthorizationErrorCode::InvalidRequest => {
                "some servers refuse `aud`, or want it with or without its last slash, some refuse parameters they do not know: all are choices per server"
            }
            AuthorizationErrorCode::UnauthorizedClient => {
                "the client may wait for approval, or not be registered for `authorization_code` and this redirect URI: compare `safire registration show`"
            }
            AuthorizationErrorCode::UnsupportedResponseType => {
                "the server gives no authorization codes here: compare `safire discover`"
            }
            AuthorizationErrorCode::InvalidScope => {
                "ask for what is registered and supported; some servers know `patient/*.read` and not `patient/*.rs`"
            }
            AuthorizationErrorCode::ServerError | AuthorizationErrorCode::TemporarilyUnavailable => {
                "the server failed: try again later, or ask its operator"
            }
            AuthorizationErrorCode::LoginRequired
            | AuthorizationErrorCode::ConsentRequired
            | AuthorizationErrorCode::InteractionRequired => {
                "leave `prompt=none` out, so that the person can act"
            }
            #[cfg(feature = "udap")]
            AuthorizationErrorCode::InvalidIdp => {
                "the server does not trust that identity provider: name another in `idp`, or ask without one"
            }
            AuthorizationErrorCode::Other(_) => "ask the server's operator what it means",
        })
    }
}

impl fmt::Display for AuthorizationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error {:?}", self.code.as_str())?;
        if let Some(text) = &self.description {
            write!(f, ": {text:?}")?;
        }
        if let Some(uri) = &self.uri {
            write!(f, " ({uri})")?;
        }
        Ok(())
    }
}
