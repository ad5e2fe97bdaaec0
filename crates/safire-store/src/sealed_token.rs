//! A token as it lies in a row, whatever the database.

use safire::protocol::time::UnixTime;
use safire::store::ContentError;
use safire::store::RecordId;
use safire::store::StoreError;
use safire::store::TokenKey;
use safire::store::TokenRecord;
use safire::store::TokenSlot;
use zeroize::Zeroizing;

use crate::seal::Binding;
use crate::seal::Sealer;

/// A token as it lies in a row.
#[derive(Debug)]
pub(crate) struct SealedToken {
    pub(crate) record: String,
    pub(crate) slot: String,
    pub(crate) generation: i64,
    pub(crate) updated_at: i64,
    pub(crate) key_id: String,
    pub(crate) sealed: Vec<u8>,
}

impl SealedToken {
    pub(crate) fn seal(sealer: &Sealer, token: &TokenRecord) -> Result<Self, StoreError> {
        let (record, slot) = (token.key.record.as_str(), token.key.slot.as_str());
        let generation = i64::try_from(token.generation).unwrap_or(i64::MAX);
        let updated_at = token.updated_at.as_seconds();
        Self::seal_parts(sealer, (record, slot, generation, updated_at), &token.to_bytes())
    }

    /// Seals a token that is in its form at rest.
    pub(crate) fn seal_parts(
        sealer: &Sealer,
        (record, slot, generation, updated_at): (&str, &str, i64, i64),
        token: &[u8],
    ) -> Result<Self, StoreError> {
        let sealed = sealer.seal(&binding(sealer, record, slot, generation), token)?;
        let (record, slot, key_id) =
            (record.to_owned(), slot.to_owned(), sealer.key_id().as_str().to_owned());
        Ok(Self { record, slot, generation, updated_at, key_id, sealed })
    }

    /// The whole token again; `store` is the store's name for an error.
    pub(crate) fn unseal(&self, sealer: &Sealer, store: &str) -> Result<TokenRecord, StoreError> {
        let plain = self.open(sealer, store)?;
        let record = self.record_id(store)?;
        let key = TokenKey { record: record.clone(), slot: TokenSlot::from_text(self.slot.as_str()) };
        let generation = u64::try_from(self.generation).unwrap_or_default();
        let updated_at = UnixTime::from_seconds(self.updated_at);
        TokenRecord::from_bytes(key, generation, updated_at, &plain)
            .map_err(|reason| StoreError::Unreadable { id: record, reason })
    }

    /// The token in its form at rest.
    pub(crate) fn open(&self, sealer: &Sealer, store: &str) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let id = self.record_id(store)?;
        let binding = binding(sealer, &self.record, &self.slot, self.generation);
        sealer.unseal(&binding, &self.sealed).ok_or_else(|| {
            if self.key_id != sealer.key_id().as_str() {
                return sealer.wrong_key(store, &self.key_id);
            }
            let what = "a token's seal is broken, or it belongs to another row";
            StoreError::Unreadable { id, reason: ContentError::Damaged { what } }
        })
    }

    fn record_id(&self, store: &str) -> Result<RecordId, StoreError> {
        RecordId::parse(&self.record).ok_or_else(|| {
            let detail = "a token belongs to no readable id".to_owned();
            StoreError::Failed { store: store.to_owned(), doing: "reading it", detail }
        })
    }
}

/// A token opens in its own row only: not under another registration, and not as another generation.
fn binding(sealer: &Sealer, record: &str, slot: &str, generation: i64) -> Binding {
    Binding::new("safire token 1")
        .with(record)
        .with(slot)
        .with(&generation.to_string())
        .with(sealer.key_id().as_str())
}
