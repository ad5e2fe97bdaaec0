//! Misbehaviour on demand: one table of names, one file for each family.

mod active;
mod authorize;
mod discovery;
mod fhir;
mod http;
mod id_token;
mod json;
mod kind;
mod registration;
mod spec;
mod token;
mod udap;
mod wire;

pub(crate) use active::Active;
pub(crate) use active::Faults;
pub(crate) use active::Strike;
pub(crate) use kind::Act;
pub use kind::FaultInfo;
#[cfg(feature = "udap")]
pub(crate) use kind::Flaw;
pub(crate) use kind::Forgery;
pub use kind::faults;
