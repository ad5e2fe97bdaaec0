use std::sync::Arc;

use safire_jose::Algorithm;
use safire_jose::Jwk;
use safire_jose::JwkSet;
use safire_jose::KeyError;
use safire_jose::PublicKey;
use serde_json::Value;

/// The published keys of an issuer, each prepared once for all the tokens it will verify. A clone shares them.
///
/// Keys of a kind that is not used here and keys that are none are left out with the reason.
#[derive(Debug, Clone, Default)]
pub struct KeySet {
    keys: Arc<[PreparedKey]>,
    unusable: Arc<[UnusableKey]>,
}

/// A published key that no token can be verified with.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnusableKey {
    /// Its `kid`, if it has one.
    pub kid: Option<String>,
    /// Why it is left out.
    pub reason: String,
}

/// A key that is ready to verify.
#[derive(Debug, Clone)]
pub(super) struct PreparedKey {
    kid: Option<String>,
    algorithm: Option<String>,
    pub(super) key: PublicKey,
}

/// The keys that may have signed a token.
#[derive(Debug)]
pub(super) enum Candidates<'a> {
    /// These, of which more than one only where the names do not tell them apart.
    Keys(Vec<&'a PreparedKey>),
    /// The set has no key of that name.
    Unknown,
    /// The set has the key, and it cannot be used.
    Unusable(&'a UnusableKey),
    /// The set has the key, and it is for other algorithms.
    OtherAlgorithm,
}

impl KeySet {
    /// Reads a JWK Set and prepares its keys.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] when the value is no object with an array `keys`. A bad key is no error.
    ///
    /// Specification: RFC 7517 §5.
    pub fn parse(document: &Value) -> Result<Self, KeyError> {
        JwkSet::parse(document).map(|set| Self::of(&set))
    }

    /// Prepares the keys of a set.
    #[must_use]
    pub fn of(set: &JwkSet) -> Self {
        let skipped = set.skipped().iter();
        let mut unusable: Vec<_> = skipped
            .map(|skipped| UnusableKey { kid: skipped.kid.clone(), reason: skipped.reason.clone() })
            .collect();
        let mut keys = Vec::with_capacity(set.keys().len());
        for jwk in set.keys() {
            match PreparedKey::of(jwk) {
                Ok(key) => keys.push(key),
                Err(error) => unusable
                    .push(UnusableKey { kid: jwk.kid().map(str::to_owned), reason: error.to_string() }),
            }
        }
        Self { keys: keys.into(), unusable: unusable.into() }
    }

    /// How many keys can be used.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether no key can be used.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The names of the keys that can be used.
    pub fn kids(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().filter_map(|key| key.kid.as_deref())
    }

    /// The keys that are left out.
    #[must_use]
    pub fn unusable(&self) -> &[UnusableKey] {
        &self.unusable
    }

    /// The keys that a token with this header may be signed by.
    ///
    /// OpenID Connect Core §10.1: `kid` tells them apart; without one, every key that fits may have signed. So may
    /// the keys of a set in which none has a name (Aidbox).
    pub(super) fn candidates(&self, kid: Option<&str>, algorithm: Algorithm) -> Candidates<'_> {
        let named: Vec<&PreparedKey> = match kid {
            Some(kid) if self.kids().next().is_some() || self.is_empty() => {
                self.keys.iter().filter(|key| key.kid.as_deref() == Some(kid)).collect()
            }
            Some(_) | None => self.keys.iter().collect(),
        };
        if named.is_empty() {
            let unusable = self.unusable.iter().find(|key| kid.is_some() && key.kid.as_deref() == kid);
            return unusable.map_or(Candidates::Unknown, Candidates::Unusable);
        }
        let fitting: Vec<_> = named.into_iter().filter(|key| key.fits(algorithm)).collect();
        if fitting.is_empty() { Candidates::OtherAlgorithm } else { Candidates::Keys(fitting) }
    }
}

impl PreparedKey {
    fn of(jwk: &Jwk) -> Result<Self, KeyError> {
        Ok(Self {
            kid: jwk.kid().map(str::to_owned),
            algorithm: jwk.algorithm().map(str::to_owned),
            key: jwk.verifying_key()?,
        })
    }

    /// RFC 7517 §4.4: `alg`, where it stands, is the one algorithm that the key is for.
    fn fits(&self, algorithm: Algorithm) -> bool {
        self.key.kind().algorithms().contains(&algorithm)
            && self.algorithm.as_deref().is_none_or(|intended| intended == algorithm.as_str())
    }

    /// Whether the key has a name.
    pub(super) const fn is_named(&self) -> bool {
        self.kid.is_some()
    }
}
