//! The first joint: what a server offers, whichever protocol told it.

use serde::Serialize;
use serde_json::Map;
use serde_json::Value;

use crate::deviation::Deviation;

/// Where a profile came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ProfileSource {
    /// `<base>/.well-known/smart-configuration`.
    SmartConfiguration,
    /// `<base>/.well-known/openid-configuration`.
    OpenidConfiguration,
    /// `oauth-authorization-server`, RFC 8414, appended or inserted.
    OauthAuthorizationServer,
    /// `<base>/metadata` with the `oauth-uris` extension.
    CapabilityStatement,
    /// `<base>/.well-known/udap`, after its signed metadata was trusted.
    Udap,
}

impl ProfileSource {
    /// The protocol whose document it is, as the command and the store name it.
    #[must_use]
    pub const fn protocol(self) -> &'static str {
        match self {
            Self::Udap => "udap",
            Self::SmartConfiguration
            | Self::OpenidConfiguration
            | Self::OauthAuthorizationServer
            | Self::CapabilityStatement => "smart",
        }
    }
}

/// What one server offers: endpoints, algorithms, grants, scopes, the raw document and its deviations.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ServerProfile {
    /// Which document this is.
    pub source: ProfileSource,
    /// The URL at which it was found, after redirects.
    pub source_url: String,
    /// The issuer, exactly as written.
    pub issuer: Option<String>,
    /// Where users authorise, resolved against the base when it came relative.
    pub authorization_endpoint: Option<String>,
    /// Where tokens are given.
    pub token_endpoint: Option<String>,
    /// Where clients are registered, RFC 7591.
    pub registration_endpoint: Option<String>,
    /// Where users manage access.
    pub management_endpoint: Option<String>,
    /// RFC 7662.
    pub introspection_endpoint: Option<String>,
    /// RFC 7009.
    pub revocation_endpoint: Option<String>,
    /// The server's keys.
    pub jwks_uri: Option<String>,
    /// SMART capabilities.
    pub capabilities: Vec<String>,
    /// `None` when the document does not say.
    pub grant_types_supported: Option<Vec<String>>,
    /// `None` when the document does not say.
    pub token_endpoint_auth_methods_supported: Option<Vec<String>>,
    /// `None` when the document does not say.
    pub token_endpoint_auth_signing_alg_values_supported: Option<Vec<String>>,
    /// `None` when the document does not say.
    pub response_types_supported: Option<Vec<String>>,
    /// `None` when the document does not say.
    pub code_challenge_methods_supported: Option<Vec<String>>,
    /// SMART 2.2: further endpoints for the same FHIR base.
    pub associated_endpoints: Vec<AssociatedEndpoint>,
    /// SMART 2.2: the brand bundle.
    pub user_access_brand_bundle: Option<String>,
    /// SMART 2.2: the brand identifier, kept as it came.
    pub user_access_brand_identifier: Option<Value>,
    /// What departs from the specification.
    pub deviations: Vec<Deviation>,
    /// The document as it came, members in order.
    pub raw: Map<String, Value>,
}

impl ServerProfile {
    /// The scopes that the document lists; `None` when it does not say. Lists of several hundred are common, so
    /// they are read from [`raw`](Self::raw) when they are asked for.
    #[must_use]
    pub fn scopes_supported(&self) -> Option<Vec<&str>> {
        match self.raw.get("scopes_supported")? {
            Value::Array(scopes) => Some(scopes.iter().filter_map(Value::as_str).collect()),
            // What the document's reader has reported as a string in place of an array.
            Value::String(scope) => Some(vec![scope.trim()]).filter(|_| !scope.trim().is_empty()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
        }
    }
}

/// One further endpoint of SMART 2.2's `associated_endpoints`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AssociatedEndpoint {
    /// Its URL.
    pub url: String,
    /// What it can do.
    pub capabilities: Vec<String>,
}
