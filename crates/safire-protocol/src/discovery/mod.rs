//! Finds out what a FHIR server offers: SMART 2.2 discovery and its older stand-ins.
//!
//! ```
//! use bytes::Bytes;
//! use safire_protocol::discovery::EndpointKind;
//! use safire_protocol::discovery::locations;
//! use safire_protocol::url::{FhirBase, LoopbackHttp, UrlPolicy};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let base = FhirBase::parse("https://fhir.example.com/r4", LoopbackHttp::Refused)?;
//! let location = locations(&base).into_iter().next().ok_or("there is always one")?;
//! assert_eq!(location.request().uri(), "https://fhir.example.com/r4/.well-known/smart-configuration");
//!
//! // The caller sends the request; this is what came back.
//! let response = http::Response::builder()
//!     .header("content-type", "application/json")
//!     .body(Bytes::from_static(br#"{"token_endpoint": "https://fhir.example.com/token"}"#))?;
//! let profile = location.accept(&base, &location.url, &response)?;
//!
//! let token = profile.endpoint(EndpointKind::Token, &base, &UrlPolicy::default())?;
//! assert_eq!(token.as_str(), "https://fhir.example.com/token");
//! // Required members are missing: said, not refused.
//! assert!(profile.deviations.iter().any(|d| d.code == "missing-required-member"));
//! # Ok(())
//! # }
//! ```

mod capability_statement;
mod consistency;
mod document;
mod duplicates;
mod endpoint;
mod error;
mod hosts;
mod location;
mod predicates;
mod profile_json;
mod reader;
mod section;

#[cfg(feature = "udap")]
pub(crate) use document::read as read_document;
pub use endpoint::EndpointKind;
pub use error::DiscoveryError;
pub use location::Location;
pub use location::locations;
#[cfg(feature = "udap")]
pub(crate) use location::printable;
#[cfg(feature = "udap")]
pub(crate) use reader::Reader;
#[cfg(feature = "udap")]
pub(crate) use section::UDAP_METADATA;
