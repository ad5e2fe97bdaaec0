//! Proof Key for Code Exchange, RFC 7636: `S256` and never `plain`.

use std::fmt;

use aws_lc_rs::digest::SHA256;
use aws_lc_rs::digest::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use thiserror::Error;
use zeroize::Zeroizing;

/// The only challenge method that is used, RFC 7636 §4.2.
pub const CHALLENGE_METHOD: &str = "S256";

/// The shortest and the longest verifier, RFC 7636 §4.1.
const LENGTHS: std::ops::RangeInclusive<usize> = 43..=128;

/// Whether a challenge goes with the authorization request. It is `S256` or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum PkcePolicy {
    /// Sent, whatever the server says of it: many support it without saying so.
    #[default]
    S256,
    /// Sent, and the server must name `S256` in its discovery document.
    Required,
    /// Left out, for servers that refuse parameters they do not know.
    Omit,
}

/// A code verifier, RFC 7636 §4.1. `Debug` does not show it.
#[derive(Clone)]
pub struct CodeVerifier(Zeroizing<String>);

impl CodeVerifier {
    /// The verifier of 96 random bytes: 128 characters.
    #[must_use]
    pub fn from_random(bytes: &[u8; 96]) -> Self {
        Self(Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Takes a verifier that was made elsewhere.
    ///
    /// # Errors
    /// [`VerifierError`] when it is not 43 to 128 characters out of `A-Z a-z 0-9 - . _ ~`.
    pub fn parse(text: impl Into<String>) -> Result<Self, VerifierError> {
        let text = Zeroizing::new(text.into());
        let length = text.chars().count();
        if !LENGTHS.contains(&length) {
            return Err(VerifierError::Length { length });
        }
        let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if text.bytes().all(is_unreserved) { Ok(Self(text)) } else { Err(VerifierError::Characters) }
    }

    /// The challenge by `S256`: 43 characters, RFC 7636 §4.2.
    #[must_use]
    pub fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest(&SHA256, self.0.as_bytes()))
    }

    /// The text itself, for the token request and for the store.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CodeVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeVerifier([redacted])")
    }
}

/// Why a text is not a code verifier.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum VerifierError {
    /// Too short or too long.
    #[error("a code verifier has 43 to 128 characters (RFC 7636 §4.1); this one has {length}")]
    Length {
        /// Its length in characters.
        length: usize,
    },
    /// A character that must not be in it.
    #[error("a code verifier consists of `A-Z a-z 0-9 - . _ ~` only (RFC 7636 §4.1)")]
    Characters,
}
