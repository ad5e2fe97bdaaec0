//! Which grants a registration is known to have.

use safire::protocol::registration::Registration;
use safire::protocol::registration::SecretsShown;
use safire::store::Record;
use serde_json::Value;

/// Whether a client may use a grant, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MayUse {
    /// It was registered.
    Yes,
    /// Others were.
    No,
    /// Nobody said: a portal made the client.
    Unsaid,
    /// Nobody said, and the default of RFC 7591 §2 is another.
    NotByDefault,
}

/// Whether this client may use `grant`.
pub(crate) fn may_use(record: &Record, registration: &Registration, grant: &str) -> MayUse {
    let registered = registration.registered_json(SecretsShown::Masked);
    let named = registered.get("grant_types").or_else(|| registration.requested().get("grant_types"));
    let is_named = match named {
        Some(Value::Array(grants)) => grants.iter().any(|named| named == grant),
        Some(Value::String(grants)) => grants.split([' ', ',']).any(|named| named == grant),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => {
            let is_by_hand = record.content.answer.as_ref().is_none_or(|answer| answer.status.is_none());
            return match grant {
                _ if is_by_hand => MayUse::Unsaid,
                "authorization_code" => MayUse::Yes,
                _ => MayUse::NotByDefault,
            };
        }
    };
    if is_named { MayUse::Yes } else { MayUse::No }
}
