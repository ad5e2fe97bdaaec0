//! A client that was issued.

use std::sync::Arc;

use bytes::Bytes;
use safire_protocol::jose::Algorithm;
use safire_protocol::jose::Jwk;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;

use crate::grant::Login;
use crate::standing::Standing;

/// What the sandbox issued, as a test wants to see it.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct IssuedClient {
    /// The identifier.
    pub client_id: String,
    /// The authentication method that the token endpoint insists on.
    pub token_endpoint_auth_method: String,
    /// Whether a secret was issued.
    pub secret: Issued,
    /// The metadata as registered, without secrets.
    pub metadata: Map<String, Value>,
}

/// Whether something was issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "it was or it was not")]
pub enum Issued {
    /// It was.
    Yes,
    /// It was not.
    No,
}

/// A client as the token endpoint knows it: read back from the answer, faults included.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) id: String,
    /// The name under which the registration is managed: the id unless a profile or a fault makes them differ.
    pub(crate) handle: String,
    pub(crate) secret: Option<String>,
    pub(crate) method: String,
    pub(crate) grant_types: Vec<String>,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) name: Option<String>,
    /// OpenID Connect Registration §2: `web` or `native`.
    pub(crate) application_type: Option<String>,
    pub(crate) id_token_alg: Algorithm,
    pub(crate) scope: String,
    pub(crate) keys: Vec<Jwk>,
    pub(crate) jwks_uri: Option<String>,
    pub(crate) registration_access_token: String,
    /// The whole answer, as JSON.
    pub(crate) answer: Bytes,
    pub(crate) standing: Arc<Standing>,
    /// On whose behalf an instance of an app asks for tokens.
    pub(crate) instance: Option<Instance>,
    /// Who registered by UDAP.
    #[cfg(feature = "udap")]
    pub(crate) udap: Option<Registrant>,
}

/// A client by its certificate: the community that trusts it, and its URI name there.
#[cfg(feature = "udap")]
#[derive(Debug, Clone)]
pub(crate) struct Registrant {
    pub(crate) community: String,
    pub(crate) uri: String,
}

/// The login with whose access token an instance of an app was registered.
#[derive(Debug, Clone)]
pub(crate) struct Instance {
    pub(crate) login: Login,
    pub(crate) scope: String,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("id", &self.id).field("method", &self.method).finish_non_exhaustive()
    }
}

impl Client {
    /// Reads the client from the answer as sent; what a fault took away is taken from the proper answer.
    pub(crate) fn of_answer(proper: &Map<String, Value>, sent: &Map<String, Value>, keys: Vec<Jwk>) -> Self {
        let member = |name: &str| sent.get(name).and_then(text).or_else(|| proper.get(name).and_then(text));
        let list =
            |value: &Value| value.as_array().map(|items| items.iter().filter_map(text).collect::<Vec<_>>());
        let texts = |name: &str| match sent.get(name).or_else(|| proper.get(name)) {
            Some(Value::String(joined)) => joined.split_ascii_whitespace().map(str::to_owned).collect(),
            Some(other) => list(other).unwrap_or_default(),
            None => Vec::new(),
        };
        // OpenID Connect Registration §2: RS256 unless another one is registered.
        let id_token_alg = member("id_token_signed_response_alg").and_then(|name| name.parse().ok());
        let method = sent
            .get("token_endpoint_auth_method")
            .and_then(|value| list(value).and_then(|names| names.into_iter().next()))
            .or_else(|| member("token_endpoint_auth_method"));
        Self {
            id: member("client_id").filter(|id| !id.trim().is_empty()).unwrap_or_default(),
            handle: proper.get("client_id").and_then(text).unwrap_or_default(),
            secret: member("client_secret").filter(|secret| !secret.is_empty()),
            method: method.unwrap_or_default(),
            grant_types: texts("grant_types"),
            redirect_uris: texts("redirect_uris"),
            name: member("client_name"),
            application_type: member("application_type"),
            id_token_alg: id_token_alg.unwrap_or(Algorithm::Rs256),
            scope: member("scope").unwrap_or_default(),
            keys,
            jwks_uri: member("jwks_uri"),
            registration_access_token: member("registration_access_token").unwrap_or_default(),
            // invariant: a map with text keys can always be written.
            answer: serde_json::to_vec(sent).unwrap_or_default().into(),
            standing: Arc::default(),
            instance: None,
            #[cfg(feature = "udap")]
            udap: None,
        }
    }

    /// Whether it registered by UDAP.
    #[cfg(feature = "udap")]
    pub(crate) const fn is_udap(&self) -> bool {
        self.udap.is_some()
    }

    /// Whether it registered by UDAP.
    #[cfg(not(feature = "udap"))]
    #[expect(clippy::unused_self, reason = "it has no self where there is no UDAP")]
    pub(crate) const fn is_udap(&self) -> bool {
        false
    }

    pub(crate) fn may_use(&self, grant_type: &str) -> bool {
        self.grant_types.iter().any(|known| known == grant_type)
    }

    /// RFC 8252: an app on the user's device, whose loopback port is not known beforehand.
    pub(crate) fn is_native(&self) -> bool {
        self.method == "none" || self.application_type.as_deref() == Some("native")
    }

    /// What people call it.
    pub(crate) fn display_name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }

    /// The members of the answer.
    pub(crate) fn members(&self) -> Map<String, Value> {
        // invariant: the answer was written from a map.
        serde_json::from_slice(&self.answer).unwrap_or_default()
    }

    pub(crate) fn issued(&self) -> IssuedClient {
        let mut metadata = self.members();
        metadata.retain(|name, _| name != "client_secret" && name != "registration_access_token");
        IssuedClient {
            client_id: self.id.clone(),
            token_endpoint_auth_method: self.method.clone(),
            secret: if self.secret.is_some() { Issued::Yes } else { Issued::No },
            metadata,
        }
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}
