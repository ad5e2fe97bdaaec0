//! What can go wrong with a store.

use std::borrow::Cow;
use std::path::PathBuf;

use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use thiserror::Error;

use super::content::ContentError;
use super::record::RecordId;

/// What can go wrong with a store.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A live record with the same fingerprint is there.
    #[error("registration `{id}` is already there")]
    Exists {
        /// The record found.
        id: RecordId,
    },
    /// No record with this id.
    #[error("no registration `{id}` in this store")]
    Unknown {
        /// The id asked for.
        id: RecordId,
    },
    /// The store cannot be opened or made.
    #[error("the store {store} cannot be opened: {detail}")]
    Open {
        /// The store, its password masked.
        store: String,
        /// What the system says.
        detail: String,
    },
    /// The file is something else.
    #[error("{store} is not a Safire store: {detail}")]
    NotAStore {
        /// The store, its password masked.
        store: String,
        /// What was seen.
        detail: String,
    },
    /// A later version made it.
    #[error("{store} has format {found}, this version knows up to {known}")]
    NewerFormat {
        /// The store, its password masked.
        store: String,
        /// The format seen.
        found: i64,
        /// The newest known.
        known: i64,
    },
    /// The sealing key is not the one the store was made with.
    #[error("the sealing key does not open {store}: it is key `{given}`, the store wants `{wanted}`")]
    WrongKey {
        /// The store, its password masked.
        store: String,
        /// The id of the key given.
        given: String,
        /// The id of the key wanted.
        wanted: String,
    },
    /// The sealing key cannot be had.
    #[error("the sealing key cannot be read: {detail}")]
    Key {
        /// What is wrong, without the key.
        detail: String,
    },
    /// A read or write failed; nothing changed.
    #[error("the store {store} failed while {doing}: {detail}")]
    Failed {
        /// The store, its password masked.
        store: String,
        /// What was being done.
        doing: &'static str,
        /// What the system says.
        detail: String,
    },
    /// The change could not be committed; it lies sealed beside the store and the next command takes it in.
    #[error("registration `{id}` could not be committed ({detail}); its answer is sealed in {}", path.display())]
    Rescued {
        /// The record concerned.
        id: RecordId,
        /// The rescue file.
        path: PathBuf,
        /// Why the commit failed.
        detail: String,
    },
    /// A record is unreadable.
    #[error("registration `{id}` is unreadable: {reason}")]
    Unreadable {
        /// The record concerned.
        id: RecordId,
        /// Why.
        reason: ContentError,
    },
}

impl StoreError {
    /// The record concerned, where it is one.
    #[must_use]
    pub const fn record_id(&self) -> Option<&RecordId> {
        match self {
            Self::Exists { id }
            | Self::Unknown { id }
            | Self::Rescued { id, .. }
            | Self::Unreadable { id, .. } => Some(id),
            Self::Open { .. }
            | Self::NotAStore { .. }
            | Self::NewerFormat { .. }
            | Self::WrongKey { .. }
            | Self::Key { .. }
            | Self::Failed { .. } => None,
        }
    }
}

impl Diagnose for StoreError {
    fn code(&self) -> &'static str {
        match self {
            Self::Exists { .. } => "registration-exists",
            Self::Unknown { .. } => "registration-unknown",
            Self::Open { .. } => "store-open",
            Self::NotAStore { .. } => "store-not-a-store",
            Self::NewerFormat { .. } => "store-newer-format",
            Self::WrongKey { .. } => "store-wrong-key",
            Self::Key { .. } => "store-key",
            Self::Failed { .. } => "store-failed",
            Self::Rescued { .. } => "store-rescued",
            Self::Unreadable { .. } => "store-unreadable",
        }
    }

    fn fault(&self) -> Fault {
        match self {
            Self::Exists { .. } | Self::Unknown { .. } => Fault::Caller,
            Self::Open { .. }
            | Self::NotAStore { .. }
            | Self::NewerFormat { .. }
            | Self::WrongKey { .. }
            | Self::Key { .. }
            | Self::Failed { .. }
            | Self::Rescued { .. }
            | Self::Unreadable { .. } => Fault::Store,
        }
    }

    fn is_retryable(&self) -> bool {
        matches!(self, Self::Failed { .. })
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(match self {
            Self::Open { store, .. } if is_database(store) => {
                "check that the database runs, its address, the user and the password, `sslmode`, and the user's rights"
            }
            Self::NotAStore { store, .. } if is_database(store) => {
                "name another database; this one was left as it is"
            }
            Self::Failed { store, .. } if is_database(store) => {
                "check the database and the network to it, then try again"
            }
            Self::Exists { .. } => "use it, or register anyway with `--again`",
            Self::Unknown { .. } => "`safire registrations` lists the ids",
            Self::Open { .. } => {
                "check the path, its permissions and the free space of its disk; a store is `--store sqlite:PATH` or `postgres://…`"
            }
            Self::NotAStore { .. } => {
                "name another file with `--store sqlite:PATH`; this one was left as it is"
            }
            Self::NewerFormat { .. } => "use the version of Safire that made it, or a newer one",
            Self::WrongKey { .. } => {
                "give the key that the store was made with: SAFIRE_STORE_KEY, `--store-key FILE`, or the file `<store>.key`"
            }
            Self::Key { .. } => "a sealing key is 32 bytes in base64, in a file that only you can read",
            Self::Failed { .. } => "check the free space and the health of the disk, then try again",
            Self::Rescued { .. } => {
                "free some space, or wait until the database is back, then run `safire registrations` on this machine: it takes the \
                 answer in; do not delete the rescue file before"
            }
            Self::Unreadable { .. } => "restore the store from a backup; the record was left as it is",
        }))
    }
}

/// Whether the store with this name is a database, and no file.
fn is_database(store: &str) -> bool {
    store.starts_with("postgres")
}
