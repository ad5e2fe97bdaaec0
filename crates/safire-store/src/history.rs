//! Who changed what, and when; never a secret.

use std::fmt;

use safire::protocol::time::UnixTime;
use safire::store::State;
use safire::store::TokenSlot;

/// One change of a registration, as it is remembered in the transaction that made it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HistoryEntry {
    /// When, by the clock of the store.
    pub at: UnixTime,
    /// What was done.
    pub what: What,
    /// Where the registration stood before.
    pub from: Option<State>,
    /// Where it stands since.
    pub to: Option<State>,
    /// Which token, where it is one.
    pub slot: Option<TokenSlot>,
    /// Who did it: [`crate::Actor`].
    pub by: String,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum What {
    /// The record was added.
    Inserted,
    /// The record was changed.
    Replaced,
    /// The record was removed; its history stays.
    Removed,
    /// A token was kept.
    TokenPut,
    /// A token was removed.
    TokenRemoved,
    /// The record was added from an export.
    Imported,
    /// Something that a later version does.
    Other(String),
}

/// A change to be remembered.
#[derive(Debug)]
pub(crate) struct Event<'a> {
    pub(crate) record: &'a str,
    pub(crate) what: What,
    pub(crate) was: Option<String>,
    pub(crate) becomes: Option<&'a str>,
    pub(crate) slot: Option<&'a str>,
}

/// How many renewals of a registration's tokens are remembered: they come every few minutes, for years.
pub(crate) const KEPT_RENEWALS: i64 = 100;

impl What {
    /// The stable kebab-case name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Inserted => "inserted",
            Self::Replaced => "replaced",
            Self::Removed => "removed",
            Self::TokenPut => "token-put",
            Self::TokenRemoved => "token-removed",
            Self::Imported => "imported",
            Self::Other(name) => name,
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "inserted" => Self::Inserted,
            "replaced" => Self::Replaced,
            "removed" => Self::Removed,
            "token-put" => Self::TokenPut,
            "token-removed" => Self::TokenRemoved,
            "imported" => Self::Imported,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl HistoryEntry {
    pub(crate) fn of(
        at: UnixTime,
        what: &str,
        was: Option<&str>,
        becomes: Option<&str>,
        slot: Option<String>,
        by: String,
    ) -> Self {
        Self {
            at,
            what: What::parse(what),
            from: was.and_then(State::parse),
            to: becomes.and_then(State::parse),
            slot: slot.map(TokenSlot::from_text),
            by,
        }
    }
}

impl<'a> Event<'a> {
    pub(crate) fn of_record(
        record: &'a str,
        what: What,
        was: Option<String>,
        becomes: Option<&'a str>,
    ) -> Self {
        Self { record, what, was, becomes, slot: None }
    }

    pub(crate) const fn of_token(record: &'a str, slot: &'a str, what: What) -> Self {
        Self { record, what, was: None, becomes: None, slot: Some(slot) }
    }
}
