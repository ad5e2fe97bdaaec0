use safire_jose::ClaimError;
use serde_json::Map;
use serde_json::Value;

use super::IdTokenError;

/// OpenID Connect Core §3.1.3.7, steps 3 to 5: the token is for this client, and for nobody that it does not trust.
pub(super) fn check(
    claims: &Map<String, Value>,
    client_id: &str,
    trusted: &[&str],
) -> Result<(), IdTokenError> {
    let audiences = texts(claims.get("aud").ok_or(ClaimError::Missing { claim: "aud" })?)?;
    if !audiences.contains(&client_id) {
        return Err(IdTokenError::Claim(ClaimError::WrongAudience {
            found: audiences.into_iter().map(str::to_owned).collect(),
            accepted: vec![client_id.to_owned()],
        }));
    }
    let mut others = audiences.iter().filter(|audience| **audience != client_id);
    if let Some(stranger) = others.clone().find(|audience| !trusted.contains(audience)) {
        return Err(IdTokenError::UntrustedAudience { audience: (*stranger).to_owned() });
    }
    match claims.get("azp") {
        None if others.next().is_some() => Err(IdTokenError::NoAuthorizedParty),
        None => Ok(()),
        Some(Value::String(party)) if party == client_id => Ok(()),
        Some(Value::String(party)) => Err(IdTokenError::OtherAuthorizedParty { found: party.clone() }),
        Some(_) => Err(ClaimError::WrongType { claim: "azp", expected: "a string" }.into()),
    }
}

pub(super) fn texts(value: &Value) -> Result<Vec<&str>, ClaimError> {
    match value {
        Value::String(one) => Some(vec![one.as_str()]),
        Value::Array(several) => several.iter().map(Value::as_str).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
    }
    .ok_or(ClaimError::WrongType { claim: "aud", expected: "a string or an array of strings" })
}
