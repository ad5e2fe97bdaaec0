//! What can be asked of a store.

use safire_protocol::time::UnixTime;

use super::lease::LeaseOwner;
use super::record::Record;
use super::record::RecordId;
use super::record::State;
use super::token::TokenKey;
use super::token::TokenRecord;

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
    /// Changes where a record stands, and nothing else of it: what another process has written since the record was
    /// loaded stays. Nothing happens where it no longer stands at `from`; without the record it fails with
    /// [`super::StoreError::Unknown`].
    SetState {
        /// The record.
        id: RecordId,
        /// Where it must stand.
        from: State,
        /// Where it stands then.
        to: State,
        /// When that was.
        at: UnixTime,
    },
    /// Removes a record; its tokens, and what had been reserved for it, are removed too.
    Remove(RecordId),
    /// Keeps a token in the place of the slot's last one, and ends the lease of `release` in the same transaction.
    /// Without the record of its registration it fails with [`super::StoreError::Unknown`].
    PutToken {
        /// The token.
        token: Box<TokenRecord>,
        /// Whose lease ends with it, if it is still theirs.
        release: Option<LeaseOwner>,
    },
    /// Removes a token; none there is no error.
    RemoveToken(TokenKey),
    /// Ends a lease without a new token; a lease of another owner stays.
    Release {
        /// The token that was not renewed.
        key: TokenKey,
        /// Whose lease ends.
        owner: LeaseOwner,
    },
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

/// Which tokens to load.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenQuery {
    /// Those of this registration.
    Of(RecordId),
    /// The one in this slot.
    At(TokenKey),
}
