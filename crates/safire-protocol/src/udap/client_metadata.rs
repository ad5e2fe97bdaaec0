//! What a client asks a server to register by software statement, UDAP Security 2.0 §3.1.

use std::sync::Arc;

use serde_json::Map;
use serde_json::Value;

use super::client_metadata_error::UdapClientMetadataError;
use super::client_metadata_rules::Rules;
use crate::registration::ClientMetadata;
use crate::url::UrlPolicy;

/// What the metadata are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "UDAP Security 2.0 §3.4: modification is registration again")]
pub enum Operation {
    /// To register, or to modify what is registered.
    Register,
    /// To cancel what is registered.
    Cancel,
}

/// Client metadata that keep the rules of the guide, in the form in which a software statement carries them.
#[derive(Debug, Clone, PartialEq)]
pub struct UdapClientMetadata {
    claims: Arc<Map<String, Value>>,
    operation: Operation,
    loopback: Vec<&'static str>,
}

impl UdapClientMetadata {
    /// Checks metadata for a registration.
    ///
    /// `token_endpoint_auth_method` and `response_types` are fixed by the guide and must not be set.
    ///
    /// # Errors
    /// [`UdapClientMetadataError`] for the first rule that is broken.
    pub fn register(metadata: &ClientMetadata, policy: &UrlPolicy) -> Result<Self, UdapClientMetadataError> {
        Self::from_json(metadata.to_json(), Operation::Register, policy)
    }

    /// Checks metadata for a cancellation: name, contacts and scope say who cancels; grants must not be set.
    ///
    /// # Errors
    /// As [`Self::register`].
    pub fn cancel(metadata: &ClientMetadata, policy: &UrlPolicy) -> Result<Self, UdapClientMetadataError> {
        Self::from_json(metadata.to_json(), Operation::Cancel, policy)
    }

    /// Checks members as they are, nulls included.
    ///
    /// # Errors
    /// As [`Self::register`].
    pub fn from_json(
        members: Map<String, Value>,
        operation: Operation,
        policy: &UrlPolicy,
    ) -> Result<Self, UdapClientMetadataError> {
        let mut rules = Rules::new(members, operation, policy);
        let claims = rules.check()?;
        Ok(Self { claims: Arc::new(claims), operation, loopback: rules.loopback })
    }

    /// The members as a software statement carries them, without the claims of the JWT itself.
    #[must_use]
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    pub(super) fn shared_claims(&self) -> Arc<Map<String, Value>> {
        Arc::clone(&self.claims)
    }

    /// What they are for.
    #[must_use]
    pub const fn operation(&self) -> Operation {
        self.operation
    }

    /// The members with http on a loopback address, which no server outside of this machine can use.
    #[must_use]
    pub fn loopback_members(&self) -> &[&'static str] {
        &self.loopback
    }

    /// The same client's cancellation: what was registered last, with no grants.
    #[must_use]
    pub fn to_cancellation(&self) -> Self {
        let mut claims = (*self.claims).clone();
        for member in ["redirect_uris", "logo_uri", "response_types"] {
            claims.shift_remove(member);
        }
        claims.insert("grant_types".to_owned(), Value::Array(Vec::new()));
        Self { claims: Arc::new(claims), operation: Operation::Cancel, loopback: Vec::new() }
    }

    /// The grants and scopes that a server does not say it offers: worth a word before they are asked for.
    #[must_use]
    pub fn not_offered(&self, grants: Option<&[String]>, scopes: Option<&[&str]>) -> Vec<String> {
        let asked = self.claims.get("grant_types").and_then(Value::as_array).into_iter().flatten();
        let missing_grants = asked
            .filter_map(Value::as_str)
            .filter(|grant| grants.is_some_and(|offered| !offered.iter().any(|name| name == grant)));
        let scope = self.claims.get("scope").and_then(Value::as_str).unwrap_or_default();
        let missing_scopes = scope.split_ascii_whitespace().filter(|scope| {
            // UDAP Security 2.0 §7.3: a wildcard may be asked for only where the server lists it.
            scopes.is_some_and(|offered| scope.contains('*') && !offered.contains(scope))
        });
        missing_grants.chain(missing_scopes).map(str::to_owned).collect()
    }
}
