//! Misbehaviour on demand: one table of names, one file for each family.

mod active;
mod discovery;
mod http;
mod json;
mod kind;
mod registration;
mod spec;
mod token;
mod wire;

pub(crate) use active::Faults;
pub(crate) use active::Strike;
pub(crate) use kind::Act;
pub use kind::FaultInfo;
pub use kind::faults;
