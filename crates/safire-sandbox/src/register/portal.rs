//! Clients that people enter in a portal, where an app cannot register by itself.

use safire_protocol::json::JsonObject;
use serde_json::Map;
use serde_json::Value;

use super::answer::proper_answer;
use super::metadata::check;
use crate::client::Client;
use crate::error::SandboxError;
use crate::lock::lock;
use crate::state::State;

/// Adds a client by the rules of registration, whatever the profile says of who may register.
pub(crate) fn add(state: &State, metadata: &[u8]) -> Result<Map<String, Value>, SandboxError> {
    let object = JsonObject::parse(metadata).map_err(|error| SandboxError::Metadata(error.to_string()))?;
    let mut checked = check(state, object).map_err(|refusal| SandboxError::Metadata(refusal.description))?;
    let (made, proper) = proper_answer(state, &mut checked)?;
    let mut client = Client::of_answer(&proper, &proper, checked.keys);
    client.handle = made.handle_or(client.handle);
    lock(&state.clients).insert(client);
    Ok(proper)
}
