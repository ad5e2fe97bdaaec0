use std::fmt;

use crate::algorithm::Algorithm;

/// What a key is, which decides the algorithms that it can be used with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// RSA with a modulus of so many bits.
    Rsa {
        /// The length of the modulus.
        bits: usize,
    },
    /// The elliptic curve P-256.
    P256,
    /// The elliptic curve P-384.
    P384,
}

impl KeyKind {
    /// The algorithms that fit, best first. SMART §5.1 wants RS384 or ES384 of every server.
    #[must_use]
    pub const fn algorithms(&self) -> &'static [Algorithm] {
        match self {
            Self::Rsa { .. } => {
                &[Algorithm::Rs384, Algorithm::Rs256, Algorithm::Rs512, Algorithm::Ps384, Algorithm::Ps256]
            }
            Self::P256 => &[Algorithm::Es256],
            Self::P384 => &[Algorithm::Es384],
        }
    }

    /// The algorithm used when nothing else is asked for.
    #[must_use]
    pub const fn default_algorithm(&self) -> Algorithm {
        match self {
            Self::Rsa { .. } => Algorithm::Rs384,
            Self::P256 => Algorithm::Es256,
            Self::P384 => Algorithm::Es384,
        }
    }

    pub(crate) fn fits(self, algorithm: Algorithm) -> bool {
        self.algorithms().contains(&algorithm)
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa { bits } => write!(f, "RSA {bits}"),
            Self::P256 => f.write_str("EC P-256"),
            Self::P384 => f.write_str("EC P-384"),
        }
    }
}

/// The smallest modulus accepted anywhere (RFC 7518 §3.3).
pub(crate) const MIN_RSA_BITS: usize = 2048;
/// The largest modulus that aws-lc-rs works with.
pub(crate) const MAX_RSA_BITS: usize = 8192;
