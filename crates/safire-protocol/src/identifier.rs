//! Names that the protocol hands around.

use std::fmt;

use serde::Deserialize;
use serde::Serialize;

/// The identifier of a registered client, RFC 6749 §2.2: any length, any characters; it may be a JWT or a URL.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientId(String);

impl ClientId {
    /// Takes the identifier as it is, or `None` when it is blank.
    #[must_use]
    pub fn parse(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        if text.trim().is_empty() { None } else { Some(Self(text)) }
    }

    /// The identifier, byte for byte.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
