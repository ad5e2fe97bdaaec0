//! The key that seals a store.

use std::fmt;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::GeneralPurpose;
use base64::engine::GeneralPurposeConfig;
use base64::engine::general_purpose::STANDARD;
use safire::store::StoreError;
use zeroize::Zeroizing;

/// The key that seals a store: 32 bytes, wiped when dropped.
#[derive(Clone)]
pub struct SealingKey(Zeroizing<[u8; LENGTH]>);

/// The public name of a sealing key: it tells keys apart and reveals nothing of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeyId(String);

const LENGTH: usize = 32;
const LABEL: &[u8] = b"safire sealing key id\0";
const FORGIVING: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD_TEXT: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::STANDARD, FORGIVING);
const URL_SAFE_TEXT: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::URL_SAFE, FORGIVING);

impl SealingKey {
    /// Makes a key from the system's random numbers.
    ///
    /// # Errors
    /// [`StoreError::Key`] when the system gives none.
    pub fn generate() -> Result<Self, StoreError> {
        let mut bytes = Zeroizing::new([0; LENGTH]);
        getrandom::fill(bytes.as_mut_slice())
            .map_err(|error| StoreError::Key { detail: format!("no random numbers: {error}") })?;
        Ok(Self(bytes))
    }

    /// Reads a key from base64 (RFC 4648 §4 or §5, padded or not, blanks around it ignored).
    ///
    /// # Errors
    /// [`StoreError::Key`] when that does not give 32 bytes.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let text = text.trim();
        let engine = if text.contains(['-', '_']) { &URL_SAFE_TEXT } else { &STANDARD_TEXT };
        let bytes = engine
            .decode(text)
            .map(Zeroizing::new)
            .map_err(|_| StoreError::Key { detail: "it is not base64".to_owned() })?;
        let mut key = Zeroizing::new([0; LENGTH]);
        if bytes.len() != LENGTH {
            let detail = format!("it has {} bytes instead of {LENGTH}", bytes.len());
            return Err(StoreError::Key { detail });
        }
        key.copy_from_slice(&bytes);
        Ok(Self(key))
    }

    /// The key as base64, as [`Self::parse`] reads it.
    #[must_use]
    pub fn expose_base64(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(self.0.as_slice()))
    }

    /// The public name of the key.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(LABEL);
        context.update(self.0.as_slice());
        let hash = context.finish();
        KeyId(hash.as_ref().iter().take(4).map(|byte| format!("{byte:02x}")).collect())
    }

    /// The bytes, for the cipher.
    pub(crate) fn expose_bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey([redacted])")
    }
}

impl KeyId {
    /// Eight hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
