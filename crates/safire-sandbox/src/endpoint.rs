//! Where a request goes.

use std::fmt;

use serde::Serialize;

/// The three endpoints that can be made to misbehave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Endpoint {
    /// Every discovery document, the siblings and the CapabilityStatement included.
    Discovery,
    /// Client registration, RFC 7591.
    Register,
    /// The token endpoint, RFC 6749 §3.2.
    Token,
}

impl Endpoint {
    /// All of them, in the order of the flow.
    pub const ALL: [Self; 3] = [Self::Discovery, Self::Register, Self::Token];

    /// The name used in fault specifications.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Discovery => "discovery",
            Self::Register => "register",
            Self::Token => "token",
        }
    }

    /// The endpoint of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|endpoint| endpoint.as_str() == name)
    }

    /// The endpoint that serves a path.
    pub(crate) fn of(path: &str) -> Option<Self> {
        match path {
            "/register" => Some(Self::Register),
            "/token" => Some(Self::Token),
            "/fhir/metadata" => Some(Self::Discovery),
            _ if path.contains("/.well-known/") && !path.starts_with("/moved/") && path != JWKS_PATH => {
                Some(Self::Discovery)
            }
            _ => None,
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where the sandbox's own keys are.
pub(crate) const JWKS_PATH: &str = "/.well-known/jwks.json";
