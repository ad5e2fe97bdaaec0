//! Everything that a store holds at one moment, still sealed.

use safire::protocol::time::UnixTime;
use safire::store::RecordId;
use safire::store::State;
use safire::store::StoreError;
use serde::Deserialize;
use serde::Serialize;

use crate::clear::SealedRecord;
use crate::seal::Sealer;
use crate::sealed_token::SealedToken;

/// Everything that a store holds at one moment.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    pub(crate) records: Vec<SealedRecord>,
    pub(crate) tokens: Vec<SealedToken>,
    /// Of leases only whose they would be: record and slot.
    pub(crate) leases: Vec<(String, String)>,
    pub(crate) history: Vec<HistoryRow>,
}

/// A row of the history.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct HistoryRow {
    pub(crate) at: i64,
    pub(crate) record: String,
    pub(crate) what: String,
    pub(crate) was: Option<String>,
    pub(crate) becomes: Option<String>,
    pub(crate) slot: Option<String>,
    pub(crate) actor: String,
}

/// A request and all its retries are over by then, however slow the server.
const UNDER_WAY: i64 = 600;

impl Contents {
    /// Everything sealed with another key.
    pub(crate) fn resealed(&self, old: &Sealer, new: &Sealer, store: &str) -> Result<Self, StoreError> {
        let records = self.records.iter().map(|row| {
            let content = row.open(old, store)?;
            SealedRecord::seal_parts(new, row.clear.clone(), &content)
        });
        let tokens = self.tokens.iter().map(|row| {
            let token = row.open(old, store)?;
            let clear = (row.record.as_str(), row.slot.as_str(), row.generation, row.updated_at);
            SealedToken::seal_parts(new, clear, &token)
        });
        let (records, tokens) = (records.collect::<Result<_, _>>()?, tokens.collect::<Result<_, _>>()?);
        Ok(Self { records, tokens, ..Self::default() })
    }

    /// A registration whose answer some process may be waiting for: it would come under the old key.
    pub(crate) fn under_way(&self, now: UnixTime) -> Option<RecordId> {
        let waiting = self.records.iter().find(|row| {
            row.clear.state == State::InDoubt.as_str()
                && row.clear.updated_at.saturating_add(UNDER_WAY) > now.as_seconds()
        });
        waiting.and_then(|row| RecordId::parse(&row.clear.id))
    }
}
