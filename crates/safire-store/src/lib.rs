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

mod clear;
mod file;
mod key;
mod key_source;
mod leases;
mod rescue;
mod rows;
mod schema;
mod seal;
mod sqlite;
mod take_in;
mod tokens;
mod url;

pub use key::KeyId;
pub use key::SealingKey;
pub use key_source::KeySource;
pub use sqlite::SqliteStore;
pub use url::PostgresUrl;
pub use url::StoreUrl;
