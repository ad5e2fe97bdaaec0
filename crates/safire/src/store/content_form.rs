//! The sealed part of a record, at rest.
//!
//! Form 2 adds what managing a registration needs: earlier answers, a call without an answer, a key's replacement, and
//! links to other records. Form 1 has none of it and is read as that.

use std::borrow::Cow;
use std::path::PathBuf;

use base64::Engine;
use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use safire_protocol::registration::Answer;
use safire_protocol::registration::AnswerTo;
use safire_protocol::registration::Trial;
use safire_protocol::registration::management::Operation;
use safire_protocol::secret::PrivateKeyPem;
use safire_protocol::time::UnixTime;
use serde::Deserialize;
use serde::Serialize;
use serde::Serializer;
use serde_json::Map;
use serde_json::Value;
use zeroize::Zeroizing;

use super::content::Content;
use super::content::ContentError;
use super::content::KeyMaterial;
use super::content::KeyRotation;
use super::content::Settings;
use super::pending::Pending;
use super::record::RecordId;

const FORM: u64 = 2;

impl Content {
    /// The form at rest, before sealing. Wiped when dropped.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let key = StoredKeyRef::of(&self.key);
        let (rotation, next) = match &self.key_rotation {
            None => (None, StoredKeyRef::default()),
            Some(KeyRotation::Proving { next }) => (Some(StoredRotation::Proving), StoredKeyRef::of(next)),
            Some(KeyRotation::Retiring { kid }) => {
                (Some(StoredRotation::Retiring { kid: kid.clone() }), StoredKeyRef::default())
            }
        };
        let stored = StoredRef {
            form: FORM,
            registration_endpoint: self.registration_endpoint.as_deref(),
            requested: &self.requested,
            answer: self.answer.as_ref().map(StoredAnswerRef::of),
            earlier: self.earlier.iter().map(StoredAnswerRef::of).collect(),
            pending: self.pending.as_ref().map(|pending| StoredPendingRef {
                operation: pending.operation.as_str(),
                since: pending.since,
                requested: pending.requested.as_ref(),
                answer: pending.answer.as_ref().map(StoredAnswerRef::of),
                note: pending.note.as_deref(),
            }),
            key_pem: key.pem,
            key_path: key.path.as_deref(),
            key_rotation: rotation,
            next_key_pem: next.pem,
            next_key_path: next.path.as_deref(),
            settings: &self.settings,
            note: self.note.as_deref(),
            replaces: self.replaces.as_ref().map(RecordId::as_str),
            replaced_by: self.replaced_by.as_ref().map(RecordId::as_str),
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
        let next = key_material(stored.next_key_pem, stored.next_key_path);
        let key_rotation = stored.key_rotation.map(|rotation| match rotation {
            StoredRotation::Proving => KeyRotation::Proving { next },
            StoredRotation::Retiring { kid } => KeyRotation::Retiring { kid },
        });
        Ok(Self {
            registration_endpoint: stored.registration_endpoint,
            requested: stored.requested,
            answer: stored.answer.map(StoredAnswer::read).transpose()?,
            earlier: stored.earlier.into_iter().map(StoredAnswer::read).collect::<Result<_, _>>()?,
            pending: stored.pending.map(StoredPending::read).transpose()?,
            key: key_material(stored.key_pem, stored.key_path),
            key_rotation,
            replaces: stored.replaces.as_deref().map(record_id).transpose()?,
            replaced_by: stored.replaced_by.as_deref().map(record_id).transpose()?,
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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    earlier: Vec<StoredAnswerRef<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pending: Option<StoredPendingRef<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_pem: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_rotation: Option<StoredRotation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_key_pem: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_key_path: Option<&'a str>,
    settings: &'a Settings,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replaces: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replaced_by: Option<&'a str>,
}

#[derive(Default)]
struct StoredKeyRef<'a> {
    pem: Option<&'a str>,
    path: Option<Cow<'a, str>>,
}

impl<'a> StoredKeyRef<'a> {
    fn of(material: &'a KeyMaterial) -> Self {
        match material {
            KeyMaterial::None => Self::default(),
            KeyMaterial::Pem(pem) => Self { pem: Some(pem.expose_secret()), path: None },
            KeyMaterial::Path(path) => Self { pem: None, path: Some(path.to_string_lossy()) },
        }
    }
}

#[derive(Serialize)]
struct StoredAnswerRef<'a> {
    status: Option<u16>,
    content_type: Option<&'a str>,
    received_at: UnixTime,
    body: Base64Body<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<StoredTo>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<StoredTrial>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<StoredTrial>,
}

impl<'a> StoredAnswerRef<'a> {
    fn of(answer: &'a Answer) -> Self {
        Self {
            status: answer.status,
            content_type: answer.content_type.as_deref(),
            received_at: answer.received_at,
            body: Base64Body(answer.expose_body()),
            to: StoredTo::of(answer.to),
            token: StoredTrial::of(answer.token),
            secret: StoredTrial::of(answer.secret),
        }
    }
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum StoredTo {
    Read,
    Update,
}

impl StoredTo {
    fn of(to: AnswerTo) -> Option<Self> {
        match to {
            AnswerTo::Read => Some(Self::Read),
            AnswerTo::Update => Some(Self::Update),
            // A new kind comes with a new form.
            AnswerTo::Registration | _ => None,
        }
    }
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum StoredTrial {
    Works,
    Refused,
}

impl StoredTrial {
    const fn of(trial: Trial) -> Option<Self> {
        match trial {
            Trial::Untried => None,
            Trial::Works => Some(Self::Works),
            Trial::Refused => Some(Self::Refused),
        }
    }

    const fn read(stored: Option<Self>) -> Trial {
        match stored {
            None => Trial::Untried,
            Some(Self::Works) => Trial::Works,
            Some(Self::Refused) => Trial::Refused,
        }
    }
}

#[derive(Serialize)]
struct StoredPendingRef<'a> {
    operation: &'static str,
    since: UnixTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    requested: Option<&'a Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<StoredAnswerRef<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum StoredRotation {
    Proving,
    Retiring { kid: String },
}

#[derive(Deserialize)]
struct Stored {
    form: u64,
    registration_endpoint: Option<String>,
    requested: Map<String, Value>,
    answer: Option<StoredAnswer>,
    #[serde(default)]
    earlier: Vec<StoredAnswer>,
    pending: Option<StoredPending>,
    key_pem: Option<Zeroizing<String>>,
    key_path: Option<String>,
    key_rotation: Option<StoredRotation>,
    next_key_pem: Option<Zeroizing<String>>,
    next_key_path: Option<String>,
    #[serde(default)]
    settings: Settings,
    note: Option<String>,
    replaces: Option<String>,
    replaced_by: Option<String>,
}

#[derive(Deserialize)]
struct StoredAnswer {
    status: Option<u16>,
    content_type: Option<String>,
    received_at: UnixTime,
    /// Base64: whatever a server sends grows by a third, never more, and fits the room kept for it.
    body: Zeroizing<String>,
    // Members of their own: flattened ones would pass the body through a buffer that nobody wipes.
    to: Option<StoredTo>,
    token: Option<StoredTrial>,
    secret: Option<StoredTrial>,
}

impl StoredAnswer {
    fn read(self) -> Result<Answer, ContentError> {
        let body = STANDARD
            .decode(self.body.as_bytes())
            .map_err(|_| ContentError::Damaged { what: "the answer is not base64" })?;
        let to = match self.to {
            None => AnswerTo::Registration,
            Some(StoredTo::Read) => AnswerTo::Read,
            Some(StoredTo::Update) => AnswerTo::Update,
        };
        let mut answer = Answer::new(self.status, self.content_type, body, self.received_at).to(to);
        answer.token = StoredTrial::read(self.token);
        answer.secret = StoredTrial::read(self.secret);
        Ok(answer)
    }
}

#[derive(Deserialize)]
struct StoredPending {
    operation: String,
    since: UnixTime,
    requested: Option<Map<String, Value>>,
    answer: Option<StoredAnswer>,
    note: Option<String>,
}

impl StoredPending {
    fn read(self) -> Result<Pending, ContentError> {
        let operation = Operation::parse(&self.operation)
            .ok_or(ContentError::Damaged { what: "what was sent is unknown" })?;
        let mut pending = Pending::new(operation, self.since, self.requested);
        pending.answer = self.answer.map(StoredAnswer::read).transpose()?;
        pending.note = self.note;
        Ok(pending)
    }
}

fn key_material(pem: Option<Zeroizing<String>>, path: Option<String>) -> KeyMaterial {
    match (pem, path) {
        (Some(pem), _) => KeyMaterial::Pem(PrivateKeyPem::new(pem.as_str())),
        (None, Some(path)) => KeyMaterial::Path(PathBuf::from(path)),
        (None, None) => KeyMaterial::None,
    }
}

fn record_id(text: &str) -> Result<RecordId, ContentError> {
    RecordId::parse(text).ok_or(ContentError::Damaged { what: "a link to another registration is no id" })
}

/// Written straight into the output: no copy of the secret is left behind.
struct Base64Body<'a>(&'a [u8]);

impl Serialize for Base64Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Base64Display::new(self.0, &STANDARD))
    }
}
