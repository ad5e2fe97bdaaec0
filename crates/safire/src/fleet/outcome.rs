//! What became of one row.

use std::fmt;

use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;

use crate::error::Error;
use crate::store::StoreError;

/// What became of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Outcome {
    /// The server registered the client now.
    Registered,
    /// A matching registration was in the store; nothing was sent.
    Existing,
    /// The server told what it offers.
    Discovered,
    /// The same base stood in an earlier row.
    Duplicate,
    /// The server refused.
    Refused,
    /// The server does not offer it.
    Unsupported,
    /// The server's answer is of no use.
    Unusable,
    /// No complete answer, and nothing is in doubt.
    Unreachable,
    /// A certificate or signature is not trusted.
    Untrusted,
    /// Whether the server registered the client is not known.
    InDoubt,
    /// The row itself cannot be used; nothing was sent.
    Invalid,
}

impl Outcome {
    /// Every outcome, the good ones first.
    pub const ALL: [Self; 11] = [
        Self::Registered,
        Self::Existing,
        Self::Discovered,
        Self::Duplicate,
        Self::Refused,
        Self::Unsupported,
        Self::Unusable,
        Self::Unreachable,
        Self::Untrusted,
        Self::InDoubt,
        Self::Invalid,
    ];

    /// The stable kebab-case name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Existing => "existing",
            Self::Discovered => "discovered",
            Self::Duplicate => "duplicate",
            Self::Refused => "refused",
            Self::Unsupported => "unsupported",
            Self::Unusable => "unusable",
            Self::Unreachable => "unreachable",
            Self::Untrusted => "untrusted",
            Self::InDoubt => "in-doubt",
            Self::Invalid => "invalid",
        }
    }

    /// Reads the stable name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text)
    }

    /// Whether what was wanted is there now. A duplicate is: its first row stands for it.
    #[must_use]
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Registered | Self::Existing | Self::Discovered | Self::Duplicate)
    }

    /// Whether a later run may try the row again: nothing was registered, nothing is in doubt, and it may pass.
    #[must_use]
    pub const fn may_be_tried_again(self) -> bool {
        matches!(self, Self::Unreachable)
    }

    /// What an error makes of its row; `None` for one that ends the whole run, as when the store fails.
    pub(super) fn of(error: &Error) -> Option<Self> {
        if let Error::OfRecord(recorded) = error {
            let refused =
                matches!(&*recorded.error, Error::Registration(error) if error.is_definite_refusal());
            return Some(if refused { Self::Refused } else { Self::InDoubt });
        }
        if let Error::Store(StoreError::Exists { .. } | StoreError::Unknown { .. }) | Error::InDoubt { .. } =
            error
        {
            return Some(Self::InDoubt);
        }
        if matches!(error, Error::Store(_) | Error::NotStored { .. } | Error::Random { .. }) {
            return None;
        }
        Some(if let Error::Discovery(error) = error {
            of_discovery(&**error)
        } else {
            of_fault(error.fault())
        })
    }
}

/// A document or endpoint that is not there is not offered; a status that passes is like no answer.
fn of_discovery(error: &dyn Diagnose) -> Outcome {
    match error.code() {
        "missing-endpoint" | "discovery-not-found" => Outcome::Unsupported,
        "discovery-forbidden" => Outcome::Refused,
        _ if error.is_retryable() => Outcome::Unreachable,
        _ => of_fault(error.fault()),
    }
}

fn of_fault(fault: Fault) -> Outcome {
    match fault {
        Fault::Caller => Outcome::Invalid,
        Fault::Network => Outcome::Unreachable,
        Fault::Trust => Outcome::Untrusted,
        Fault::Server | Fault::Store | Fault::Bug | _ => Outcome::Unusable,
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
