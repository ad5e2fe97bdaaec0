//! The text under which the same registration is found again.

use std::fmt::Write as _;

use aws_lc_rs::digest;
use serde_json::Value;

use super::metadata::ClientMetadata;
use crate::url::FhirBase;

impl ClientMetadata {
    /// A key that is equal for equal registrations: same base, same endpoint, same metadata.
    ///
    /// The order of members does not count, nor the order of scopes and of the arrays that are sets. It is
    /// a SHA-256 in hex, so nothing of the metadata can be read from it.
    #[must_use]
    pub fn fingerprint(&self, base: &FhirBase, endpoint: &str) -> String {
        let mut text = String::from("safire-registration-1\n");
        push_value(&mut text, &Value::from(base.key()));
        push_value(&mut text, &Value::from(endpoint));
        let mut members: Vec<(String, Value)> = self.to_json().into_iter().collect();
        members.sort_by(|(a, _), (b, _)| a.cmp(b));
        for (name, value) in &mut members {
            sort_set(name, value);
            text.push('\n');
            push_value(&mut text, &Value::from(name.as_str()));
            push_value(&mut text, value);
        }
        let digest = digest::digest(&digest::SHA256, text.as_bytes());
        digest.as_ref().iter().fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

/// Sorts what is a set by RFC 7591 §2.
fn sort_set(name: &str, value: &mut Value) {
    match value {
        Value::Array(items) if items.iter().all(Value::is_string) => {
            items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
            items.dedup();
        }
        Value::String(text) if name == "scope" => {
            let mut scopes: Vec<&str> = text.split_ascii_whitespace().collect();
            scopes.sort_unstable();
            scopes.dedup();
            *text = scopes.join(" ");
        }
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => {}
    }
}

/// Writes a value with sorted members, so that equal values give equal text.
pub(crate) fn push_value(text: &mut String, value: &Value) {
    match value {
        Value::Object(members) => {
            let mut names: Vec<&String> = members.keys().collect();
            names.sort_unstable();
            text.push('{');
            for name in names {
                push_value(text, &Value::from(name.as_str()));
                text.push(':');
                push_value(text, members.get(name).unwrap_or(&Value::Null));
                text.push(',');
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for item in items {
                push_value(text, item);
                text.push(',');
            }
            text.push(']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            let _ = write!(text, "{value}");
        }
    }
}
