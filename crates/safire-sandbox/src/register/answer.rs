//! The client information response, RFC 7591 §3.2.1.

use safire_protocol::time::UnixTime;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::metadata::Checked;
use crate::clock::now;
use crate::management::Served;
use crate::random;
use crate::state::State;

/// What the server makes for a client, beside its metadata.
pub(super) struct Made {
    pub(super) id: Value,
    pub(super) issued_at: Value,
    pub(super) secret: Option<String>,
    pub(super) management: Option<Managed>,
}

/// Where and with what a registration is managed.
pub(super) struct Managed {
    pub(super) handle: String,
    pub(super) token: String,
}

impl Made {
    /// A new client. `issued` is the time of it.
    pub(super) fn new(state: &State, checked: &Checked, issued: UnixTime) -> Result<Self, getrandom::Error> {
        let id = random::identifier()?;
        let secret = checked.wants_secret().then(random::token).transpose()?;
        let management = match state.management.what_is_served() {
            Served::Absent => None,
            Served::All | Served::ReadOnly | Served::NotAllowed | Served::NotFound => {
                let other_path = state.profile.management_path != crate::endpoint::MANAGEMENT_PATH;
                let handle = if other_path { random::identifier()? } else { id.clone() };
                Some(Managed { handle, token: random::token()? })
            }
        };
        Ok(Self { id: json!(id), issued_at: json!(issued), secret, management })
    }

    /// The name under which the registration is managed, or this one.
    pub(super) fn handle_or(&self, usual: String) -> String {
        self.management.as_ref().map_or(usual, |managed| managed.handle.clone())
    }

    /// The answer without any fault: what was issued, then all registered metadata.
    pub(super) fn answer(&self, state: &State, metadata: Map<String, Value>) -> Map<String, Value> {
        let mut answer = Map::with_capacity(metadata.len() + 6);
        let mut put = |name: &str, value: Value| answer.insert(name.to_owned(), value);
        put("client_id", self.id.clone());
        put("client_id_issued_at", self.issued_at.clone());
        if let Some(secret) = &self.secret {
            put("client_secret", json!(secret));
            put("client_secret_expires_at", json!(0));
        }
        if let Some(Managed { handle, token }) = &self.management {
            let path = state.profile.management_path;
            put("registration_access_token", json!(token));
            put("registration_client_uri", json!(format!("{}{path}{}", state.issuer, path_segment(handle))));
        }
        answer.extend(metadata);
        answer
    }
}

/// A new client with its answer, which takes the metadata along.
pub(super) fn proper_answer(
    state: &State,
    checked: &mut Checked,
) -> Result<(Made, Map<String, Value>), getrandom::Error> {
    let made = Made::new(state, checked, now())?;
    let answer = made.answer(state, std::mem::take(&mut checked.metadata));
    Ok((made, answer))
}

/// An identifier as one path segment.
fn path_segment(id: &str) -> String {
    url::form_urlencoded::byte_serialize(id.as_bytes()).collect::<String>().replace('+', "%20")
}

/// The identifier that a path segment stands for.
pub(super) fn of_path_segment(segment: &str) -> String {
    let pair = format!("v={}", segment.replace('+', "%2B").replace('&', "%26"));
    url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, id)| id.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_segment_stands_for_its_identifier() {
        for id in ["abc-_~.", "1PpG/Q 1", "a+b&c=d%20", "ä/ö"] {
            assert_eq!(of_path_segment(&path_segment(id)), id);
        }
    }
}
