//! Sealing: AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce in front and the tag behind.

use aws_lc_rs::aead::AES_256_GCM;
use aws_lc_rs::aead::Aad;
use aws_lc_rs::aead::LessSafeKey;
use aws_lc_rs::aead::NONCE_LEN;
use aws_lc_rs::aead::Nonce;
use aws_lc_rs::aead::UnboundKey;
use safire::store::StoreError;
use zeroize::Zeroize;
use zeroize::Zeroizing;

use crate::key::KeyId;
use crate::key::SealingKey;

/// Seals and unseals with one key.
#[derive(Debug)]
pub(crate) struct Sealer {
    key: LessSafeKey,
    id: KeyId,
}

/// What a sealed text is bound to: each part with its length, so that no two lists of parts are alike.
#[derive(Debug)]
pub(crate) struct Binding(Vec<u8>);

const TAG_LEN: usize = 16;

impl Sealer {
    pub(crate) fn new(key: &SealingKey) -> Result<Self, StoreError> {
        let unbound = UnboundKey::new(&AES_256_GCM, key.expose_bytes())
            .map_err(|_| StoreError::Key { detail: "the cipher refuses it".to_owned() })?;
        Ok(Self { key: LessSafeKey::new(unbound), id: key.id() })
    }

    pub(crate) const fn key_id(&self) -> &KeyId {
        &self.id
    }

    /// The error of whoever has this key and needs the one named `wanted`.
    pub(crate) fn wrong_key(&self, store: &str, wanted: &str) -> StoreError {
        let (store, given) = (store.to_owned(), self.id.as_str().to_owned());
        StoreError::WrongKey { store, given, wanted: wanted.to_owned() }
    }

    /// Seals `plain`; the result is longer by 28 bytes.
    pub(crate) fn seal(&self, binding: &Binding, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0; NONCE_LEN];
        // Not the cipher library's generator: its first draw costs 21 ms where jitter entropy is built in.
        getrandom::fill(&mut nonce)
            .map_err(|error| StoreError::Key { detail: format!("no random numbers: {error}") })?;
        // One allocation, so that growing leaves no plain copy behind.
        let mut sealed = Vec::with_capacity(NONCE_LEN + plain.len() + TAG_LEN);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let (_, body) = sealed.split_at_mut(NONCE_LEN);
        let nonce = Nonce::assume_unique_for_key(nonce);
        match self.key.seal_in_place_separate_tag(nonce, Aad::from(&binding.0), body) {
            Ok(tag) => {
                sealed.extend_from_slice(tag.as_ref());
                Ok(sealed)
            }
            Err(_) => {
                sealed.zeroize();
                Err(StoreError::Key { detail: "the cipher refuses the text".to_owned() })
            }
        }
    }

    /// Unseals; `None` when it was sealed with another key, for another place, or was changed.
    pub(crate) fn unseal(&self, binding: &Binding, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut body = Zeroizing::new(body.to_vec());
        let length = self.key.open_in_place(nonce, Aad::from(&binding.0), &mut body).ok()?.len();
        body.truncate(length);
        Some(body)
    }
}

impl Binding {
    pub(crate) fn new(purpose: &str) -> Self {
        Self(Vec::with_capacity(256)).with(purpose)
    }

    pub(crate) fn with(mut self, part: &str) -> Self {
        self.0.extend_from_slice(&(part.len() as u64).to_be_bytes());
        self.0.extend_from_slice(part.as_bytes());
        self
    }
}
