//! The part of a record that stays readable, and what its sealed part is bound to.

use safire::protocol::identifier::ClientId;
use safire::protocol::time::UnixTime;
use safire::store::Content;
use safire::store::ContentError;
use safire::store::Protocol;
use safire::store::Record;
use safire::store::RecordId;
use safire::store::State;
use safire::store::StoreError;
use serde::Deserialize;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::seal::Binding;
use crate::seal::Sealer;

/// The clear members of a record, as columns and in a rescue file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Clear {
    pub(crate) id: String,
    pub(crate) protocol: String,
    pub(crate) base_url: String,
    pub(crate) base_key: String,
    pub(crate) fingerprint: Option<String>,
    pub(crate) state: String,
    pub(crate) client_id: Option<String>,
    pub(crate) client_name: Option<String>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

impl Clear {
    pub(crate) fn of(record: &Record) -> Self {
        Self {
            id: record.id.as_str().to_owned(),
            protocol: record.protocol.as_str().to_owned(),
            base_url: record.base_url.clone(),
            base_key: record.base_key.clone(),
            fingerprint: record.fingerprint.clone(),
            state: record.state.as_str().to_owned(),
            client_id: record.client_id.as_ref().map(|id| id.as_str().to_owned()),
            client_name: record.client_name.clone(),
            created_at: record.created_at.as_seconds(),
            updated_at: record.updated_at.as_seconds(),
        }
    }

    /// Whatever decides where a secret is sent is bound, so that editing a row cannot redirect it.
    pub(crate) fn binding(&self, sealer: &Sealer) -> Binding {
        Binding::new("safire record 1")
            .with(&self.id)
            .with(sealer.key_id().as_str())
            .with(&self.protocol)
            .with(&self.base_url)
            .with(&self.base_key)
            .with(self.client_id.as_deref().unwrap_or_default())
    }
}

/// A record as it lies in a row: its clear members and the sealed content.
#[derive(Debug)]
pub(crate) struct SealedRecord {
    pub(crate) clear: Clear,
    pub(crate) key_id: String,
    pub(crate) sealed: Vec<u8>,
}

impl SealedRecord {
    pub(crate) fn seal(sealer: &Sealer, record: &Record) -> Result<Self, StoreError> {
        Self::seal_parts(sealer, Clear::of(record), &record.content.to_bytes())
    }

    /// Seals content that is in its form at rest.
    pub(crate) fn seal_parts(sealer: &Sealer, clear: Clear, content: &[u8]) -> Result<Self, StoreError> {
        let sealed = sealer.seal(&clear.binding(sealer), content)?;
        Ok(Self { clear, key_id: sealer.key_id().as_str().to_owned(), sealed })
    }

    /// The whole record again; `store` is the store's name for an error.
    pub(crate) fn unseal(&self, sealer: &Sealer, store: &str) -> Result<Record, StoreError> {
        let clear = &self.clear;
        let Some(id) = RecordId::parse(&clear.id) else {
            // The id is the only handle; what is shown instead is a name that no record has.
            let detail = "a row has no readable id".to_owned();
            return Err(StoreError::Failed { store: store.to_owned(), doing: "reading it", detail });
        };
        let damaged =
            |what| StoreError::Unreadable { id: id.clone(), reason: ContentError::Damaged { what } };
        let plain = self.open(sealer, store)?;
        let content = Content::from_bytes(&plain)
            .map_err(|reason| StoreError::Unreadable { id: id.clone(), reason })?;
        let state = State::parse(&clear.state).ok_or_else(|| damaged("its state is unknown"))?;
        let protocol = Protocol::parse(&clear.protocol).ok_or_else(|| damaged("its protocol is unknown"))?;
        let created = UnixTime::from_seconds(clear.created_at);
        let (base_url, base_key) = (clear.base_url.clone(), clear.base_key.clone());
        let mut record = Record::new(id.clone(), base_url, base_key, state, created, content);
        record.protocol = protocol;
        record.fingerprint = clear.fingerprint.clone();
        record.client_id = clear.client_id.clone().and_then(ClientId::parse);
        record.client_name = clear.client_name.clone();
        record.updated_at = UnixTime::from_seconds(clear.updated_at);
        Ok(record)
    }

    /// The content in its form at rest.
    pub(crate) fn open(&self, sealer: &Sealer, store: &str) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let opened = sealer.unseal(&self.clear.binding(sealer), &self.sealed);
        opened.ok_or_else(|| match RecordId::parse(&self.clear.id) {
            // The key of the store was changed since it was opened.
            _ if self.key_id != sealer.key_id().as_str() => sealer.wrong_key(store, &self.key_id),
            Some(id) => {
                let what = "its seal is broken, or it belongs to another row";
                StoreError::Unreadable { id, reason: ContentError::Damaged { what } }
            }
            None => {
                let detail = "a row has no readable id".to_owned();
                StoreError::Failed { store: store.to_owned(), doing: "reading it", detail }
            }
        })
    }
}

/// Whether room for an answer belongs to the record.
pub(crate) fn awaits_answer(record: &Record) -> bool {
    record.state == State::InDoubt && record.content.answer.is_none()
}
