//! Where a request goes.

use std::fmt;

use serde::Serialize;

/// The endpoints that can be made to misbehave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Endpoint {
    /// Every discovery document, the siblings and the CapabilityStatement included.
    Discovery,
    /// The metadata of the UDAP server, with the JWT in them.
    Udap,
    /// The revocation lists of its communities.
    Crl,
    /// The certificates of their issuers.
    Aia,
    /// Client registration, RFC 7591 and UDAP.
    Register,
    /// The place where one registration is read, changed and deleted, RFC 7592.
    Manage,
    /// The authorization endpoint, RFC 6749 §3.1, with its pages.
    Authorize,
    /// The token endpoint, RFC 6749 §3.2.
    Token,
    /// The id token within a token answer, OpenID Connect Core §2. It is no endpoint that answers by itself.
    IdToken,
    /// The server's keys, RFC 7517 §5.
    Jwks,
    /// The FHIR interactions that want a token.
    Fhir,
    /// Introspection, RFC 7662.
    Introspect,
    /// Revocation, RFC 7009.
    Revoke,
}

impl Endpoint {
    /// All of them, in the order of the flow.
    pub const ALL: [Self; 13] = [
        Self::Discovery,
        Self::Udap,
        Self::Crl,
        Self::Aia,
        Self::Register,
        Self::Manage,
        Self::Authorize,
        Self::Token,
        Self::IdToken,
        Self::Jwks,
        Self::Fhir,
        Self::Introspect,
        Self::Revoke,
    ];

    /// Those that answer requests.
    pub(crate) const SERVED: [Self; 12] = [
        Self::Discovery,
        Self::Udap,
        Self::Crl,
        Self::Aia,
        Self::Register,
        Self::Manage,
        Self::Authorize,
        Self::Token,
        Self::Jwks,
        Self::Fhir,
        Self::Introspect,
        Self::Revoke,
    ];

    /// The name used in fault specifications.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Discovery => "discovery",
            Self::Udap => "udap",
            Self::Crl => "crl",
            Self::Aia => "aia",
            Self::Register => "register",
            Self::Manage => "manage",
            Self::Authorize => "authorize",
            Self::Token => "token",
            Self::IdToken => "id-token",
            Self::Jwks => "jwks",
            Self::Fhir => "fhir",
            Self::Introspect => "introspect",
            Self::Revoke => "revoke",
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
            "/register" | "/udap/register" => Some(Self::Register),
            "/.well-known/udap" | "/fhir/.well-known/udap" => Some(Self::Udap),
            "/authorize" => Some(Self::Authorize),
            "/token" => Some(Self::Token),
            "/introspect" => Some(Self::Introspect),
            "/revoke" => Some(Self::Revoke),
            JWKS_PATH => Some(Self::Jwks),
            "/fhir/metadata" => Some(Self::Discovery),
            _ if path.starts_with("/authorize/") => Some(Self::Authorize),
            _ if managed(path).is_some() => Some(Self::Manage),
            _ if path.starts_with("/udap/crl/") => Some(Self::Crl),
            _ if path.starts_with("/udap/ca/") => Some(Self::Aia),
            _ if path.contains("/.well-known/") && !path.starts_with("/moved/") => Some(Self::Discovery),
            _ if path.starts_with("/fhir/") => Some(Self::Fhir),
            _ => None,
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The handle of the registration that a path manages, as it stands there.
pub(crate) fn managed(path: &str) -> Option<&str> {
    path.strip_prefix(MANAGEMENT_PATH).or_else(|| path.strip_prefix("/client/"))
}

/// Below it, registrations are managed; a profile may have another one.
pub(crate) const MANAGEMENT_PATH: &str = "/register/";

/// Where the sandbox's own keys are.
pub(crate) const JWKS_PATH: &str = "/.well-known/jwks.json";
