//! The store in a PostgreSQL database, for many processes and machines.

mod address;
mod builder;
mod commit;
mod connections;
mod fleet;
mod fleet_queue;
mod history;
mod intent;
mod leases;
mod rows;
mod schema;
mod store;
mod take_in;
mod tls;
mod tokens;
mod trouble;
mod upkeep;

pub use builder::PostgresBuilder;
pub use store::PostgresStore;

pub(crate) use address::Address;
