//! A real PostgreSQL server for tests: its own data folder, a port of its own on loopback, TLS on, gone with its value.
//!
//! ```no_run
//! # fn example() -> Result<(), safire_postgres_server::Failure> {
//! use safire_postgres_server::PostgresServer;
//!
//! let Some(server) = PostgresServer::start()? else {
//!     return Ok(()); // left out; the run has said so, and with `CI=true` it is an error
//! };
//! println!("{}", server.create_database()?.url());
//! # Ok(())
//! # }
//! ```

mod database;
mod environment;
mod failure;
mod folder;
mod install;
mod process;
mod server;

pub use database::Database;
pub use failure::Failure;
pub use server::PostgresServer;
