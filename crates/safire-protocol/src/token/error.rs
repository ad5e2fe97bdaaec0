//! Why there is no token.

use std::borrow::Cow;

use safire_jose::SignError;
use thiserror::Error;

use crate::auth_method::AuthMethod;
use crate::credentials::CredentialsError;
use crate::fault::Diagnose;
use crate::fault::Fault;
use crate::json::JsonError;
use crate::server_answer::ServerAnswer;
use crate::url::UrlError;

/// A clock that is off by this much is worth telling of.
const NOTABLE_OFFSET: u64 = 20;

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
        /// How the client proved itself.
        method: AuthMethod,
        /// Whom the assertion was for, where there was one.
        audience: Option<String>,
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
            Self::Redirected { .. } => "token-redirected",
            Self::Refused { .. } => "token-refused",
            Self::Unusable { .. } => "token-unusable",
        }
    }

    fn fault(&self) -> Fault {
        match self {
            Self::Credentials(error) => error.fault(),
            Self::AssertionMissing | Self::AssertionUnexpected => Fault::Caller,
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
            Self::Redirected { .. } => Some(Cow::Borrowed(
                "credentials are never sent along a redirect; if the new place is right, name it with `--token-endpoint`",
            )),
            Self::Refused { answer, method, audience, clock_offset, .. } => {
                Some(refusal_hint(answer, method, audience.as_deref(), *clock_offset))
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
            | Self::AssertionUnexpected => None,
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
            | Self::AssertionUnexpected => None,
        }
    }
}

/// What usually lies behind a refusal, by its code and by how the client proved itself.
fn refusal_hint(
    answer: &ServerAnswer,
    method: &AuthMethod,
    audience: Option<&str>,
    clock_offset: Option<i64>,
) -> Cow<'static, str> {
    let text = match (answer.error.as_deref(), answer.status) {
        (Some("invalid_client"), _) | (None, 401) => proof_hint(method, audience),
        // Some servers answer so, often without a description, when the assertion is what they do not like.
        (Some("invalid_grant"), _) => format!(
            "some servers say this of the client's proof, and some now and then without a cause: try once more; then {}",
            proof_hint(method, audience)
        ),
        (Some("unauthorized_client"), _) if *method == AuthMethod::None => {
            "a public client gets no token of its own (RFC 6749 §4.4): register with a key or a secret"
                .to_owned()
        }
        (Some("unauthorized_client"), _) => {
            "the client is not registered for `client_credentials`, or waits for approval: compare `safire registration show`, ask the server's operator"
                .to_owned()
        }
        (Some("invalid_scope"), _) => {
            "ask with `--scope` for what is registered and supported; some servers know `system/*.read` and not `system/*.rs`, some no wildcard at all"
                .to_owned()
        }
        (Some("unsupported_grant_type"), _) => {
            "the server does not offer `client_credentials`: compare `grant_types_supported` in `safire discover`".to_owned()
        }
        (Some("invalid_request"), _) => {
            "some servers want `client_id` in the form beside the proof, some another place for the secret: both are choices per server"
                .to_owned()
        }
        (_, 404 | 405) => {
            "this may not be the token endpoint: compare `safire discover`, or name it with `--token-endpoint`".to_owned()
        }
        (_, 429) => match answer.retry_after {
            Some(seconds) => format!("too many requests: the server asks to wait {seconds} seconds"),
            None => "too many requests: wait before the next one".to_owned(),
        },
        (_, 500..) => "the server failed: try again later, or ask its operator".to_owned(),
        _ => "`--explain` shows what was sent and what came back".to_owned(),
    };
    match clock_offset.filter(|offset| offset.unsigned_abs() >= NOTABLE_OFFSET) {
        Some(offset) => {
            let side = if offset > 0 { "ahead of" } else { "behind" };
            let off = offset.unsigned_abs();
            Cow::Owned(format!("{text}; this clock is {off} seconds {side} the server's"))
        }
        None => Cow::Owned(text),
    }
}

fn proof_hint(method: &AuthMethod, audience: Option<&str>) -> String {
    match method {
        AuthMethod::ClientSecretBasic => {
            "the secret may be wrong or expired, the client may wait for approval, the server may not decode form-encoded Basic credentials (choose `raw` for it), or want them in the form"
                .to_owned()
        }
        AuthMethod::ClientSecretPost => {
            "the secret may be wrong or expired, the client may wait for approval, or the server may want the secret in a Basic header"
                .to_owned()
        }
        AuthMethod::PrivateKeyJwt => format!(
            "the `kid` may be unknown to the server, the key not the registered one, its `jwks_uri` not fetched yet, the client not yet approved, or the audience not what it expects (it was {})",
            audience.unwrap_or("not set")
        ),
        AuthMethod::None => {
            "the server wants a proof, and this client has none: register with a key or a secret".to_owned()
        }
        AuthMethod::Other(_) => "the server does not accept this method".to_owned(),
    }
}

fn fields(answer: &ServerAnswer) -> String {
    if answer.members.is_empty() { String::new() } else { format!(" (it has {})", answer.members.join(", ")) }
}
