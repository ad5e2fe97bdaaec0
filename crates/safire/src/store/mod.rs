//! Where registrations and tokens are kept: the trait, what it holds, and a store in memory.

mod change;
mod content;
mod content_form;
mod error;
mod lease;
mod memory;
mod pending;
mod record;
mod token;
mod udap_settings;

pub use change::Change;
pub use change::Query;
pub use change::Repeat;
pub use change::TokenQuery;
pub use content::Content;
pub use content::ContentError;
pub use content::KeyMaterial;
pub use content::KeyRotation;
pub use content::Settings;
pub use error::StoreError;
pub use lease::Claim;
pub use lease::Claimed;
pub use lease::LeaseOwner;
pub use memory::MemoryStore;
pub use pending::Pending;
pub use record::Protocol;
pub use record::Record;
pub use record::RecordId;
pub use record::State;
pub use token::Standing;
pub use token::TokenKey;
pub use token::TokenRecord;
pub use token::TokenSlot;
pub use udap_settings::KeptTrust;
pub use udap_settings::UdapSettings;

use std::fmt::Debug;

use crate::future::BoxFuture;

/// A durable place for registrations and their tokens.
///
/// The contract on which nothing-is-lost rests: `commit` returns `Ok` only when the change survives a
/// `kill -9` and a power cut. Committing a record that awaits an answer (an *intent*: [`Record::awaits_answer`]), be
/// it new or a replacement, also reserves room for that answer, so that a later [`Change::Replace`] of it either
/// commits or leaves the answer, sealed, in that room and says so with [`StoreError::Rescued`]. A record is sealed as
/// a whole: only what a listing shows is in clear.
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

    /// The tokens that match.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read or a token cannot be unsealed.
    fn load_tokens(&self, query: TokenQuery) -> BoxFuture<'_, Result<Vec<TokenRecord>, StoreError>>;

    /// Asks to be the one, of all processes that share the store, who renews a token. At most one owner has the lease
    /// at a time; it ends by [`Change::PutToken`] or [`Change::Release`], or at its deadline. It is durable: one that is
    /// left behind tells that a renewal was under way when its process died.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be written.
    fn claim(&self, claim: Claim) -> BoxFuture<'_, Result<Claimed, StoreError>>;
}
