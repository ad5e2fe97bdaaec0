//! The sealed part of a record, and its form at rest.

use std::path::PathBuf;

use base64::Engine;
use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use safire_protocol::client_profile::ClientProfile;
use safire_protocol::registration::Answer;
use safire_protocol::secret::PrivateKeyPem;
use safire_protocol::time::UnixTime;
use serde::Deserialize;
use serde::Serialize;
use serde::Serializer;
use serde_json::Map;
use serde_json::Value;
use thiserror::Error;
use zeroize::Zeroize;
use zeroize::Zeroizing;

use super::udap_settings::KeptTrust;
use super::udap_settings::UdapSettings;

/// What a record keeps besides what a listing shows.
///
/// The server's answer is kept byte for byte; everything that Safire knows of a registration is read from it
/// again, so a better reader serves old registrations too.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Content {
    /// Where the registration was sent.
    pub registration_endpoint: Option<String>,
    /// The metadata that was sent.
    pub requested: Map<String, Value>,
    /// The answer, byte for byte; `None` while in doubt.
    pub answer: Option<Answer>,
    /// The private key that belongs to the client.
    pub key: KeyMaterial,
    /// What the caller fixed for later steps.
    pub settings: Settings,
    /// Why it is refused or in doubt, in words that may be shown.
    pub note: Option<String>,
}

/// The private key that belongs to a client.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub enum KeyMaterial {
    /// None is kept here.
    #[default]
    None,
    /// The key itself.
    Pem(PrivateKeyPem),
    /// Only where it lies.
    Path(PathBuf),
}

/// What the caller fixed for later steps of one client.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Settings {
    /// Used instead of the discovered one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint: Option<String>,
    /// Used instead of the discovered one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_endpoint: Option<String>,
    /// The scope to ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The `kid` under which the server knows the key, where it is not the key's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// `raw` for a server that does not form-decode Basic credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basic_encoding: Option<String>,
    /// Whose rules the client follows.
    #[serde(skip_serializing_if = "ClientProfile::is_standard")]
    pub profile: ClientProfile,
    /// What a registration by UDAP is bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub udap: Option<UdapSettings>,
    /// Whom it trusts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub udap_trust: Option<KeptTrust>,
    /// The extension objects of its token requests, by their key names, where a request says nothing else. No person
    /// belongs in here.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub authorization_extensions: Map<String, Value>,
}

/// Why stored content is unreadable.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ContentError {
    /// A form that this version does not know.
    #[error("stored content has form {found}, this version reads up to {known}")]
    NewerForm {
        /// The form seen.
        found: u64,
        /// The newest form known.
        known: u64,
    },
    /// Not what was written.
    #[error("stored content is damaged: {what}")]
    Damaged {
        /// What is wrong, without content.
        what: &'static str,
    },
}

const FORM: u64 = 1;

impl Content {
    /// The form at rest, before sealing. Wiped when dropped.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let (key_pem, key_path) = match &self.key {
            KeyMaterial::None => (None, None),
            KeyMaterial::Pem(pem) => (Some(pem.expose_secret()), None),
            KeyMaterial::Path(path) => (None, Some(path.to_string_lossy())),
        };
        let answer = self.answer.as_ref().map(|answer| StoredAnswerRef {
            status: answer.status,
            content_type: answer.content_type.as_deref(),
            received_at: answer.received_at,
            body: Base64Body(answer.expose_body()),
        });
        let stored = StoredRef {
            form: FORM,
            registration_endpoint: self.registration_endpoint.as_deref(),
            requested: &self.requested,
            answer,
            key_pem,
            key_path: key_path.as_deref(),
            settings: &self.settings,
            note: self.note.as_deref(),
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
        let key = match (stored.key_pem, stored.key_path) {
            (Some(mut pem), _) => {
                let key = KeyMaterial::Pem(PrivateKeyPem::new(pem.as_str()));
                pem.zeroize();
                key
            }
            (None, Some(path)) => KeyMaterial::Path(PathBuf::from(path)),
            (None, None) => KeyMaterial::None,
        };
        let answer = stored.answer.map(StoredAnswer::read).transpose()?;
        Ok(Self {
            registration_endpoint: stored.registration_endpoint,
            requested: stored.requested,
            answer,
            key,
            settings: stored.settings,
            note: stored.note,
        })
    }
}

#[derive(Serialize)]
struct StoredRef<'a> {
    form: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration_endpoint: Option<&'a str>,
    requested: &'a Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<StoredAnswerRef<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_pem: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_path: Option<&'a str>,
    settings: &'a Settings,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
}

#[derive(Serialize)]
struct StoredAnswerRef<'a> {
    status: Option<u16>,
    content_type: Option<&'a str>,
    received_at: UnixTime,
    body: Base64Body<'a>,
}

#[derive(Deserialize)]
struct Stored {
    form: u64,
    registration_endpoint: Option<String>,
    requested: Map<String, Value>,
    answer: Option<StoredAnswer>,
    key_pem: Option<String>,
    key_path: Option<String>,
    #[serde(default)]
    settings: Settings,
    note: Option<String>,
}

#[derive(Deserialize)]
struct StoredAnswer {
    status: Option<u16>,
    content_type: Option<String>,
    received_at: UnixTime,
    /// Base64: whatever a server sends grows by a third, never more, and fits the room kept for it.
    body: Zeroizing<String>,
}

impl StoredAnswer {
    fn read(self) -> Result<Answer, ContentError> {
        let body = STANDARD
            .decode(self.body.as_bytes())
            .map_err(|_| ContentError::Damaged { what: "the answer is not base64" })?;
        Ok(Answer::new(self.status, self.content_type, body, self.received_at))
    }
}

/// Written straight into the output: no copy of the secret is left behind.
struct Base64Body<'a>(&'a [u8]);

impl Serialize for Base64Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Base64Display::new(self.0, &STANDARD))
    }
}
