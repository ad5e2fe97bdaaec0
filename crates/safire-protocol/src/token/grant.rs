//! What a token is asked for with.

use super::smart_rules::SmartFlow;
use crate::credentials::Credentials;

/// The scope that SMART Backend Services clients ask for when nothing else is said.
const BACKEND_SCOPE: &str = "system/*.rs";

/// An authorization grant, RFC 6749 §1.3.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Grant {
    /// The client itself, RFC 6749 §4.4; with a key it is SMART Backend Services.
    ClientCredentials {
        /// The scope to ask for. Without one a key client asks for `system/*.rs` and a secret client for none.
        scope: Option<String>,
    },
}

impl Grant {
    /// The value of `grant_type`.
    #[must_use]
    pub const fn grant_type(&self) -> &'static str {
        match self {
            Self::ClientCredentials { .. } => "client_credentials",
        }
    }

    /// The scope that is sent with these credentials: the one given, else the default. A blank one is none.
    #[must_use]
    pub fn scope<'a>(&'a self, credentials: &Credentials) -> Option<&'a str> {
        match self {
            Self::ClientCredentials { scope } => {
                let given = scope.as_deref().map(str::trim).filter(|scope| !scope.is_empty());
                match credentials {
                    Credentials::PrivateKeyJwt(_) => given.or(Some(BACKEND_SCOPE)),
                    Credentials::Public { .. } | Credentials::Secret { .. } => given,
                }
            }
        }
    }

    /// The flow whose rules the answer is held against.
    #[must_use]
    pub const fn flow(&self) -> SmartFlow {
        match self {
            Self::ClientCredentials { .. } => SmartFlow::BackendServices,
        }
    }
}
