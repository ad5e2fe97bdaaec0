//! Who logged in, as a FHIR resource: the `fhirUser` of SMART App Launch 2.2.

use crate::url::FhirBase;

/// A reference to the user's own resource, absolute or relative to the FHIR base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FhirUser {
    text: String,
    // Where type and identifier begin and end in the text.
    kind: std::ops::Range<usize>,
    id: std::ops::Range<usize>,
}

impl FhirUser {
    /// Reads `Patient/123`, `https://fhir.example.com/r4/Patient/123`, and both with `/_history/1`; else `None`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let end = text.find("/_history/").unwrap_or(text.len());
        let path = text.get(..end)?;
        let slash = path.rfind('/')?;
        let kind_from = path.get(..slash)?.rfind('/').map_or(0, |at| at + 1);
        let (kind, id) = (kind_from..slash, slash + 1..end);
        let is_kind = |kind: &str| {
            kind.starts_with(|c: char| c.is_ascii_uppercase())
                && kind.chars().all(|c| c.is_ascii_alphabetic())
        };
        // FHIR's `id` is shorter and stricter; some servers' are not.
        let is_id = |id: &str| {
            !id.is_empty() && id.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '/' | '?' | '#'))
        };
        let front = text.get(..kind_from)?;
        let is_front = front.is_empty() || front.starts_with("https://") || front.starts_with("http://");
        (is_kind(text.get(kind.clone())?) && is_id(text.get(id.clone())?) && is_front).then(|| Self {
            text: text.to_owned(),
            kind,
            id,
        })
    }

    /// The reference as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// `Patient`, `Practitioner`, `PractitionerRole`, `RelatedPerson` or `Person`, usually.
    #[must_use]
    pub fn resource_type(&self) -> &str {
        self.text.get(self.kind.clone()).unwrap_or_default()
    }

    /// The identifier of the resource.
    #[must_use]
    pub fn id(&self) -> &str {
        self.text.get(self.id.clone()).unwrap_or_default()
    }

    /// The URL of the resource: the reference itself where it is absolute, else below `base`.
    #[must_use]
    pub fn url(&self, base: &FhirBase) -> String {
        if self.kind.start == 0 {
            format!("{}/{}", base.as_str().trim_end_matches('/'), self.text)
        } else {
            self.text.clone()
        }
    }

    /// The patient's identifier, where the user is a patient.
    #[must_use]
    pub fn patient_id(&self) -> Option<&str> {
        (self.resource_type() == "Patient").then(|| self.id())
    }
}
