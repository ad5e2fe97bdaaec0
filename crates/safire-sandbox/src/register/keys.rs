//! The keys of a client, RFC 7517 and SMART App Launch 2.2 "Registering a client for asymmetric authentication".

use std::collections::HashSet;

use safire_protocol::jose::Jwk;
use safire_protocol::jose::private_members;
use serde_json::Value;

use super::metadata::Refusal;

/// Reads a registered `jwks`: public keys only, each usable, each with its own `kid`.
pub(super) fn read(jwks: &Value) -> Result<Vec<Jwk>, Refusal> {
    let private = private_members(jwks);
    if !private.is_empty() {
        return Err(Refusal::metadata(format!("`jwks` holds private members: {}", private.join(", "))));
    }
    let listed = jwks
        .get("keys")
        .and_then(Value::as_array)
        .filter(|keys| !keys.is_empty())
        .ok_or_else(|| Refusal::metadata("`jwks` must be an object with a non-empty array `keys`"))?;
    let mut seen = HashSet::new();
    let mut keys = Vec::with_capacity(listed.len());
    for (index, value) in listed.iter().enumerate() {
        let refused = |why: String| Refusal::metadata(format!("`jwks.keys[{index}]`: {why}"));
        let key = Jwk::parse(value).map_err(|error| refused(error.to_string()))?;
        key.verifying_key().map_err(|error| refused(error.to_string()))?;
        let kid =
            key.kid().filter(|kid| !kid.is_empty()).ok_or_else(|| refused("it has no `kid`".to_owned()))?;
        if !seen.insert((kid.to_owned(), value.get("kty").cloned().unwrap_or_default().to_string())) {
            return Err(refused(format!("the `kid` `{kid}` is there twice")));
        }
        if key.usage().is_none_or(|usage| usage == "sig") {
            keys.push(key);
        }
    }
    Ok(keys)
}
