//! What can be asked of a store.

use super::record::Record;
use super::record::RecordId;

/// One atomic change.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Change {
    /// Adds a record. With [`Repeat::Find`] it fails with [`super::StoreError::Exists`] when a record with the same
    /// fingerprint is there and [`super::State::is_live`]; the check and the insertion are one transaction.
    Insert {
        /// The new record; its id must be new.
        record: Box<Record>,
        /// What a live record with the same fingerprint means.
        repeat: Repeat,
    },
    /// Replaces the record with the same id.
    Replace(Box<Record>),
    /// Removes a record; what had been reserved for it is removed too.
    Remove(RecordId),
}

/// What a live record with the same fingerprint means for an insertion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "find it or not")]
pub enum Repeat {
    /// It is found instead: nothing is inserted.
    Find,
    /// It does not matter: insert anyway.
    Insert,
}

/// Which records to load.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Query {
    /// All of them.
    All,
    /// The one with this id.
    Id(RecordId),
    /// Those at this FHIR base, by [`safire_protocol::url::FhirBase::key`].
    BaseKey(String),
    /// Those with this fingerprint.
    Fingerprint(String),
}
