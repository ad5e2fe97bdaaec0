//! The three operations of RFC 7592.

use std::fmt;

use http::Method;

/// What is done with a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "RFC 7592 §2 has these three")]
pub enum Operation {
    /// It is read, RFC 7592 §2.1.
    Read,
    /// It is replaced, RFC 7592 §2.2.
    Update,
    /// It is deleted, RFC 7592 §2.3.
    Delete,
}

impl Operation {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    /// Reads the stable name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Read, Self::Update, Self::Delete].into_iter().find(|operation| operation.as_str() == text)
    }

    pub(super) const fn method(self) -> Method {
        match self {
            Self::Read => Method::GET,
            Self::Update => Method::PUT,
            Self::Delete => Method::DELETE,
        }
    }

    /// For a sentence: "the registration could not be …".
    pub(super) const fn done(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Update => "updated",
            Self::Delete => "deleted",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
