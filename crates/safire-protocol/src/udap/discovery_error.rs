//! Why a server's UDAP metadata are not used.

use std::borrow::Cow;

use safire_pki::CertificateError;
use safire_pki::TrustFailure;
use thiserror::Error;

use super::community::CommunityUri;
use super::violation::Violation;
use crate::discovery::DiscoveryError;
use crate::fault::Diagnose;
use crate::fault::Fault;
use crate::server_answer::ServerAnswer;

/// Why a server's UDAP metadata are not used. Nothing of the guide may then be done with it (UDAP Security 2.0 §2.3).
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum UdapDiscoveryError {
    /// 204: the server offers no UDAP workflow to this community.
    #[error("{url} answers HTTP 204: no UDAP workflow is supported{}", in_community(community.as_ref()))]
    NoWorkflow {
        /// The URL that was asked.
        url: String,
        /// The community asked for.
        community: Option<CommunityUri>,
    },
    /// 404: the server does not support UDAP.
    #[error("the server has no UDAP metadata at {url}{}: {answer}", in_community(community.as_ref()))]
    NotSupported {
        /// The URL that was asked.
        url: String,
        /// The community asked for.
        community: Option<CommunityUri>,
        /// What came back.
        answer: Box<ServerAnswer>,
    },
    /// No document came that could be read.
    #[error("UDAP {source}{}", in_community(community.as_ref()))]
    Failed {
        /// The community asked for.
        community: Option<CommunityUri>,
        /// What is wrong.
        source: Box<DiscoveryError>,
    },
    /// The signed metadata break a rule.
    #[error("the `signed_metadata` of {url} are not valid{}: {}", in_community(community.as_ref()), list(violations))]
    SignedMetadata {
        /// The document.
        url: String,
        /// The community asked for.
        community: Option<CommunityUri>,
        /// The rules broken; never empty.
        violations: Vec<Violation>,
    },
    /// A certificate in `x5c` cannot be read.
    #[error("a certificate in the `signed_metadata` of {url} cannot be read{}: {source}", in_community(community.as_ref()))]
    Certificate {
        /// The document.
        url: String,
        /// The community asked for.
        community: Option<CommunityUri>,
        /// What is wrong.
        source: CertificateError,
    },
    /// The chain leads to nothing that is trusted.
    #[error("the signer of the `signed_metadata` of {url} is not trusted{}: {failure}", in_community(community.as_ref()))]
    Untrusted {
        /// The document.
        url: String,
        /// The community asked for.
        community: Option<CommunityUri>,
        /// What was tried, and what each path broke.
        failure: Box<TrustFailure>,
    },
    /// The trust shown is of another certificate than the signer's.
    #[error("the trusted path given does not begin with the certificate that signed the metadata of {url}")]
    OtherChain {
        /// The document.
        url: String,
    },
    /// The metadata are trusted, and do not offer what is needed; nothing was sent.
    #[error("{url} does not offer {what}: `{member}` lacks `{value}`")]
    NotOffered {
        /// The document.
        url: String,
        /// What is needed.
        what: &'static str,
        /// The member looked at.
        member: &'static str,
        /// What it lacks.
        value: String,
    },
}

impl Diagnose for UdapDiscoveryError {
    fn code(&self) -> &'static str {
        match self {
            Self::NoWorkflow { .. } => "udap-no-workflow",
            Self::NotSupported { .. } => "udap-not-supported",
            Self::Failed { source, .. } => source.code(),
            Self::SignedMetadata { violations, .. } => {
                violations.first().map_or("udap-signed-metadata-missing", |violation| violation.rule.code())
            }
            Self::Certificate { source, .. } => source.code(),
            Self::Untrusted { failure, .. } => failure.code(),
            Self::OtherChain { .. } => "udap-other-chain",
            Self::NotOffered { .. } => "udap-not-offered",
        }
    }

    fn fault(&self) -> Fault {
        match self {
            Self::NoWorkflow { .. } | Self::NotSupported { .. } | Self::NotOffered { .. } => Fault::Server,
            Self::Failed { source, .. } => source.fault(),
            Self::SignedMetadata { .. } | Self::Certificate { .. } | Self::Untrusted { .. } => Fault::Trust,
            Self::OtherChain { .. } => Fault::Bug,
        }
    }

    fn is_retryable(&self) -> bool {
        matches!(self, Self::Failed { source, .. } if source.is_retryable())
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(match self {
            Self::NoWorkflow { community: Some(_), .. } => {
                "the server is not in that community: check the community's URI, or ask without one"
            }
            Self::NoWorkflow { community: None, .. } => {
                "the server may want the community's URI, or offers no UDAP: try SMART discovery"
            }
            Self::NotSupported { .. } => {
                "check the FHIR base URL; a server without UDAP metadata is registered with by SMART discovery"
            }
            Self::Failed { source, .. } => return source.hint(),
            Self::SignedMetadata { violations, .. } => {
                violations.first().map_or("tell the server's operator", |violation| violation.rule.hint())
            }
            Self::Certificate { .. } => "the server's metadata must not be used: tell its operator",
            Self::Untrusted { failure, .. } => failure.hint(),
            Self::OtherChain { .. } => "verify the chain of these very metadata",
            Self::NotOffered { .. } => "ask the server's operator, or register in another way",
        }))
    }

    fn endpoint(&self) -> Option<&str> {
        match self {
            Self::NoWorkflow { url, .. }
            | Self::NotSupported { url, .. }
            | Self::SignedMetadata { url, .. }
            | Self::Certificate { url, .. }
            | Self::Untrusted { url, .. }
            | Self::OtherChain { url }
            | Self::NotOffered { url, .. } => Some(url),
            Self::Failed { source, .. } => source.endpoint(),
        }
    }

    fn server_answer(&self) -> Option<&ServerAnswer> {
        match self {
            Self::NotSupported { answer, .. } => Some(answer),
            Self::Failed { source, .. } => source.server_answer(),
            Self::NoWorkflow { .. }
            | Self::SignedMetadata { .. }
            | Self::Certificate { .. }
            | Self::Untrusted { .. }
            | Self::OtherChain { .. }
            | Self::NotOffered { .. } => None,
        }
    }
}

impl UdapDiscoveryError {
    /// The HTTP status, where the answer itself was the failure.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        if matches!(self, Self::NoWorkflow { .. }) {
            return Some(204);
        }
        self.server_answer().map(|answer| answer.status)
    }

    /// The community that was asked for.
    #[must_use]
    pub const fn community(&self) -> Option<&CommunityUri> {
        match self {
            Self::NoWorkflow { community, .. }
            | Self::NotSupported { community, .. }
            | Self::Failed { community, .. }
            | Self::SignedMetadata { community, .. }
            | Self::Certificate { community, .. }
            | Self::Untrusted { community, .. } => community.as_ref(),
            Self::OtherChain { .. } | Self::NotOffered { .. } => None,
        }
    }

    /// The rules that the signed metadata break.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        match self {
            Self::SignedMetadata { violations, .. } => violations,
            Self::NoWorkflow { .. }
            | Self::NotSupported { .. }
            | Self::Failed { .. }
            | Self::Certificate { .. }
            | Self::Untrusted { .. }
            | Self::OtherChain { .. }
            | Self::NotOffered { .. } => &[],
        }
    }
}

fn in_community(community: Option<&CommunityUri>) -> String {
    community.map(|community| format!(" in the community {community}")).unwrap_or_default()
}

fn list(violations: &[Violation]) -> String {
    violations.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
