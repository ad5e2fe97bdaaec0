//! UDAP Security 2.0: discovery that is signed, registration by a signed statement, and proof by certificate.
//!
//! The flow is that of the crate: [`UdapLocation`] asks, [`SignedMetadata`] is checked and its chain trusted,
//! [`UdapMetadata`] holds the joint [`ServerProfile`](crate::server_profile::ServerProfile);
//! [`UdapRegistrationRequest`] brings a [`Registration`](crate::registration::Registration); [`UdapIdentity`] makes
//! [`Credentials`](crate::credentials::Credentials). After each of the three nothing asks which protocol it came from.

mod community;
mod discovery_error;
mod location;
mod metadata;
mod signed_claims;
mod signed_metadata;
mod structure;
mod violation;

mod client_metadata;
mod client_metadata_error;
mod client_metadata_rules;

mod client_uri;
mod identity;
mod identity_error;

mod certification;
mod certification_error;

mod outcome;
mod registration;
mod registration_error;
mod software_statement;

mod b2b;
mod extension_error;
mod tefca;

mod tiered;

mod error;

pub use b2b::B2bAuthorization;
pub use b2b::Subject;
pub use certification::Certification;
pub use certification::Certifications;
pub use certification_error::CertificationError;
pub use client_metadata::Operation;
pub use client_metadata::UdapClientMetadata;
pub use client_metadata_error::UdapClientMetadataError;
pub use client_uri::ClientUri;
pub use client_uri::ClientUriError;
pub use community::CommunityUri;
pub use community::CommunityUriError;
pub use discovery_error::UdapDiscoveryError;
pub use error::UdapError;
pub use extension_error::ExtensionError;
pub use identity::UdapIdentity;
pub use identity_error::IdentityError;
pub use location::UdapLocation;
pub use location::UntrustedMetadata;
pub use metadata::ChainTrust;
pub use metadata::UdapMetadata;
pub use outcome::RegistrationOutcome;
pub use registration::Intention;
pub use registration::UdapRegistrationRequest;
pub use registration_error::UdapRegistrationError;
pub use signed_metadata::SignedMetadata;
pub use signed_metadata::SignedMetadataPolicy;
pub use software_statement::SoftwareStatement;
pub use tefca::ExchangePurpose;
pub use tefca::TefcaIas;
pub use violation::SignedMetadataRule;
pub use violation::Violation;
