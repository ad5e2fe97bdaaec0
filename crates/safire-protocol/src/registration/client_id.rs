//! The one member that makes an answer a success.

use std::collections::HashMap;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::identifier::ClientId;
use crate::json::kind_of;

/// Reads `client_id`, or says which kind of value stands in its place.
pub(super) fn read(value: &Value, body: &[u8]) -> Result<ClientId, &'static str> {
    match value {
        Value::String(text) => ClientId::parse(text.as_str()).ok_or("a blank string"),
        Value::Number(_) => {
            digits("client_id", body).and_then(ClientId::parse).ok_or("a number that is not whole")
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => Err(kind_of(value)),
    }
}

/// The digits of a whole number as they stand in the body: a parsed number may have lost some.
pub(super) fn digits(member: &str, body: &[u8]) -> Option<String> {
    let text = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let members: HashMap<String, &RawValue> = serde_json::from_slice(text).ok()?;
    let number = members.get(member)?.get();
    let whole = number.strip_prefix('-').unwrap_or(number);
    (!whole.is_empty() && whole.bytes().all(|b| b.is_ascii_digit())).then(|| number.to_owned())
}
