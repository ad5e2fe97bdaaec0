use thiserror::Error;

use crate::algorithm::Algorithm;
use crate::kind::KeyKind;

/// Why a key cannot be read, made or used. No variant carries key material.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The key is protected by a passphrase. It is never asked for.
    #[error(
        "the private key is encrypted; convert it to one without a passphrase (`openssl pkcs8 -topk8 -nocrypt`)"
    )]
    Encrypted,
    /// The RSA modulus is too short (RFC 7518 §3.3).
    #[error("the RSA key has {bits} bits, expected at least 2048")]
    RsaTooSmall {
        /// Its length.
        bits: usize,
    },
    /// The RSA modulus is too long to work with.
    #[error("the RSA key has {bits} bits, expected at most 8192")]
    RsaTooLarge {
        /// Its length.
        bits: usize,
    },
    /// No RSA key of this length can be generated.
    #[error("cannot generate an RSA key of {bits} bits, expected 2048, 3072, 4096 or 8192")]
    UnsupportedSize {
        /// The length asked for.
        bits: usize,
    },
    /// The curve is not one that we sign with.
    #[error("the elliptic curve `{}` is not supported, expected P-256 or P-384", curve.escape_debug())]
    UnsupportedCurve {
        /// Its name or object identifier.
        curve: String,
    },
    /// The key is neither RSA nor EC.
    #[error("the key type `{}` is not supported, expected RSA or EC", kind.escape_debug())]
    UnsupportedKeyType {
        /// Its name or object identifier.
        kind: String,
    },
    /// Only the public half is there.
    #[error("this is a public key, expected a private one")]
    PublicOnly,
    /// There is no key in the text.
    #[error("no key found, expected PEM, DER, a JWK or a JWK Set")]
    NoKey,
    /// Several private keys, and none was chosen.
    #[error("{} private keys found ({}), choose one by its `kid`", kids.len(), kids.join(", ").escape_debug())]
    Ambiguous {
        /// Their key ids.
        kids: Vec<String>,
    },
    /// No private key has the chosen `kid`.
    #[error("no private key has the kid `{}`, there are: {}", kid.escape_debug(), kids.join(", ").escape_debug())]
    KidNotFound {
        /// The one asked for.
        kid: String,
        /// Those there are.
        kids: Vec<String>,
    },
    /// The algorithm does not fit the key.
    #[error("the algorithm {algorithm} does not fit a key of kind {kind}, expected {}", names(kind.algorithms()))]
    AlgorithmMismatch {
        /// The algorithm asked for.
        algorithm: Algorithm,
        /// What the key is.
        kind: KeyKind,
    },
    /// A public key carries private members.
    #[error("a public key must not have the private members {}", members.join(", "))]
    PrivateMembers {
        /// Their paths.
        members: Vec<String>,
    },
    /// The key is damaged or incomplete.
    #[error("the key is malformed: {what}")]
    Malformed {
        /// What is wrong, without key material.
        what: String,
    },
    /// The cryptographic library could not make a key.
    #[error("no {algorithm} key could be generated")]
    Generation {
        /// For which algorithm.
        algorithm: Algorithm,
    },
}

impl KeyError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Encrypted => "key-encrypted",
            Self::RsaTooSmall { .. } => "key-rsa-too-small",
            Self::RsaTooLarge { .. } => "key-rsa-too-large",
            Self::UnsupportedSize { .. } => "key-unsupported-size",
            Self::UnsupportedCurve { .. } => "key-unsupported-curve",
            Self::UnsupportedKeyType { .. } => "key-unsupported-type",
            Self::PublicOnly => "key-public-only",
            Self::NoKey => "key-not-found",
            Self::Ambiguous { .. } => "key-ambiguous",
            Self::KidNotFound { .. } => "key-kid-not-found",
            Self::AlgorithmMismatch { .. } => "key-algorithm-mismatch",
            Self::PrivateMembers { .. } => "key-private-members",
            Self::Malformed { .. } => "key-malformed",
            Self::Generation { .. } => "key-generation",
        }
    }

    pub(crate) fn malformed(what: impl Into<String>) -> Self {
        Self::Malformed { what: what.into() }
    }
}

pub(crate) fn names(algorithms: &[Algorithm]) -> String {
    algorithms.iter().map(|algorithm| algorithm.as_str()).collect::<Vec<_>>().join(", ")
}
