//! The token that a call is about.

use crate::secret::AccessToken;
use crate::secret::RefreshToken;

/// A token that the client holds. `Debug` does not show it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum HeldToken {
    /// An access token.
    Access(AccessToken),
    /// A refresh token.
    Refresh(RefreshToken),
}

impl HeldToken {
    /// The value of `token_type_hint`, RFC 7009 §2.1.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Access(_) => "access_token",
            Self::Refresh(_) => "refresh_token",
        }
    }

    /// The token itself, for the one place that sends it.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        match self {
            Self::Access(token) => token.expose_secret(),
            Self::Refresh(token) => token.expose_secret(),
        }
    }
}
