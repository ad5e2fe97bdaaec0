//! What a row needs when its turn comes, and its form at rest.

use std::collections::BTreeMap;

use safire_protocol::secret::InitialAccessToken;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use zeroize::Zeroizing;

use super::base::BaseNote;
use crate::store::ContentError;

/// What a row needs when its turn comes. It may hold a token, so a store seals it, and drops it when the row has ended.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct RowInput {
    /// What the template may use.
    pub variables: BTreeMap<String, String>,
    /// Metadata members of this row only.
    pub overrides: Map<String, Value>,
    /// Where this one is registered; no discovery then.
    pub registration_endpoint: Option<String>,
    /// What permits this registration.
    pub initial_access_token: Option<InitialAccessToken>,
    /// What was odd about its base.
    pub notes: Vec<BaseNote>,
}

const FORM: u64 = 1;

#[derive(Serialize)]
struct StoredRef<'a> {
    form: u64,
    variables: &'a BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    overrides: &'a Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration_endpoint: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    initial_access_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<&'static str>,
}

#[derive(Deserialize)]
struct Stored {
    form: u64,
    variables: BTreeMap<String, String>,
    #[serde(default)]
    overrides: Map<String, Value>,
    registration_endpoint: Option<String>,
    initial_access_token: Option<Zeroizing<String>>,
    #[serde(default)]
    notes: Vec<String>,
}

impl RowInput {
    /// The form at rest, before sealing. Wiped when dropped.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let stored = StoredRef {
            form: FORM,
            variables: &self.variables,
            overrides: &self.overrides,
            registration_endpoint: self.registration_endpoint.as_deref(),
            initial_access_token: self.initial_access_token.as_ref().map(InitialAccessToken::expose_secret),
            notes: self.notes.iter().map(|note| note.as_str()).collect(),
        };
        // invariant: maps with string keys, strings and numbers always serialise
        Zeroizing::new(serde_json::to_vec(&stored).unwrap_or_default())
    }

    /// Reads the form at rest.
    ///
    /// # Errors
    /// [`ContentError`] when it is newer than this version or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ContentError> {
        let stored: Stored = serde_json::from_slice(bytes)
            .map_err(|_| ContentError::Damaged { what: "not the expected JSON" })?;
        if stored.form > FORM {
            return Err(ContentError::NewerForm { found: stored.form, known: FORM });
        }
        Ok(Self {
            variables: stored.variables,
            overrides: stored.overrides,
            registration_endpoint: stored.registration_endpoint,
            initial_access_token: stored
                .initial_access_token
                .map(|token| InitialAccessToken::new(token.as_str())),
            // A note of a later version is only a note.
            notes: stored.notes.iter().filter_map(|note| BaseNote::parse(note)).collect(),
        })
    }
}
