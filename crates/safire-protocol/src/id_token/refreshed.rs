use serde_json::Map;
use serde_json::Value;

use super::IdTokenError;
use super::audience::texts;

/// OpenID Connect Core §12.2: what a refreshed id token repeats of the one of the login, `iss` and `sub` apart.
pub(super) fn check(claims: &Map<String, Value>, first: &Map<String, Value>) -> Result<(), IdTokenError> {
    let differs = |claim| Err(IdTokenError::OtherLogin { claim });
    let audiences = |claims: &Map<String, Value>| -> Vec<String> {
        let texts = claims.get("aud").and_then(|value| texts(value).ok()).unwrap_or_default();
        texts.into_iter().map(str::to_owned).collect()
    };
    let found = audiences(claims);
    if audiences(first).iter().any(|audience| !found.contains(audience)) {
        return differs("aud");
    }
    if claims.get("azp") != first.get("azp") {
        return differs("azp");
    }
    // It need not be there, but another one is of another login.
    if claims.get("nonce").is_some_and(|nonce| first.get("nonce") != Some(nonce)) {
        return differs("nonce");
    }
    match (number(claims, "auth_time"), number(first, "auth_time")) {
        (Some(found), Some(login)) if (found - login).abs() >= 1.0 => differs("auth_time"),
        (Some(_) | None, _) => Ok(()),
    }
}

fn number(claims: &Map<String, Value>, claim: &str) -> Option<f64> {
    claims.get(claim).and_then(Value::as_f64)
}
