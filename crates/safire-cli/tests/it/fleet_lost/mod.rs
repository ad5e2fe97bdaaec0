//! The database goes away in the middle of a fleet: nothing that a server issued is lost or issued twice, and the run
//! goes on, or ends with exit 8 and is completed by `--resume`.
//!
//! `SAFIRE_FLEET_ROWS=10000` makes the fleets larger than the 300 rows of a usual test run.

mod account;
mod file_locked;
mod file_on_full_disk;
mod file_taken_away;
mod postgres_cut;
mod postgres_on_full_disk;
mod postgres_stopped;
mod run;
mod small_disk;
