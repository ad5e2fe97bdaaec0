//! The store, requirement by requirement.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test says what it expects; the lints know test functions, not their helpers"
)]

mod contract;
mod disk_full;
mod fleet_queue;
mod history;
mod killed;
mod managed;
mod old_format;
mod opening;
mod postgres;
mod process;
mod renewing;
mod rescue;
mod sample;
mod scripted_server;
mod sealing;
mod tokens;
mod upkeep;
mod where_it_is;
