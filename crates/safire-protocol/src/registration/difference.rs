//! What a server registered otherwise than it was asked.

use serde::Serialize;
use serde_json::Map;
use serde_json::Value;

use super::granted::Granted;
use super::member_reader::is_absent;
use crate::auth_method::AuthMethod;
use crate::deviation::Severity;
use crate::secret::ClientSecret;
use crate::server_answer::is_secret_member;
use crate::server_answer::mask_value;

/// A member that was registered otherwise than asked, RFC 7591 §3.2.1.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// The member.
    pub member: String,
    /// What was asked; secrets as `"[redacted]"`.
    pub requested: Value,
    /// What was registered; null where the server did not say.
    pub registered: Value,
    /// How much it matters.
    pub severity: Severity,
}

/// What is compared.
#[derive(Clone, Copy)]
pub(super) struct Comparison<'a> {
    pub(super) requested: &'a Map<String, Value>,
    pub(super) registered: &'a Map<String, Value>,
    pub(super) granted: &'a Granted<'a>,
    pub(super) secret: Option<&'a ClientSecret>,
}

/// Compares every member that was asked with what the answer says of it.
pub(super) fn between(comparison: Comparison<'_>) -> Vec<Difference> {
    let mut differences = Vec::new();
    for (member, requested) in comparison.requested {
        let registered = comparison.registered.get(member).filter(|value| !is_absent(value));
        let severity = match registered {
            Some(registered) if registered == requested => continue,
            None if is_empty_list(requested) => continue,
            // An array of scopes under the name `scopes` is an echo, too.
            None if member == "scope" && comparison.granted.scope.is_some() => scopes(comparison, requested),
            None => Some(Severity::Info),
            Some(registered) => severity(comparison, member, requested, registered),
        };
        let Some(severity) = severity else { continue };
        differences.push(Difference {
            member: member.clone(),
            requested: shown(member, requested),
            registered: registered.map_or(Value::Null, |value| shown(member, value)),
            severity,
        });
    }
    differences
}

fn severity(
    comparison: Comparison<'_>,
    member: &str,
    requested: &Value,
    registered: &Value,
) -> Option<Severity> {
    let granted = comparison.granted;
    match member {
        "scope" => scopes(comparison, requested),
        "redirect_uris" => {
            let asked = strings(requested);
            (!same_set(&asked, &granted.redirect_uris)).then_some(Severity::Error)
        }
        "grant_types" => set_severity(&strings(requested), &granted.grant_types, Severity::Error),
        "response_types" => set_severity(&strings(requested), &granted.response_types, Severity::Warning),
        "contacts" => (!same_set(&strings(requested), &granted.contacts)).then_some(Severity::Warning),
        "token_endpoint_auth_method" => method(comparison, requested),
        "jwks" => Some(if holds_keys(requested, registered) { Severity::Info } else { Severity::Error }),
        _ => match (requested, registered) {
            (Value::Array(_), Value::Array(_)) if same_set(&strings(requested), &strings(registered)) => {
                // Arrays of other things than strings are compared as they are.
                let only_strings =
                    |value: &Value| value.as_array().is_some_and(|a| a.iter().all(Value::is_string));
                (!only_strings(requested) || !only_strings(registered)).then_some(Severity::Warning)
            }
            (Value::String(asked), Value::String(given)) if asked.trim() == given.trim() => None,
            _ => Some(Severity::Warning),
        },
    }
}

/// RFC 6749 §3.3: a scope is a set; fewer is an error for who needs them, more is good to know.
fn scopes(comparison: Comparison<'_>, requested: &Value) -> Option<Severity> {
    let asked: Vec<&str> = requested.as_str().unwrap_or_default().split_ascii_whitespace().collect();
    let given = comparison.granted.scope.as_deref().unwrap_or_default();
    let given: Vec<&str> = given.split_ascii_whitespace().collect();
    set_severity(&asked, &given, Severity::Error)
}

/// The method that the answer names is the one used; it matters whether it can work.
fn method(comparison: Comparison<'_>, requested: &Value) -> Option<Severity> {
    let given = comparison.granted.token_endpoint_auth_method.as_ref();
    if given.map(AuthMethod::as_str) == requested.as_str() {
        return None;
    }
    let has_secret = comparison.secret.is_some();
    let has_keys = ["jwks", "jwks_uri"].iter().any(|name| comparison.requested.contains_key(*name));
    let works = match given {
        Some(AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost) => has_secret,
        Some(AuthMethod::PrivateKeyJwt) => has_keys,
        Some(AuthMethod::None) => true,
        Some(AuthMethod::Other(_)) | None => false,
    };
    Some(if works { Severity::Warning } else { Severity::Error })
}

/// Whether each key that was asked is there with its members; a server may add `alg`, `use` or keys.
fn holds_keys(requested: &Value, registered: &Value) -> bool {
    let keys = |set: &Value| set.get("keys").and_then(Value::as_array).cloned().unwrap_or_default();
    let given = keys(registered);
    let within = |asked: &Map<String, Value>, key: &Value| {
        asked.iter().all(|(name, value)| key.get(name) == Some(value))
    };
    keys(requested)
        .iter()
        .all(|asked| asked.as_object().is_some_and(|asked| given.iter().any(|key| within(asked, key))))
}

fn set_severity(asked: &[&str], given: &[&str], dropped: Severity) -> Option<Severity> {
    if asked.iter().any(|item| !given.contains(item)) {
        Some(dropped)
    } else if given.iter().any(|item| !asked.contains(item)) {
        Some(Severity::Info)
    } else {
        None
    }
}

fn same_set(a: &[&str], b: &[&str]) -> bool {
    a.iter().all(|item| b.contains(item)) && b.iter().all(|item| a.contains(item))
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().map(|items| items.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}

fn is_empty_list(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty)
}

fn shown(member: &str, value: &Value) -> Value {
    if member == "software_statement" || is_secret_member(member) {
        return Value::from("[redacted]");
    }
    let mut value = value.clone();
    mask_value(&mut value, is_secret_member);
    value
}
