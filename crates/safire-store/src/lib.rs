//! Where registrations and tokens live: one SQLite file, what matters in it sealed.
//!
//! [`SqliteStore`] implements [`safire::store::Store`]. Beside the file `<store>` lie `<store>.key`, unless the
//! sealing key comes from elsewhere, and `<store>.rescue/`, where room is kept for answers that the database
//! could not take in.
//!
//! ```no_run
//! use safire_store::KeySource;
//! use safire_store::SqliteStore;
//! use safire_store::StoreUrl;
//!
//! # fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let store = SqliteStore::open_or_create(StoreUrl::parse("sqlite:/var/lib/my-app/safire.db")?, KeySource::Beside)?;
//! # let _ = store;
//! # Ok(())
//! # }
//! ```
//!
//! Its journal is a write-ahead log: the latest changes are in `<store>-wal`, which belongs into every backup.

mod actor;
mod any;
mod check;
mod clear;
mod contents;
mod export;
mod file;
mod fleet;
mod history;
mod key;
mod key_check;
mod key_source;
#[cfg(feature = "postgres")]
mod postgres;
mod rescue;
#[cfg(feature = "postgres")]
mod rescue_lock;
mod rescued;
mod seal;
mod sealed_token;
mod settle;
mod sqlite;
mod url;

pub use actor::Actor;
pub use any::AnyStore;
pub use any::Opening;
pub use check::CheckReport;
pub use check::Finding;
pub use export::Exported;
pub use export::Imported;
pub use history::HistoryEntry;
pub use history::What;
pub use key::KeyId;
pub use key::SealingKey;
pub use key_source::KeySource;
#[cfg(feature = "postgres")]
pub use postgres::PostgresBuilder;
#[cfg(feature = "postgres")]
pub use postgres::PostgresStore;
pub use sqlite::SqliteStore;
pub use url::PostgresUrl;
pub use url::StoreUrl;
