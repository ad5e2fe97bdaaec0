//! Why a base URL of a list is not asked.

use std::borrow::Cow;

use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use thiserror::Error;

/// Why a base URL of a list is not asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BaseProblem {
    /// Nothing at all.
    #[error("the FHIR base is empty")]
    Empty,
    /// Longer than any real one.
    #[error("the FHIR base is longer than {limit} bytes")]
    TooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// A blank, a tab or a control character in the middle.
    #[error("the FHIR base has a blank, a tab or a control character inside")]
    BlankInside,
    /// A backslash.
    #[error("the FHIR base has a backslash")]
    Backslash,
    /// A reference within the list's own server, such as `Endpoint/123`.
    #[error("{shown:?} is a reference within the publisher's server, not a URL")]
    RelativeReference {
        /// The text, clipped.
        shown: String,
    },
    /// http, or something else without TLS.
    #[error("the FHIR base is not https: {url}")]
    NotHttps {
        /// The URL without its query.
        url: String,
    },
    /// A part that a FHIR base must not have.
    #[error("the FHIR base has {part}, which it must not: {url}")]
    Forbidden {
        /// The part.
        part: &'static str,
        /// The URL without its query.
        url: String,
    },
    /// An address inside some network.
    #[error("the host `{host}` is a private address")]
    PrivateAddress {
        /// The host.
        host: String,
    },
    /// A name that only some network knows.
    #[error("the host `{host}` is a name that only its own network knows")]
    LocalName {
        /// The host.
        host: String,
    },
    /// The specification in place of a server.
    #[error("`{host}` publishes the FHIR specification and is no server of anybody")]
    Specification {
        /// The host.
        host: String,
    },
    /// Not a URL with a host.
    #[error("{shown:?} is not an absolute URL with a host")]
    Malformed {
        /// The text, clipped.
        shown: String,
    },
}

impl Diagnose for BaseProblem {
    fn code(&self) -> &'static str {
        match self {
            Self::Empty => "base-empty",
            Self::TooLong { .. } => "base-too-long",
            Self::BlankInside => "base-blank-inside",
            Self::Backslash => "base-backslash",
            Self::RelativeReference { .. } => "base-relative-reference",
            Self::NotHttps { .. } => "base-not-https",
            Self::Forbidden { .. } => "base-forbidden-part",
            Self::PrivateAddress { .. } => "base-private-address",
            Self::LocalName { .. } => "base-local-name",
            Self::Specification { .. } => "base-specification",
            Self::Malformed { .. } => "base-malformed",
        }
    }

    fn fault(&self) -> Fault {
        Fault::Caller
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(match self {
            Self::NotHttps { .. } => "if the server speaks TLS, write `https://`; nothing is sent without it",
            Self::PrivateAddress { .. } | Self::LocalName { .. } => {
                "if the list is your own and means it, accept such hosts with `--inner-hosts`"
            }
            Self::RelativeReference { .. } => "the publisher left the address out: ask there",
            Self::Empty
            | Self::TooLong { .. }
            | Self::BlankInside
            | Self::Backslash
            | Self::Forbidden { .. }
            | Self::Specification { .. }
            | Self::Malformed { .. } => "correct the line in the list",
        }))
    }
}
