//! The named way of a vendor that a client follows where the standards alone do not describe it.

use serde::Deserialize;
use serde::Serialize;

/// The way by which a client registers and gets its tokens. It is chosen by the caller and never guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ClientProfile {
    /// The standards, and nothing else.
    #[default]
    Standard,
    /// A dynamic client of Epic: the app logs in, registers an instance of itself with the access token of that
    /// login, and from then on each access token is asked for with a signed assertion as the grant (RFC 7523 §2.1).
    /// It has no secret and no refresh token.
    EpicDynamic,
}

impl ClientProfile {
    /// The name, as it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::EpicDynamic => "epic-dynamic",
        }
    }

    /// Whether it is the standards alone.
    #[must_use]
    pub const fn is_standard(&self) -> bool {
        match self {
            Self::Standard => true,
            Self::EpicDynamic => false,
        }
    }
}
