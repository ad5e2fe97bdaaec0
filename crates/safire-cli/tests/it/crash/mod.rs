//! `kill -9` at random moments: every credential that the server issued is in the store, or the store says exactly which
//! one is in doubt. None is lost silently, and none is issued twice.
//!
//! `cargo xtask crash` kills more often.

mod place;
mod refresh;
mod register;
mod rotate;
mod update;
