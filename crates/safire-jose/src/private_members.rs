use serde_json::Value;

/// The paths of all private members in a JWK or JWK Set, such as `keys[0].d`; empty when it may be published.
///
/// Specification: RFC 7518 §6.2.2, §6.3.2, §6.4.1.
#[must_use]
pub fn private_members(jwks: &Value) -> Vec<String> {
    let mut paths = members(jwks, "");
    for (index, key) in jwks.get("keys").and_then(Value::as_array).into_iter().flatten().enumerate() {
        paths.extend(members(key, &format!("keys[{index}].")));
    }
    paths
}

fn members(key: &Value, prefix: &str) -> Vec<String> {
    PRIVATE.iter().filter(|name| key.get(**name).is_some()).map(|name| format!("{prefix}{name}")).collect()
}

const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
