//! The third joint: how a client proves who it is.

mod assertion;
mod assertion_check;
mod basic;
#[cfg(feature = "udap")]
mod certificate;
mod choose;
#[expect(clippy::module_inception, reason = "the file is named by its noun, as every other")]
mod credentials;
mod error;
#[cfg(feature = "udap")]
mod extensions;
mod purpose;

pub use assertion::AssertionProfile;
pub use assertion::Audience;
pub use assertion::KeyRef;
pub use assertion_check::AssertionCheck;
pub use assertion_check::AssertionError;
pub use assertion_check::CheckedAssertion;
pub use assertion_check::unverified_issuer;
pub use basic::BasicEncoding;
pub use basic::ClientIdInBody;
pub use basic::SecretPlacement;
#[cfg(feature = "udap")]
pub use certificate::CertificateProfile;
pub use choose::Choice;
pub use choose::Chosen;
pub use credentials::Credentials;
pub use error::CredentialsError;
#[cfg(feature = "udap")]
pub use extensions::AuthorizationExtensions;
#[cfg(feature = "udap")]
pub use extensions::HL7_B2B;
#[cfg(feature = "udap")]
pub use extensions::TEFCA_IAS;
pub(crate) use purpose::Purpose;

pub use crate::auth_method::AuthMethod;
