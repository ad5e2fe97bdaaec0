//! The readiness line.

use serde::Deserialize;
use serde::Serialize;

/// Printed as one JSON line when the sandbox listens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Ready {
    /// Where discovery begins.
    pub fhir_base: String,
    /// The authorization server.
    pub issuer: String,
    /// The process to end.
    pub pid: u32,
}
