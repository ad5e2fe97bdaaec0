//! The name of a trust community, UDAP Security 2.0 §2.4.

use std::borrow::Cow;
use std::fmt;

use thiserror::Error;
use url::Url;

use crate::discovery::printable;
use crate::fault::Diagnose;
use crate::fault::Fault;

/// The URI by which a client tells a server which community it belongs to; kept as it was given.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CommunityUri(String);

impl CommunityUri {
    /// Reads a URI with a scheme, and a host or a path. Blanks around it do not count.
    ///
    /// # Errors
    /// [`CommunityUriError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, CommunityUriError> {
        let trimmed = text.trim();
        match Url::parse(trimmed) {
            Ok(url) if url.has_host() || !url.path().is_empty() => Ok(Self(trimmed.to_owned())),
            Ok(_) | Err(_) => Err(CommunityUriError { shown: printable(trimmed) }),
        }
    }

    /// The same of what may have been left out: none and blank are the server's default community.
    ///
    /// # Errors
    /// [`CommunityUriError`] for a text that is no URI.
    pub fn parse_optional(text: Option<&str>) -> Result<Option<Self>, CommunityUriError> {
        text.filter(|text| !text.trim().is_empty()).map(Self::parse).transpose()
    }

    /// The URI.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CommunityUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of a community is no URI; nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`community` is not a URI with a scheme, and a host or a path: {shown:?}")]
#[non_exhaustive]
pub struct CommunityUriError {
    /// The text as given, clipped.
    pub shown: String,
}

impl Diagnose for CommunityUriError {
    fn code(&self) -> &'static str {
        "udap-community-uri"
    }

    fn fault(&self) -> Fault {
        Fault::Caller
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(
            "write it as the community does, such as `https://community.example.org` or `urn:oid:1.2.3`",
        ))
    }
}
