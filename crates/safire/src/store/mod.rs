//! Where registrations are kept: the trait, what it holds, and a store in memory.

mod change;
mod content;
mod error;
mod memory;
mod record;

pub use change::Change;
pub use change::Query;
pub use change::Repeat;
pub use content::Content;
pub use content::ContentError;
pub use content::KeyMaterial;
pub use content::Settings;
pub use error::StoreError;
pub use memory::MemoryStore;
pub use record::Protocol;
pub use record::Record;
pub use record::RecordId;
pub use record::State;

use std::fmt::Debug;

use crate::future::BoxFuture;

/// A durable place for registrations.
///
/// The contract on which nothing-is-lost rests: `commit` returns `Ok` only when the change survives a
/// `kill -9` and a power cut. Inserting a record in doubt (an *intent*) also reserves room for its answer,
/// so that a later [`Change::Replace`] of it either commits or leaves the answer, sealed, in that room and
/// says so with [`StoreError::Rescued`]. A record is sealed as a whole: only what a listing shows is in clear.
pub trait Store: Send + Sync + Debug {
    /// Makes one change, atomically and durably.
    ///
    /// # Errors
    /// [`StoreError`]; except for [`StoreError::Rescued`] nothing has changed.
    fn commit(&self, change: Change) -> BoxFuture<'_, Result<(), StoreError>>;

    /// The records that match, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read or a record cannot be unsealed.
    fn load(&self, query: Query) -> BoxFuture<'_, Result<Vec<Record>, StoreError>>;
}
