//! What `check` finds in a store.

use std::collections::BTreeSet;
use std::fmt;

use safire::store::RecordId;
use safire::store::StoreError;

use crate::contents::Contents;
use crate::seal::Sealer;

/// What a store holds, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckReport {
    /// How many registrations.
    pub records: usize,
    /// How many tokens.
    pub tokens: usize,
    /// How many leases, ended ones included.
    pub leases: usize,
    /// How many entries of history.
    pub history: usize,
    /// What is wrong; empty for a sound store.
    pub findings: Vec<Finding>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// A registration does not open.
    UnreadableRecord {
        /// Its id, as the row has it.
        id: String,
        /// Why.
        detail: String,
    },
    /// A token does not open.
    UnreadableToken {
        /// The id of its registration, as the row has it.
        id: String,
        /// Its slot.
        slot: String,
        /// Why.
        detail: String,
    },
    /// A token of a registration that is not there.
    OrphanToken {
        /// The id of the registration.
        id: String,
        /// Its slot.
        slot: String,
    },
    /// A lease of a registration that is not there.
    OrphanLease {
        /// The id of the registration.
        id: String,
        /// Its slot.
        slot: String,
    },
    /// An answer lies in a rescue room of this machine and was not taken in.
    AnswerWaits {
        /// The registration.
        id: RecordId,
    },
    /// The database itself says that it is damaged.
    Damaged {
        /// What it says.
        detail: String,
    },
}

impl CheckReport {
    /// Looks at everything.
    pub(crate) fn of(contents: &Contents, sealer: &Sealer, store: &str) -> Self {
        let mut findings = Vec::new();
        let mut ids = BTreeSet::new();
        for row in &contents.records {
            ids.insert(row.clear.id.as_str());
            if let Err(error) = row.unseal(sealer, store) {
                findings.push(Finding::UnreadableRecord { id: row.clear.id.clone(), detail: told(&error) });
            }
        }
        for row in &contents.tokens {
            let (id, slot) = (row.record.clone(), row.slot.clone());
            if !ids.contains(row.record.as_str()) {
                findings.push(Finding::OrphanToken { id, slot });
            } else if let Err(error) = row.unseal(sealer, store) {
                findings.push(Finding::UnreadableToken { id, slot, detail: told(&error) });
            }
        }
        for (id, slot) in &contents.leases {
            if !ids.contains(id.as_str()) {
                findings.push(Finding::OrphanLease { id: id.clone(), slot: slot.clone() });
            }
        }
        Self {
            records: contents.records.len(),
            tokens: contents.tokens.len(),
            leases: contents.leases.len(),
            history: contents.history.len(),
            findings,
        }
    }
}

impl Finding {
    /// The stable kebab-case name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnreadableRecord { .. } => "unreadable-record",
            Self::UnreadableToken { .. } => "unreadable-token",
            Self::OrphanToken { .. } => "orphan-token",
            Self::OrphanLease { .. } => "orphan-lease",
            Self::AnswerWaits { .. } => "answer-waits",
            Self::Damaged { .. } => "damaged",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnreadableRecord { id, detail } => write!(f, "registration `{id}` is unreadable: {detail}"),
            Self::UnreadableToken { id, slot, detail } => {
                write!(f, "token `{slot}` of registration `{id}` is unreadable: {detail}")
            }
            Self::OrphanToken { id, slot } => {
                write!(f, "token `{slot}` belongs to registration `{id}`, which is not there")
            }
            Self::OrphanLease { id, slot } => {
                write!(f, "a lease of `{slot}` belongs to registration `{id}`, which is not there")
            }
            Self::AnswerWaits { id } => write!(f, "the answer of registration `{id}` waits to be taken in"),
            Self::Damaged { detail } => write!(f, "the database is damaged: {detail}"),
        }
    }
}

/// Without the id, which the finding has.
fn told(error: &StoreError) -> String {
    if let StoreError::Unreadable { reason, .. } = error { reason.to_string() } else { error.to_string() }
}
