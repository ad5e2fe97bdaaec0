//! Who signs: a key in memory, or an HSM or cloud KMS that never gives its key away.

use std::fmt::Debug;

use safire_protocol::jose::Algorithm;
use safire_protocol::jose::PrivateKey;
use thiserror::Error;

use crate::future::BoxFuture;

/// Signs the input of a JWS. Implement it for an HSM or a KMS.
pub trait Signer: Send + Sync + Debug {
    /// The `kid` under which the server knows the public half.
    fn kid(&self) -> &str;

    /// The algorithm of every signature.
    fn algorithm(&self) -> Algorithm;

    /// Signs `input` and returns the signature in JOSE form (RFC 7518 §3; for ECDSA `r || s`).
    ///
    /// # Errors
    /// [`SignerError`] when the key cannot be used or its keeper does not answer.
    fn sign<'a>(&'a self, input: &'a [u8]) -> BoxFuture<'a, Result<Vec<u8>, SignerError>>;
}

/// Why nothing was signed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the key `{kid}` did not sign: {detail}")]
#[non_exhaustive]
pub struct SignerError {
    /// The key asked for.
    pub kid: String,
    /// What its keeper says, without key material.
    pub detail: String,
}

impl SignerError {
    /// An error of the key `kid`.
    #[must_use]
    pub fn new(kid: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { kid: kid.into(), detail: detail.into() }
    }
}

/// Signs with a private key in memory, parsed once.
#[derive(Debug, Clone)]
pub struct KeySigner {
    key: PrivateKey,
    algorithm: Algorithm,
}

impl KeySigner {
    /// Signs with the key's own algorithm.
    #[must_use]
    pub fn new(key: PrivateKey) -> Self {
        let algorithm = key.algorithm();
        Self { key, algorithm }
    }

    /// Signs with another algorithm that fits the key.
    ///
    /// # Errors
    /// [`SignerError`] when the algorithm does not fit the key.
    pub fn with_algorithm(key: PrivateKey, algorithm: Algorithm) -> Result<Self, SignerError> {
        key.check_algorithm(algorithm).map_err(|error| SignerError::new(key.kid(), error.to_string()))?;
        Ok(Self { key, algorithm })
    }

    /// The key.
    #[must_use]
    pub const fn key(&self) -> &PrivateKey {
        &self.key
    }
}

impl Signer for KeySigner {
    fn kid(&self) -> &str {
        self.key.kid()
    }

    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn sign<'a>(&'a self, input: &'a [u8]) -> BoxFuture<'a, Result<Vec<u8>, SignerError>> {
        let signed = self
            .key
            .sign(self.algorithm, input)
            .map_err(|error| SignerError::new(self.key.kid(), error.to_string()));
        Box::pin(std::future::ready(signed))
    }
}
