//! A client that was issued.

use safire_protocol::jose::Jwk;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;

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
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) secret: Option<String>,
    pub(crate) method: String,
    pub(crate) grant_types: Vec<String>,
    pub(crate) scope: String,
    pub(crate) keys: Vec<Jwk>,
    pub(crate) jwks_uri: Option<String>,
    pub(crate) registration_access_token: String,
    /// The whole answer.
    pub(crate) answer: Map<String, Value>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("id", &self.id).field("method", &self.method).finish_non_exhaustive()
    }
}

impl Client {
    /// Reads the client from the answer as sent; what a fault took away is taken from the proper answer.
    pub(crate) fn of_answer(proper: &Map<String, Value>, sent: Map<String, Value>, keys: Vec<Jwk>) -> Self {
        let member = |name: &str| sent.get(name).and_then(text).or_else(|| proper.get(name).and_then(text));
        let list =
            |value: &Value| value.as_array().map(|items| items.iter().filter_map(text).collect::<Vec<_>>());
        let grant_types = match sent.get("grant_types").or_else(|| proper.get("grant_types")) {
            Some(Value::String(joined)) => joined.split_ascii_whitespace().map(str::to_owned).collect(),
            Some(other) => list(other).unwrap_or_default(),
            None => Vec::new(),
        };
        let method = sent
            .get("token_endpoint_auth_method")
            .and_then(|value| list(value).and_then(|names| names.into_iter().next()))
            .or_else(|| member("token_endpoint_auth_method"));
        Self {
            id: member("client_id").filter(|id| !id.trim().is_empty()).unwrap_or_default(),
            secret: member("client_secret"),
            method: method.unwrap_or_default(),
            grant_types,
            scope: member("scope").unwrap_or_default(),
            keys,
            jwks_uri: member("jwks_uri"),
            registration_access_token: member("registration_access_token").unwrap_or_default(),
            answer: sent,
        }
    }

    pub(crate) fn issued(&self) -> IssuedClient {
        let mut metadata = self.answer.clone();
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
