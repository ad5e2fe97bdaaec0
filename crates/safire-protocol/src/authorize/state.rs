//! Values that nobody can guess: `state` (RFC 6749 §10.12) and `nonce` (OpenID Connect Core §15.5.2).

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use thiserror::Error;
use zeroize::Zeroizing;

/// 128 bits written in base64url: a shorter text cannot hold them.
const SHORTEST: usize = 22;

/// The bytes of randomness that one authorization request takes.
pub const RANDOM_BYTES: usize = 128;

/// The randomness of one authorization request: state, nonce and verifier. Never use the same one twice.
#[derive(Clone)]
pub struct Randomness {
    pub(super) state: [u8; 16],
    pub(super) nonce: [u8; 16],
    pub(super) verifier: [u8; 96],
}

impl Randomness {
    /// Takes bytes of the operating system's generator.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; RANDOM_BYTES]) -> Self {
        let mut random = Self { state: [0; 16], nonce: [0; 16], verifier: [0; 96] };
        let (state, rest) = bytes.split_at(16);
        let (nonce, verifier) = rest.split_at(16);
        random.state.copy_from_slice(state);
        random.nonce.copy_from_slice(nonce);
        random.verifier.copy_from_slice(verifier);
        random
    }
}

impl fmt::Debug for Randomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Randomness([redacted])")
    }
}

impl Drop for Randomness {
    fn drop(&mut self) {
        use zeroize::Zeroize;
        self.state.zeroize();
        self.nonce.zeroize();
        self.verifier.zeroize();
    }
}

macro_rules! unguessable {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(Zeroizing<String>);

        impl $name {
            /// The text of 128 random bits: 32 lower-case hexadecimal digits.
            #[must_use]
            pub fn from_random(bytes: &[u8; 16]) -> Self {
                Self(Zeroizing::new(hexadecimal(bytes)))
            }

            /// Takes a text that the caller made.
            ///
            /// # Errors
            /// [`StateError`] when it is too short to hold 128 bits, or has characters that RFC 6749
            /// Appendix A.5 does not allow.
            pub fn from_caller(text: impl Into<String>) -> Result<Self, StateError> {
                let text = Zeroizing::new(text.into());
                if text.len() < SHORTEST {
                    return Err(StateError::TooShort { length: text.len() });
                }
                let is_allowed = |byte: u8| (0x20..=0x7e).contains(&byte);
                if text.bytes().all(is_allowed) { Ok(Self(text)) } else { Err(StateError::Characters) }
            }

            /// Whether the other text is the same, in a time that does not tell how much of it is.
            #[must_use]
            pub fn matches(&self, other: &str) -> bool {
                verify_slices_are_equal(self.0.as_bytes(), other.as_bytes()).is_ok()
            }

            /// The text itself, for the request and for the store.
            #[must_use]
            pub fn expose_secret(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    };
}

unguessable! {
    /// What binds a callback to the request that caused it, RFC 6749 §10.12. `Debug` does not show it.
    State
}
unguessable! {
    /// What binds an id token to the request that caused it, OpenID Connect Core §2. `Debug` does not show it.
    Nonce
}

/// Why a caller's own text is not used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StateError {
    /// It cannot hold 128 bits.
    #[error("128 bits need at least 22 characters (RFC 6749 §10.10); this text has {length}")]
    TooShort {
        /// Its length.
        length: usize,
    },
    /// A character that must not be in it.
    #[error("only printable ASCII is allowed (RFC 6749 Appendix A.5)")]
    Characters,
}

fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0'));
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).collect()
}
