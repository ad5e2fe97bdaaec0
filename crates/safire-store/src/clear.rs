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

use crate::seal::Binding;
use crate::seal::Sealer;

/// The clear members of a record, as columns and in a rescue file.
#[derive(Debug, Serialize, Deserialize)]
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

    /// Seals the content of the record that these members belong to.
    pub(crate) fn seal(&self, sealer: &Sealer, content: &Content) -> Result<Vec<u8>, StoreError> {
        sealer.seal(&self.binding(sealer), &content.to_bytes())
    }

    /// The whole record again.
    pub(crate) fn unseal(self, sealer: &Sealer, sealed: &[u8]) -> Result<Record, StoreError> {
        let Some(id) = RecordId::parse(&self.id) else {
            // The id is the only handle; what is shown instead is a name that no record has.
            let detail = "a row has no readable id".to_owned();
            return Err(StoreError::Failed { store: String::new(), doing: "reading it", detail });
        };
        let damaged =
            |what| StoreError::Unreadable { id: id.clone(), reason: ContentError::Damaged { what } };
        let plain = sealer
            .unseal(&self.binding(sealer), sealed)
            .ok_or_else(|| damaged("its seal is broken, or it belongs to another row"))?;
        let content = Content::from_bytes(&plain)
            .map_err(|reason| StoreError::Unreadable { id: id.clone(), reason })?;
        let state = State::parse(&self.state).ok_or_else(|| damaged("its state is unknown"))?;
        let protocol = Protocol::parse(&self.protocol).ok_or_else(|| damaged("its protocol is unknown"))?;
        let created = UnixTime::from_seconds(self.created_at);
        let mut record = Record::new(id.clone(), self.base_url, self.base_key, state, created, content);
        record.protocol = protocol;
        record.fingerprint = self.fingerprint;
        record.client_id = self.client_id.and_then(ClientId::parse);
        record.client_name = self.client_name;
        record.updated_at = UnixTime::from_seconds(self.updated_at);
        Ok(record)
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
