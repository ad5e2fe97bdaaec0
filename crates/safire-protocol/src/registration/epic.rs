//! What a dynamic client of Epic sends to be registered.

use safire_jose::Jwk;
use safire_jose::JwkSet;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::metadata::ClientMetadata;
use super::metadata_error::MetadataError;
use crate::client_profile::ClientProfile;

impl ClientMetadata {
    /// The metadata of a dynamic client of Epic: `software_id`, which is the client id of the app, and `jwks`;
    /// everything else it has from the app. It is sent with the access token of a login of the app as a bearer token.
    ///
    /// Of each key only what makes it a key is sent, and its `kid`; a key without one gets its thumbprint.
    #[must_use]
    pub fn epic_dynamic_client(software_id: impl Into<String>, keys: &JwkSet) -> Self {
        let keys: Vec<Value> = keys.keys().iter().map(bare).collect();
        let mut metadata = Self::new().software_id(software_id).jwks(json!({ "keys": keys }));
        metadata.profile = ClientProfile::EpicDynamic;
        metadata
    }

    /// The rules of the profile, where the general ones do not fit: grants and redirect URIs are the app's.
    pub(super) fn check_epic(&self, keys: usize) -> Result<(), MetadataError> {
        if self.software_id.as_deref().is_none_or(|id| id.trim().is_empty()) {
            return Err(MetadataError::SoftwareIdNeeded);
        }
        if keys == 0 { Err(MetadataError::KeysNeeded) } else { Ok(()) }
    }
}

/// The members that RFC 7638 §3.2 takes for the key itself, and the name.
fn bare(key: &Jwk) -> Value {
    let all = key.to_json();
    let mut members = Map::new();
    for name in ["kty", "e", "n", "crv", "x", "y"] {
        if let Some(value) = all.get(name) {
            members.insert(name.to_owned(), value.clone());
        }
    }
    let kid = key.kid().map_or_else(|| key.thumbprint(), str::to_owned);
    members.insert("kid".to_owned(), Value::String(kid));
    Value::Object(members)
}
