//! The rows of a fleet as they lie in a database, whatever the database.

use safire::fleet::ClaimedRow;
use safire::fleet::End;
use safire::fleet::Ended;
use safire::fleet::NewRow;
use safire::fleet::RowInput;
use safire::fleet::source::Place;
use safire::store::StoreError;
use zeroize::Zeroizing;

use crate::seal::Binding;
use crate::seal::Sealer;

/// What a waiting row needs, sealed: it may hold a token.
#[derive(Debug, Clone)]
pub(crate) struct SealedInput {
    pub(crate) fleet: String,
    pub(crate) number: i64,
    pub(crate) base: String,
    pub(crate) key_id: String,
    pub(crate) sealed: Vec<u8>,
}

/// A waiting row as it is read.
#[derive(Debug)]
pub(crate) struct WaitingRow {
    pub(crate) line: i64,
    pub(crate) entry: Option<i64>,
    pub(crate) host: String,
    pub(crate) attempt: i64,
    pub(crate) input: SealedInput,
}

/// How a row ends, as columns.
#[derive(Debug)]
pub(crate) struct EndColumns {
    pub(crate) number: i64,
    pub(crate) outcome: &'static str,
    pub(crate) code: Option<String>,
    pub(crate) vendor: Option<String>,
    pub(crate) record: Option<String>,
    pub(crate) at: i64,
    /// Whether what the row needs stays, for another try.
    pub(crate) keeps_input: bool,
}

impl SealedInput {
    pub(crate) fn seal(sealer: &Sealer, fleet: &str, row: &NewRow) -> Result<Self, StoreError> {
        Self::seal_parts(sealer, (fleet, number(row.number), &row.base), &row.input.to_bytes())
    }

    /// Seals an input that is in its form at rest.
    pub(crate) fn seal_parts(
        sealer: &Sealer,
        (fleet, number, base): (&str, i64, &str),
        input: &[u8],
    ) -> Result<Self, StoreError> {
        let sealed = sealer.seal(&binding(sealer, fleet, number, base), input)?;
        let (fleet, base, key_id) = (fleet.to_owned(), base.to_owned(), sealer.key_id().as_str().to_owned());
        Ok(Self { fleet, number, base, key_id, sealed })
    }

    /// The same, sealed with another key.
    pub(crate) fn resealed(&self, old: &Sealer, new: &Sealer, store: &str) -> Result<Self, StoreError> {
        let input = self.open(old, store)?;
        Self::seal_parts(new, (&self.fleet, self.number, &self.base), &input)
    }

    fn open(&self, sealer: &Sealer, store: &str) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let binding = binding(sealer, &self.fleet, self.number, &self.base);
        sealer.unseal(&binding, &self.sealed).ok_or_else(|| {
            if self.key_id != sealer.key_id().as_str() {
                return sealer.wrong_key(store, &self.key_id);
            }
            self.unreadable(store, "its seal is broken, or it belongs to another row")
        })
    }

    fn unreadable(&self, store: &str, why: &str) -> StoreError {
        let detail = format!("row {} of fleet {}: {why}", self.number, self.fleet);
        StoreError::Failed { store: store.to_owned(), doing: "reading a fleet", detail }
    }
}

impl WaitingRow {
    /// The row for its worker; `store` is the store's name for an error.
    pub(crate) fn unseal(self, sealer: &Sealer, store: &str) -> Result<ClaimedRow, StoreError> {
        let plain = self.input.open(sealer, store)?;
        let input = RowInput::from_bytes(&plain)
            .map_err(|reason| self.input.unreadable(store, &reason.to_string()))?;
        Ok(ClaimedRow {
            number: count(self.input.number),
            place: place(self.line, self.entry),
            base: self.input.base,
            host: self.host,
            attempt: u32::try_from(self.attempt).unwrap_or(u32::MAX),
            input,
        })
    }
}

impl EndColumns {
    pub(crate) fn of(row: u64, ended: &Ended) -> Self {
        Self {
            number: number(row),
            outcome: ended.outcome.as_str(),
            code: ended.code.clone(),
            vendor: ended.vendor.clone(),
            record: ended.record.as_ref().map(|id| id.as_str().to_owned()),
            at: ended.at.as_seconds(),
            keeps_input: ended.outcome.may_be_tried_again(),
        }
    }
}

/// Rows that ended, and rows that are given back.
pub(crate) fn sort(rows: &[(u64, End)]) -> (Vec<EndColumns>, Vec<i64>) {
    let mut sorted = (Vec::new(), Vec::new());
    for (row, end) in rows {
        match end {
            End::Ended(ended) => sorted.0.push(EndColumns::of(*row, ended)),
            End::GivenBack => sorted.1.push(number(*row)),
        }
    }
    sorted
}

pub(crate) fn place(line: i64, entry: Option<i64>) -> Place {
    Place { line: count(line), entry: entry.map(count) }
}

pub(crate) fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub(crate) fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

/// An input opens in its own row only, and for the base that it was loaded with.
fn binding(sealer: &Sealer, fleet: &str, number: i64, base: &str) -> Binding {
    Binding::new("safire fleet row 1")
        .with(fleet)
        .with(&number.to_string())
        .with(base)
        .with(sealer.key_id().as_str())
}
