//! The store in one SQLite file.

mod commit;
mod history;
mod leases;
mod rows;
mod schema;
mod store;
mod take_in;
mod tokens;

pub use store::SqliteStore;
