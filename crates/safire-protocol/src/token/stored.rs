//! A token at rest.

use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use thiserror::Error;
use zeroize::Zeroizing;

use super::response::TokenResponse;
use crate::secret::AccessToken;
use crate::secret::IdToken;
use crate::secret::RefreshToken;
use crate::time::UnixTime;

/// The form in which [`TokenResponse::to_bytes`] writes.
const FORM: u64 = 1;

/// Why a stored token is unreadable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StoredTokenError {
    /// A form that this version does not know.
    #[error("a stored token has form {found}, this version reads up to {known}")]
    NewerForm {
        /// The form seen.
        found: u64,
        /// The newest form known.
        known: u64,
    },
    /// Not what was written.
    #[error("a stored token is damaged")]
    Damaged,
}

#[derive(Serialize)]
struct Written<'a> {
    form: u64,
    access_token: &'a str,
    token_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<UnixTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    extra: &'a Map<String, Value>,
}

#[derive(Deserialize)]
struct Read {
    access_token: Zeroizing<String>,
    token_type: String,
    expires_at: Option<UnixTime>,
    scope: Option<String>,
    refresh_token: Option<Zeroizing<String>>,
    id_token: Option<Zeroizing<String>>,
    #[serde(default)]
    extra: Map<String, Value>,
}

#[derive(Deserialize)]
struct FormOnly {
    form: u64,
}

impl TokenResponse {
    /// The bytes to store, without the deviations, which were told when the answer came. They are secret: seal them.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let written = Written {
            form: FORM,
            access_token: self.access_token.expose_secret(),
            token_type: &self.token_type,
            expires_at: self.expires_at,
            scope: self.scope.as_deref(),
            refresh_token: self.refresh_token.as_ref().map(RefreshToken::expose_secret),
            id_token: self.id_token.as_ref().map(IdToken::expose_secret),
            extra: &self.extra,
        };
        // invariant: texts, numbers and maps with text keys always have a JSON form.
        Zeroizing::new(serde_json::to_vec(&written).unwrap_or_default())
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`StoredTokenError`] when it is newer than this version or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StoredTokenError> {
        let FormOnly { form } = serde_json::from_slice(bytes).map_err(|_| StoredTokenError::Damaged)?;
        if form > FORM {
            return Err(StoredTokenError::NewerForm { found: form, known: FORM });
        }
        let read: Read = serde_json::from_slice(bytes).map_err(|_| StoredTokenError::Damaged)?;
        Ok(Self {
            access_token: AccessToken::new(read.access_token.as_str()),
            token_type: read.token_type,
            expires_at: read.expires_at,
            scope: read.scope,
            refresh_token: read.refresh_token.map(|token| RefreshToken::new(token.as_str())),
            id_token: read.id_token.map(|token| IdToken::new(token.as_str())),
            extra: read.extra,
            deviations: Vec::new(),
        })
    }
}
