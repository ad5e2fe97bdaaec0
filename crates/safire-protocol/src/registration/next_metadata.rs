//! The metadata that an update begins with.

use serde_json::Map;
use serde_json::Value;

use super::member_reader::is_absent;
use super::metadata::ClientMetadata;
use super::registration::Registration;

/// What the server alone decides, RFC 7592 §2.2: never sent as metadata.
const OF_THE_SERVER: [&str; 6] = [
    "client_id",
    "client_secret",
    "client_secret_expires_at",
    "client_id_issued_at",
    "registration_access_token",
    "registration_client_uri",
];

/// Whether the server alone decides about a member.
pub(super) fn is_of_the_server(name: &str) -> bool {
    OF_THE_SERVER.contains(&name)
}

impl Registration {
    /// The metadata as they are registered, to be changed and sent as an update.
    ///
    /// An update replaces everything, so that a member left out is a member removed (RFC 7592 §2.2): what the server
    /// registered is taken, the members of its own too, and of what it did not show what was asked.
    #[must_use]
    pub fn to_metadata(&self) -> ClientMetadata {
        let mut metadata = ClientMetadata::new();
        let granted = self.granted();
        let shown = self.registered.iter().filter(|(_, value)| !is_absent(value));
        let asked =
            self.requested.iter().filter(|(name, _)| self.registered.get(*name).is_none_or(is_absent));
        let members: Map<String, Value> =
            asked.chain(shown).map(|(name, value)| (name.clone(), value.clone())).collect();
        for (name, value) in members {
            // A member of another kind than it should have goes back as it is meant.
            let value = match (name.as_str(), &value) {
                ("redirect_uris", Value::String(_)) => Value::from(granted.redirect_uris.clone()),
                ("grant_types", Value::String(_)) => Value::from(granted.grant_types.clone()),
                ("response_types", Value::String(_)) => Value::from(granted.response_types.clone()),
                ("contacts", Value::String(_)) => Value::from(granted.contacts.clone()),
                ("scope", Value::Array(_)) => granted.scope.clone().map_or(Value::Null, Value::from),
                ("token_endpoint_auth_method", Value::Array(_)) => {
                    let method = granted.token_endpoint_auth_method.as_ref();
                    method.map_or(Value::Null, |method| Value::from(method.as_str()))
                }
                _ => value,
            };
            if is_of_the_server(&name) || is_absent(&value) {
                continue;
            }
            // What no reading makes sense of was told as a deviation, and is not sent back.
            let _ = metadata.set(name, value);
        }
        metadata
    }
}
