//! The sealed part of a record.

use std::path::PathBuf;

use safire_protocol::client_profile::ClientProfile;
use safire_protocol::registration::Answer;
use safire_protocol::registration::Answers;
use safire_protocol::secret::PrivateKeyPem;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use thiserror::Error;

use super::pending::Pending;
use super::record::RecordId;

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
    /// The metadata that was sent; that of the last update, where there was one.
    pub requested: Map<String, Value>,
    /// The answer, byte for byte; `None` while in doubt. The last one, where the registration was managed.
    pub answer: Option<Answer>,
    /// Earlier answers of which something still stands, oldest first: see [`Answers`].
    pub earlier: Vec<Answer>,
    /// What was last sent to manage the registration, and has no usable answer.
    pub pending: Option<Pending>,
    /// The private key that belongs to the client.
    pub key: KeyMaterial,
    /// How far the replacement of that key has come.
    pub key_rotation: Option<KeyRotation>,
    /// The registration in whose place this one was made.
    pub replaces: Option<RecordId>,
    /// The registration that was made in place of this one.
    pub replaced_by: Option<RecordId>,
    /// What the caller fixed for later steps.
    pub settings: Settings,
    /// Why it is refused or in doubt, in words that may be shown.
    pub note: Option<String>,
}

impl Content {
    /// The answers that the registration is read from.
    #[must_use]
    pub fn answers(&self) -> Answers {
        Answers::new(self.earlier.iter().chain(&self.answer).cloned())
    }

    /// Keeps these answers.
    pub fn set_answers(&mut self, answers: Answers) {
        (self.earlier, self.answer) = answers.into_parts();
    }
}

/// How far the replacement of a client's key has come: the new key is kept before it is registered, the old one is
/// registered until the new one was seen to work.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum KeyRotation {
    /// The new key is to be registered beside the old one and to be tried.
    Proving {
        /// The new private key.
        next: KeyMaterial,
    },
    /// The new key is the client's; the old one is to be removed at the server.
    Retiring {
        /// The `kid` of the old key.
        kid: String,
    },
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
