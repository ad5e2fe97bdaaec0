//! TEFCA: exchange purposes, and the object with which an individual access service says for whom it asks.

use std::fmt;

use serde_json::Map;
use serde_json::Value;

use super::b2b::is_uri;
use super::b2b::is_web;
use super::extension_error::ExtensionError;
use crate::credentials::AuthorizationExtensions;
use crate::credentials::HL7_B2B;
use crate::credentials::TEFCA_IAS;

/// The code system of exchange purposes.
const CODE_SYSTEM: &str = "urn:oid:2.16.840.1.113883.3.7204.1.5.2.1";

/// An exchange purpose code, such as `T-TREAT`. Its form is checked, not the list, which TEFCA changes.
///
/// Each purpose has a registration of its own: the client URI carries it, as in `https://app.example.org/#T-TREAT`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ExchangePurpose(String);

impl ExchangePurpose {
    /// Reads a code: `T-`, then capital letters, digits and hyphens.
    ///
    /// # Errors
    /// [`ExtensionError`] for anything else.
    pub fn parse(code: &str) -> Result<Self, ExtensionError> {
        let rest = code.strip_prefix("T-").unwrap_or_default();
        let formed = rest.starts_with(|c: char| c.is_ascii_uppercase())
            && rest.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-');
        if formed {
            return Ok(Self(code.to_owned()));
        }
        Err(ExtensionError::new(HL7_B2B, "purpose_of_use", "is no exchange purpose, such as `T-TREAT`"))
    }

    /// The bare code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The code as the URI of its code system, `#` and the code (UDAP Security 2.0 §5.2.1.3).
    #[must_use]
    pub fn to_uri(&self) -> String {
        format!("{CODE_SYSTEM}#{}", self.0)
    }
}

impl fmt::Display for ExchangePurpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The object `tefca_ias`: for whom an individual access service asks, and how well that person is known.
///
/// It names a patient, so `Debug` shows nothing of it.
#[derive(Clone, PartialEq)]
pub struct TefcaIas {
    user_information: Map<String, Value>,
    patient_information: Map<String, Value>,
    consent_policy: Vec<String>,
    consent_reference: Vec<String>,
    id_token: Option<String>,
    ial_vetted: Option<String>,
}

impl TefcaIas {
    /// The user as a FHIR `RelatedPerson`, the patient as a US Core `Patient`, and the policies that say how the user
    /// was proofed.
    #[must_use]
    pub fn new(
        user_information: Map<String, Value>,
        patient_information: Map<String, Value>,
        consent_policy: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self {
            user_information,
            patient_information,
            consent_policy: consent_policy.into_iter().map(Into::into).collect(),
            consent_reference: Vec::new(),
            id_token: None,
            ial_vetted: None,
        }
    }

    /// Sets where the consent itself is, as absolute URLs.
    #[must_use]
    pub fn consent_reference(mut self, urls: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.consent_reference = urls.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the id token of the user.
    #[must_use]
    pub fn id_token(mut self, token: impl Into<String>) -> Self {
        self.id_token = Some(token.into());
        self
    }

    /// Sets the token of the one who proofed the user's identity.
    #[must_use]
    pub fn ial_vetted(mut self, token: impl Into<String>) -> Self {
        self.ial_vetted = Some(token.into());
        self
    }

    /// The object, every member checked.
    ///
    /// # Errors
    /// [`ExtensionError`] for the first rule that is broken.
    pub fn to_object(&self) -> Result<Map<String, Value>, ExtensionError> {
        self.check()?;
        let mut object = Map::with_capacity(7);
        let mut put = |name: &str, value: Value| {
            object.insert(name.to_owned(), value);
        };
        put("version", "1".into());
        put("user_information", Value::Object(self.user_information.clone()));
        put("patient_information", Value::Object(self.patient_information.clone()));
        put("consent_policy", self.consent_policy.as_slice().into());
        if !self.consent_reference.is_empty() {
            put("consent_reference", self.consent_reference.as_slice().into());
        }
        if let Some(token) = &self.id_token {
            put("id_token", token.as_str().into());
        }
        if let Some(token) = &self.ial_vetted {
            put("ial_vetted", token.as_str().into());
        }
        Ok(object)
    }

    fn check(&self) -> Result<(), ExtensionError> {
        let wrong = |member, reason| Err(ExtensionError::new(TEFCA_IAS, member, reason));
        let is_a = |resource: &Map<String, Value>, kind: &str| {
            resource.get("resourceType").and_then(Value::as_str) == Some(kind)
        };
        if !is_a(&self.user_information, "RelatedPerson") {
            return wrong("user_information", "must be a FHIR RelatedPerson");
        }
        if !is_a(&self.patient_information, "Patient") {
            return wrong("patient_information", "must be a FHIR Patient");
        }
        if self.consent_policy.is_empty() || !self.consent_policy.iter().all(|uri| is_uri(uri)) {
            return wrong("consent_policy", "must hold at least one URI");
        }
        if !self.consent_reference.iter().all(|url| is_web(url)) {
            return wrong("consent_reference", "must hold absolute URLs");
        }
        let blank = |token: &Option<String>| token.as_deref().is_some_and(|token| token.trim().is_empty());
        if blank(&self.id_token) {
            return wrong("id_token", "is blank; leave it out where there is none");
        }
        if blank(&self.ial_vetted) {
            return wrong("ial_vetted", "is blank; leave it out where there is none");
        }
        Ok(())
    }
}

impl AuthorizationExtensions {
    /// Adds `tefca_ias`.
    ///
    /// # Errors
    /// [`ExtensionError`] for the first rule that is broken.
    pub fn with_tefca_ias(self, individual: &TefcaIas) -> Result<Self, ExtensionError> {
        Ok(self.with(TEFCA_IAS, individual.to_object()?))
    }
}

impl fmt::Debug for TefcaIas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TefcaIas([redacted])")
    }
}
