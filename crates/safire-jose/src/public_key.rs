use std::fmt;
use std::sync::Arc;
use std::sync::OnceLock;

use aws_lc_rs::signature;
use aws_lc_rs::signature::ParsedPublicKey;
use aws_lc_rs::signature::RsaParameters;
use aws_lc_rs::signature::RsaPublicKeyComponents;
use thiserror::Error;

use crate::algorithm::Algorithm;
use crate::der;
use crate::der::Curve;
use crate::der::PublicNumbers;
use crate::jwk::Params;
use crate::key_error::KeyError;
use crate::key_error::names;
use crate::kind::KeyKind;

/// A public key, parsed once and kept ready to verify. A clone shares it.
#[derive(Clone)]
pub struct PublicKey {
    kind: KeyKind,
    prepared: Arc<Prepared>,
}

enum Prepared {
    /// aws-lc-rs binds a parsed key to an algorithm, so each is parsed at its first use.
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
        parsed: Box<[OnceLock<Option<ParsedPublicKey>>; 5]>,
    },
    Ec(ParsedPublicKey),
}

impl PublicKey {
    pub(crate) fn new(params: &Params) -> Result<Self, KeyError> {
        let kind = params.kind();
        let prepared = match params {
            Params::Rsa { n, e } => {
                let parsed: Box<[OnceLock<_>; 5]> = Box::default();
                let algorithm = kind.default_algorithm();
                let first = parse_rsa(n, e, algorithm)
                    .ok_or_else(|| KeyError::malformed("`n` and `e` are not an RSA public key"))?;
                if let Some(slot) = rsa(algorithm).and_then(|(index, _)| parsed.get(index)) {
                    slot.get_or_init(|| Some(first));
                }
                Prepared::Rsa { n: n.clone(), e: e.clone(), parsed }
            }
            Params::Ec { curve, x, y } => {
                let point = [&[4], x.as_slice(), y.as_slice()].concat();
                let algorithm = match curve {
                    Curve::P256 => &signature::ECDSA_P256_SHA256_FIXED,
                    Curve::P384 => &signature::ECDSA_P384_SHA384_FIXED,
                };
                let parsed = ParsedPublicKey::new(algorithm, point)
                    .map_err(|_| KeyError::malformed("`x` and `y` are not a point on the curve"))?;
                Prepared::Ec(parsed)
            }
        };
        Ok(Self { kind, prepared: Arc::new(prepared) })
    }

    /// Reads the DER of a `SubjectPublicKeyInfo`, such as the key of a certificate.
    ///
    /// # Errors
    /// [`KeyError`] when the kind is unknown, the key weak or the DER malformed.
    pub fn from_spki(der: &[u8]) -> Result<Self, KeyError> {
        let params = match der::public_key(der)? {
            PublicNumbers::Rsa { n, e } => Params::rsa(n, e)?,
            PublicNumbers::Ec { curve, point } => {
                let point = point.strip_prefix(&[4]).filter(|point| point.len() == 2 * curve.field());
                let (x, y) = point
                    .and_then(|point| point.split_at_checked(curve.field()))
                    .ok_or_else(|| KeyError::malformed("the point of the public key is not uncompressed"))?;
                Params::Ec { curve, x: x.to_vec(), y: y.to_vec() }
            }
        };
        Self::new(&params)
    }

    /// What the key is.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Verifies a signature in JOSE form over the message.
    ///
    /// # Errors
    /// [`VerifyError::AlgorithmMismatch`] when the algorithm does not fit the key, else
    /// [`VerifyError::BadSignature`].
    pub fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> Result<(), VerifyError> {
        if !self.kind.fits(algorithm) {
            return Err(VerifyError::AlgorithmMismatch { algorithm, kind: self.kind });
        }
        let bad = VerifyError::BadSignature { algorithm };
        let key = match self.prepared.as_ref() {
            Prepared::Ec(key) => Some(key),
            Prepared::Rsa { n, e, parsed } => rsa(algorithm)
                .and_then(|(index, _)| parsed.get(index))
                .and_then(|slot| slot.get_or_init(|| parse_rsa(n, e, algorithm)).as_ref()),
        };
        match key {
            Some(key) => key.verify_sig(message, signature).map_err(|_| bad),
            None => Err(bad),
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.kind)
    }
}

/// Why a signature does not count.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The token's algorithm is not among those that the caller accepts.
    #[error("the token is signed with {algorithm}, expected one of: {}", names(allowed))]
    AlgorithmNotAllowed {
        /// The algorithm of the header.
        algorithm: Algorithm,
        /// The algorithms accepted.
        allowed: Vec<Algorithm>,
    },
    /// The algorithm does not fit the key.
    #[error("the algorithm {algorithm} does not fit a key of kind {kind}, expected {}", names(kind.algorithms()))]
    AlgorithmMismatch {
        /// The algorithm of the header.
        algorithm: Algorithm,
        /// What the key is.
        kind: KeyKind,
    },
    /// The signature was not made by this key over these bytes.
    #[error("the {algorithm} signature does not verify with this key")]
    BadSignature {
        /// The algorithm of the header.
        algorithm: Algorithm,
    },
}

impl VerifyError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AlgorithmNotAllowed { .. } => "verify-algorithm-not-allowed",
            Self::AlgorithmMismatch { .. } => "verify-algorithm-mismatch",
            Self::BadSignature { .. } => "verify-bad-signature",
        }
    }
}

fn parse_rsa(n: &[u8], e: &[u8], algorithm: Algorithm) -> Option<ParsedPublicKey> {
    let (_, parameters) = rsa(algorithm)?;
    RsaPublicKeyComponents { n, e }.to_parsed_public_key(parameters).ok()
}

fn rsa(algorithm: Algorithm) -> Option<(usize, &'static RsaParameters)> {
    match algorithm {
        Algorithm::Rs256 => Some((0, &signature::RSA_PKCS1_2048_8192_SHA256)),
        Algorithm::Rs384 => Some((1, &signature::RSA_PKCS1_2048_8192_SHA384)),
        Algorithm::Rs512 => Some((2, &signature::RSA_PKCS1_2048_8192_SHA512)),
        Algorithm::Ps256 => Some((3, &signature::RSA_PSS_2048_8192_SHA256)),
        Algorithm::Ps384 => Some((4, &signature::RSA_PSS_2048_8192_SHA384)),
        Algorithm::Es256 | Algorithm::Es384 => None,
    }
}
