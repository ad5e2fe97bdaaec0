//! Connects an application to any FHIR server.

pub mod future;
pub mod store;

pub use safire_protocol as protocol;
