//! Everything that can go wrong before the joints of UDAP.

use std::borrow::Cow;

use thiserror::Error;

use super::certification_error::CertificationError;
use super::client_metadata_error::UdapClientMetadataError;
use super::client_uri::ClientUriError;
use super::community::CommunityUriError;
use super::discovery_error::UdapDiscoveryError;
use super::extension_error::ExtensionError;
use super::identity_error::IdentityError;
use super::registration_error::UdapRegistrationError;
use crate::fault::Diagnose;
use crate::fault::Fault;
use crate::server_answer::ServerAnswer;

/// Everything that can go wrong before the joints of UDAP.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum UdapError {
    /// The community's name is no URI.
    #[error(transparent)]
    Community(#[from] CommunityUriError),
    /// The server's metadata are not used.
    #[error(transparent)]
    Discovery(#[from] UdapDiscoveryError),
    /// The client's metadata break a rule.
    #[error(transparent)]
    ClientMetadata(#[from] UdapClientMetadataError),
    /// The client's URI is none.
    #[error(transparent)]
    ClientUri(#[from] ClientUriError),
    /// The client cannot sign as itself.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The certifications are not usable.
    #[error(transparent)]
    Certification(#[from] CertificationError),
    /// The server did not do what was asked.
    #[error(transparent)]
    Registration(#[from] UdapRegistrationError),
    /// An authorization extension object is not usable.
    #[error(transparent)]
    Extension(#[from] ExtensionError),
}

impl UdapError {
    fn inner(&self) -> &dyn Diagnose {
        match self {
            Self::Community(error) => error,
            Self::Discovery(error) => error,
            Self::ClientMetadata(error) => error,
            Self::ClientUri(error) => error,
            Self::Identity(error) => error,
            Self::Certification(error) => error,
            Self::Registration(error) => error,
            Self::Extension(error) => error,
        }
    }
}

impl Diagnose for UdapError {
    fn code(&self) -> &'static str {
        self.inner().code()
    }

    fn fault(&self) -> Fault {
        self.inner().fault()
    }

    fn is_retryable(&self) -> bool {
        self.inner().is_retryable()
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        self.inner().hint()
    }

    fn endpoint(&self) -> Option<&str> {
        self.inner().endpoint()
    }

    fn server_answer(&self) -> Option<&ServerAnswer> {
        self.inner().server_answer()
    }
}
