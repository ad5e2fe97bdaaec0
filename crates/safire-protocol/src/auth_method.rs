//! The names of client authentication methods.

use std::fmt;

use serde::Deserialize;
use serde::Serialize;

/// A token endpoint authentication method, RFC 7591 §2 and the IANA registry.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[non_exhaustive]
pub enum AuthMethod {
    /// A public client: no proof.
    None,
    /// The secret in an `Authorization: Basic` header, RFC 6749 §2.3.1.
    ClientSecretBasic,
    /// The secret in the form, RFC 6749 §2.3.1.
    ClientSecretPost,
    /// A signed assertion, RFC 7523 §2.2.
    PrivateKeyJwt,
    /// A name that this client does not speak.
    Other(String),
}

impl AuthMethod {
    /// The registered name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::None => "none",
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::Other(name) => name,
        }
    }
}

impl From<String> for AuthMethod {
    fn from(name: String) -> Self {
        match name.as_str() {
            "none" => Self::None,
            "client_secret_basic" => Self::ClientSecretBasic,
            "client_secret_post" => Self::ClientSecretPost,
            "private_key_jwt" => Self::PrivateKeyJwt,
            _ => Self::Other(name),
        }
    }
}

impl From<AuthMethod> for String {
    fn from(method: AuthMethod) -> Self {
        method.as_str().to_owned()
    }
}

impl fmt::Display for AuthMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
