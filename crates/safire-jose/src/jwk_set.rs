use serde::Serialize;
use serde::Serializer;
use serde_json::Value;
use serde_json::json;

use crate::jwk::Jwk;
use crate::key_error::KeyError;

/// The public keys of a party, as JWK Set.
///
/// Keys of a kind that we do not use, or weak ones, are skipped with a reason and do not spoil the rest.
///
/// Specification: RFC 7517 §5.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JwkSet {
    keys: Vec<Jwk>,
    skipped: Vec<SkippedKey>,
}

/// A key of a set that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SkippedKey {
    /// Its place in `keys`.
    pub index: usize,
    /// Its `kid`, if it has one.
    pub kid: Option<String>,
    /// Why it cannot be used.
    pub reason: String,
}

impl JwkSet {
    /// Reads a JWK Set.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] when the value is no object with an array `keys`. A bad key is no error.
    pub fn parse(value: &Value) -> Result<Self, KeyError> {
        let listed = value
            .get("keys")
            .and_then(Value::as_array)
            .ok_or_else(|| KeyError::malformed("a JWK Set must be an object with an array `keys`"))?;
        let mut set = Self::default();
        for (index, value) in listed.iter().enumerate() {
            let reason = match Jwk::parse(value) {
                // RFC 7517 §4.2: a key for encryption does not verify signatures.
                Ok(key) if key.usage().is_some_and(|usage| usage != "sig") => {
                    format!("its `use` is `{}`, expected `sig`", key.usage().unwrap_or_default())
                }
                Ok(key) => {
                    set.keys.push(key);
                    continue;
                }
                Err(error) => error.to_string(),
            };
            let kid = value.get("kid").and_then(Value::as_str).map(str::to_owned);
            set.skipped.push(SkippedKey { index, kid, reason });
        }
        Ok(set)
    }

    /// A set of these keys.
    #[must_use]
    pub fn from_keys(keys: impl IntoIterator<Item = Jwk>) -> Self {
        Self { keys: keys.into_iter().collect(), skipped: Vec::new() }
    }

    /// The keys that can be used.
    #[must_use]
    pub fn keys(&self) -> &[Jwk] {
        &self.keys
    }

    /// The keys that cannot be used, with the reasons.
    #[must_use]
    pub fn skipped(&self) -> &[SkippedKey] {
        &self.skipped
    }

    /// The first key with this `kid`.
    #[must_use]
    pub fn find(&self, kid: &str) -> Option<&Jwk> {
        self.keys.iter().find(|key| key.kid() == Some(kid))
    }

    /// The set as JSON, without the skipped keys.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({ "keys": self.keys.iter().map(Jwk::to_json).collect::<Vec<_>>() })
    }
}

impl Serialize for JwkSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}
