//! The client information response, RFC 7591 §3.2.1.

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::metadata::Checked;
use crate::clock::now;
use crate::random;
use crate::state::State;

/// The answer without any fault: what was issued, then all registered metadata.
pub(super) fn proper_answer(
    state: &State,
    checked: &Checked,
) -> Result<Map<String, Value>, getrandom::Error> {
    let id = random::identifier()?;
    let mut answer = Map::with_capacity(checked.metadata.len() + 6);
    let location = format!("{}/register/{}", state.origin, path_segment(&id));
    answer.insert("client_id".to_owned(), json!(id));
    answer.insert("client_id_issued_at".to_owned(), json!(now()));
    if checked.method.starts_with("client_secret_") {
        answer.insert("client_secret".to_owned(), json!(random::token()?));
        answer.insert("client_secret_expires_at".to_owned(), json!(0));
    }
    answer.insert("registration_access_token".to_owned(), json!(random::token()?));
    answer.insert("registration_client_uri".to_owned(), json!(location));
    answer.extend(checked.metadata.iter().map(|(name, value)| (name.clone(), value.clone())));
    Ok(answer)
}

/// An identifier as one path segment.
pub(super) fn path_segment(id: &str) -> String {
    url::form_urlencoded::byte_serialize(id.as_bytes()).collect::<String>().replace('+', "%20")
}
