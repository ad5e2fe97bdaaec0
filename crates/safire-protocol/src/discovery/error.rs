//! Why discovery gave no profile, or an endpoint that is of no use.

use std::borrow::Cow;

use thiserror::Error;

use crate::fault::Diagnose;
use crate::fault::Fault;
use crate::json::JsonError;
use crate::server_answer::BodyKind;
use crate::server_answer::ServerAnswer;
use crate::url::UrlError;

/// Why discovery failed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DiscoveryError {
    /// Another status than success.
    #[error("discovery at {url} failed: {answer}")]
    Status {
        /// The URL that was asked.
        url: String,
        /// What came back.
        answer: Box<ServerAnswer>,
    },
    /// A redirect that was not followed.
    #[error("discovery at {url} was redirected: {answer}")]
    Redirect {
        /// The URL that was asked.
        url: String,
        /// What came back.
        answer: Box<ServerAnswer>,
    },
    /// Success, but not a JSON object.
    #[error("discovery at {url} gave no usable JSON object: {reason} ({answer})")]
    Unusable {
        /// The URL that was asked.
        url: String,
        /// What came back.
        answer: Box<ServerAnswer>,
        /// What is wrong with the body.
        reason: JsonError,
    },
    /// A JSON object that describes no authorization server.
    #[error("the document at {url} names no endpoint of an authorization server ({answer})")]
    NoEndpoints {
        /// The URL that was asked.
        url: String,
        /// What came back.
        answer: Box<ServerAnswer>,
    },
    /// The endpoint that is needed is not in the document.
    #[error("`{member}` is missing from the discovery document {source_url}")]
    MissingEndpoint {
        /// The member looked for.
        member: &'static str,
        /// The document.
        source_url: String,
    },
    /// The endpoint that is needed may not be used.
    #[error("{reason} (from {source_url})")]
    EndpointRefused {
        /// The member looked at.
        member: &'static str,
        /// The document.
        source_url: String,
        /// Why it is refused.
        reason: UrlError,
    },
    /// The issuer's own document is of another issuer, OpenID Connect Discovery §4.3.
    #[error("the document at {url} is of the issuer `{found}`, expected `{expected}`")]
    OtherIssuer {
        /// The URL that was asked.
        url: String,
        /// The issuer seen.
        found: String,
        /// The issuer that the server named.
        expected: String,
    },
    /// The SMART document is absent, and so is, or fails, every stand-in.
    #[error("{first}{}", tried(others))]
    AllFailed {
        /// The failure at the SMART location: the one that counts.
        first: Box<Self>,
        /// What the other locations said.
        others: Vec<String>,
    },
    /// No location was tried.
    #[error("discovery had no location to ask")]
    NothingTried,
}

impl DiscoveryError {
    /// Whether the document does not exist there (404, 410), so that the next location may be asked.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        match self {
            Self::Status { answer, .. } => matches!(answer.status, 404 | 410),
            Self::Redirect { .. }
            | Self::Unusable { .. }
            | Self::NoEndpoints { .. }
            | Self::MissingEndpoint { .. }
            | Self::EndpointRefused { .. }
            | Self::OtherIssuer { .. }
            | Self::AllFailed { .. }
            | Self::NothingTried => false,
        }
    }

    /// The first failure, with what the other locations said.
    #[must_use]
    pub fn all_failed(first: Self, others: Vec<String>) -> Self {
        Self::AllFailed { first: Box::new(first), others }
    }

    /// No location was there to ask.
    #[must_use]
    pub const fn all_failed_without_trying() -> Self {
        Self::NothingTried
    }
}

impl Diagnose for DiscoveryError {
    fn code(&self) -> &'static str {
        match self {
            Self::Status { answer, .. } => match answer.status {
                404 | 410 => "discovery-not-found",
                401 | 403 => "discovery-forbidden",
                _ => "discovery-status",
            },
            Self::Redirect { .. } => "discovery-redirect",
            Self::Unusable { .. } => "discovery-unusable",
            Self::NoEndpoints { .. } => "discovery-no-endpoints",
            Self::MissingEndpoint { .. } => "missing-endpoint",
            Self::EndpointRefused { .. } => "endpoint-refused",
            Self::OtherIssuer { .. } => "discovery-other-issuer",
            Self::AllFailed { first, .. } => first.code(),
            Self::NothingTried => "discovery-nothing-tried",
        }
    }

    fn fault(&self) -> Fault {
        match self {
            Self::NothingTried => Fault::Bug,
            Self::OtherIssuer { .. } => Fault::Trust,
            Self::AllFailed { first, .. } => first.fault(),
            Self::Status { .. }
            | Self::Redirect { .. }
            | Self::Unusable { .. }
            | Self::NoEndpoints { .. }
            | Self::MissingEndpoint { .. }
            | Self::EndpointRefused { .. } => Fault::Server,
        }
    }

    fn is_retryable(&self) -> bool {
        match self {
            Self::Status { answer, .. } => matches!(answer.status, 408 | 425 | 429 | 500 | 502 | 503 | 504),
            Self::AllFailed { first, .. } => first.is_retryable(),
            Self::Redirect { .. }
            | Self::Unusable { .. }
            | Self::NoEndpoints { .. }
            | Self::MissingEndpoint { .. }
            | Self::EndpointRefused { .. }
            | Self::OtherIssuer { .. }
            | Self::NothingTried => false,
        }
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Status { answer, .. } => Some(hint_of_status(answer).into()),
            Self::Redirect { .. } => {
                Some("use the FHIR base URL that the redirect leads to, if you trust it".into())
            }
            Self::Unusable { answer, .. } => Some(hint_of_body(answer.kind).into()),
            Self::NoEndpoints { .. } => Some(NO_ENDPOINTS.into()),
            Self::MissingEndpoint { member, .. } => Some(hint_of_missing(member)),
            Self::EndpointRefused { reason, .. } => Some(hint_of_refused(reason).into()),
            Self::OtherIssuer { .. } => {
                Some("its keys are not taken: tell the server's operator which document is wrong".into())
            }
            Self::AllFailed { first, .. } => first.hint(),
            Self::NothingTried => None,
        }
    }

    fn endpoint(&self) -> Option<&str> {
        match self {
            Self::Status { url, .. }
            | Self::Redirect { url, .. }
            | Self::Unusable { url, .. }
            | Self::NoEndpoints { url, .. }
            | Self::OtherIssuer { url, .. } => Some(url),
            Self::MissingEndpoint { source_url, .. } | Self::EndpointRefused { source_url, .. } => {
                Some(source_url)
            }
            Self::AllFailed { first, .. } => first.endpoint(),
            Self::NothingTried => None,
        }
    }

    fn server_answer(&self) -> Option<&ServerAnswer> {
        match self {
            Self::Status { answer, .. }
            | Self::Redirect { answer, .. }
            | Self::Unusable { answer, .. }
            | Self::NoEndpoints { answer, .. } => Some(answer),
            Self::AllFailed { first, .. } => first.server_answer(),
            Self::MissingEndpoint { .. }
            | Self::EndpointRefused { .. }
            | Self::OtherIssuer { .. }
            | Self::NothingTried => None,
        }
    }
}

const NO_ENDPOINTS: &str = "the server may be open, or may describe itself elsewhere: give the endpoints \
                            explicitly, or ask its operator for the FHIR base URL";

const fn hint_of_status(answer: &ServerAnswer) -> &'static str {
    match answer.status {
        404 | 410 => {
            "check the FHIR base URL, its path and letter case included; a server without a discovery document \
             needs its endpoints given explicitly"
        }
        401 | 403 => {
            "the document should be public: a gateway may want an API key (send it as a header on discovery) or \
             may not allow your address"
        }
        429 => "the server asks for fewer requests: wait and try again",
        500..=599 => "the server has trouble: try again later, or ask its operator",
        _ => "check the FHIR base URL",
    }
}

const fn hint_of_body(kind: BodyKind) -> &'static str {
    match kind {
        BodyKind::Html => {
            "a web page came: this is probably the address of a portal, or a site that answers every path with \
             its start page; use the FHIR base URL"
        }
        BodyKind::Empty => "the server answered with nothing: check the FHIR base URL, or ask its operator",
        BodyKind::JsonObject | BodyKind::JsonOther | BodyKind::Text => {
            "the document is broken or is something else: open its URL, and ask the server's operator"
        }
    }
}

fn hint_of_missing(member: &str) -> Cow<'static, str> {
    match member {
        "registration_endpoint" => "the server does not offer dynamic registration here: if you know the \
                                    registration endpoint, give it with `--registration-endpoint`; otherwise \
                                    register in the server's portal and add the client with \
                                    `safire registration add`"
            .into(),
        "token_endpoint" => {
            "give it with `--token-endpoint` if you know it, or ask the server's operator".into()
        }
        _ => format!("give the `{member}` explicitly if you know it, or ask the server's operator").into(),
    }
}

const fn hint_of_refused(reason: &UrlError) -> &'static str {
    match reason {
        UrlError::NotHttps { .. } => {
            "nothing was sent: only https is used; for a development server on this machine allow http on \
             loopback"
        }
        UrlError::HostNotPinned { .. } => {
            "nothing was sent: if that host is right, pin it as well with `--auth-host`"
        }
        UrlError::Malformed { .. } | UrlError::Forbidden { .. } => {
            "nothing was sent: tell the server's operator, or give the endpoint explicitly"
        }
    }
}

fn tried(others: &[String]) -> String {
    if others.is_empty() { String::new() } else { format!("; also tried: {}", others.join("; ")) }
}
