//! The store in one SQLite file.

mod commit;
mod fleet;
mod fleet_queue;
mod group;
mod history;
mod key_change;
mod leases;
mod line;
mod managed;
mod opened;
mod reading;
mod rows;
mod schema;
mod store;
mod take_in;
mod tokens;
mod upkeep;

pub use store::SqliteStore;
