//! The text under which the same registration is found again.

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
        let mut text = String::with_capacity(1024);
        text.push_str("safire-registration-1\n");
        push_text(&mut text, &base.key());
        push_text(&mut text, endpoint);
        let mut members: Vec<(String, Value)> = self.to_json().into_iter().collect();
        members.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        for (name, value) in &mut members {
            sort_set(name, value);
            text.push('\n');
            push_text(&mut text, name);
            push_value(&mut text, value);
        }
        let digest = digest::digest(&digest::SHA256, text.as_bytes());
        let digits = digest.as_ref().iter().flat_map(|byte| [byte >> 4, byte & 15]);
        digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
    }
}

/// Writes a string as JSON does.
fn push_text(text: &mut String, value: &str) {
    if value.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\') {
        text.push('"');
        text.push_str(value);
        text.push('"');
    } else {
        text.push_str(&Value::from(value).to_string());
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
                push_text(text, name);
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
        Value::String(value) => push_text(text, value),
        Value::Null | Value::Bool(_) | Value::Number(_) => text.push_str(&value.to_string()),
    }
}
