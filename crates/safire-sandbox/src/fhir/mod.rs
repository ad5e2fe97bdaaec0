//! A small FHIR server that wants the token.

mod access;
mod endpoint;
mod people;
mod reply;
mod resources;
mod search;

pub(crate) use endpoint::answer;
pub(crate) use people::encounter_of;
pub(crate) use people::patients;
pub(crate) use resources::TYPES;
