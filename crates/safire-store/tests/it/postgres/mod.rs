//! The store in a PostgreSQL database, at a real server.

mod cut;
mod disk;
mod fleet_queue;
mod formats;
mod killed;
mod leases;
mod managed;
mod opening;
mod processes;
mod proxy;
mod rescue;
mod sealing;
mod server;
mod silence;
mod suite;
mod upkeep;
