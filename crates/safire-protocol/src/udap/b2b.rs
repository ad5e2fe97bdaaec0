//! The B2B authorization extension object, UDAP Security 2.0 §5.2.1.1.

use std::fmt;

use serde_json::Map;
use serde_json::Value;
use url::Url;

use super::extension_error::ExtensionError;
use crate::credentials::AuthorizationExtensions;
use crate::credentials::HL7_B2B;

/// Who asks for data, for which organization, and why.
#[derive(Clone, PartialEq, Eq)]
pub struct B2bAuthorization {
    subject: Option<Subject>,
    organization_id: String,
    organization_name: Option<String>,
    purpose_of_use: Vec<String>,
    consent_policy: Vec<String>,
    consent_reference: Vec<String>,
}

/// Who asks, where that is known.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Subject {
    /// A program: a name and nothing else.
    System {
        /// What it is called.
        name: String,
    },
    /// A person.
    Person {
        /// What they are called.
        name: String,
        /// Their identifier, where they were given one: such as `urn:oid:2.16.840.1.113883.4.6#1234567890`.
        id: Option<String>,
        /// Their role, where it is known.
        role: Option<String>,
    },
}

impl B2bAuthorization {
    /// A request by this organization for these purposes.
    #[must_use]
    pub fn new(
        organization_id: impl Into<String>,
        purpose_of_use: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self {
            subject: None,
            organization_id: organization_id.into(),
            organization_name: None,
            purpose_of_use: purpose_of_use.into_iter().map(Into::into).collect(),
            consent_policy: Vec::new(),
            consent_reference: Vec::new(),
        }
    }

    /// Sets who asks.
    #[must_use]
    pub fn subject(mut self, subject: Subject) -> Self {
        self.subject = Some(subject);
        self
    }

    /// Sets what the organization is called.
    #[must_use]
    pub fn organization_name(mut self, name: impl Into<String>) -> Self {
        self.organization_name = Some(name.into());
        self
    }

    /// Sets the privacy policies, as URIs.
    #[must_use]
    pub fn consent_policy(mut self, uris: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.consent_policy = uris.into_iter().map(Into::into).collect();
        self
    }

    /// Sets where the consent itself is, as absolute URLs that the server can follow.
    #[must_use]
    pub fn consent_reference(mut self, urls: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.consent_reference = urls.into_iter().map(Into::into).collect();
        self
    }

    /// The object, every member checked.
    ///
    /// # Errors
    /// [`ExtensionError`] for the first rule that is broken.
    pub fn to_object(&self) -> Result<Map<String, Value>, ExtensionError> {
        self.check()?;
        let mut object = Map::with_capacity(9);
        let mut put = |name: &str, value: Value| {
            object.insert(name.to_owned(), value);
        };
        put("version", "1".into());
        match &self.subject {
            None => {}
            Some(Subject::System { name }) => put("subject_name", name.as_str().into()),
            Some(Subject::Person { name, id, role }) => {
                put("subject_name", name.as_str().into());
                if let Some(id) = id {
                    put("subject_id", id.as_str().into());
                }
                if let Some(role) = role {
                    put("subject_role", role.as_str().into());
                }
            }
        }
        if let Some(name) = &self.organization_name {
            put("organization_name", name.as_str().into());
        }
        put("organization_id", self.organization_id.as_str().into());
        put("purpose_of_use", self.purpose_of_use.as_slice().into());
        if !self.consent_policy.is_empty() {
            put("consent_policy", self.consent_policy.as_slice().into());
        }
        if !self.consent_reference.is_empty() {
            put("consent_reference", self.consent_reference.as_slice().into());
        }
        Ok(object)
    }

    fn check(&self) -> Result<(), ExtensionError> {
        let wrong = |member, reason| Err(ExtensionError::new(HL7_B2B, member, reason));
        let blank = |text: &str| text.trim().is_empty();
        match &self.subject {
            Some(Subject::System { name } | Subject::Person { name, .. }) if blank(name) => {
                return wrong("subject_name", "is blank");
            }
            Some(Subject::Person { id: Some(id), .. }) if blank(id) => {
                return wrong("subject_id", "is blank; leave it out where none is known");
            }
            Some(Subject::Person { role: Some(role), .. }) if blank(role) => {
                return wrong("subject_role", "is blank; leave it out where none is known");
            }
            Some(_) | None => {}
        }
        if self.organization_name.as_deref().is_some_and(blank) {
            return wrong("organization_name", "is blank; leave it out where none is known");
        }
        if !is_uri(&self.organization_id) {
            return wrong("organization_id", "must be a URI");
        }
        if self.purpose_of_use.is_empty() || self.purpose_of_use.iter().any(|code| blank(code)) {
            return wrong("purpose_of_use", "must hold at least one code, and none that is blank");
        }
        if !self.consent_policy.iter().all(|uri| is_uri(uri)) {
            return wrong("consent_policy", "must hold URIs");
        }
        if !self.consent_reference.is_empty() && self.consent_policy.is_empty() {
            return wrong("consent_reference", "is given without `consent_policy`");
        }
        if !self.consent_reference.iter().all(|url| is_web(url)) {
            return wrong(
                "consent_reference",
                "must hold absolute URLs of Consent or DocumentReference resources",
            );
        }
        Ok(())
    }
}

impl AuthorizationExtensions {
    /// Adds `hl7-b2b`.
    ///
    /// # Errors
    /// [`ExtensionError`] for the first rule that is broken.
    pub fn with_b2b(self, authorization: &B2bAuthorization) -> Result<Self, ExtensionError> {
        Ok(self.with(HL7_B2B, authorization.to_object()?))
    }
}

/// Names of people are not for logs.
impl fmt::Debug for B2bAuthorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("B2bAuthorization")
            .field("organization_id", &self.organization_id)
            .field("purpose_of_use", &self.purpose_of_use)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::System { .. } => "System([redacted])",
            Self::Person { .. } => "Person([redacted])",
        })
    }
}

pub(super) fn is_uri(text: &str) -> bool {
    let clean = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    clean && Url::parse(text).is_ok_and(|url| url.has_host() || !url.path().is_empty())
}

pub(super) fn is_web(text: &str) -> bool {
    is_uri(text)
        && Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}
