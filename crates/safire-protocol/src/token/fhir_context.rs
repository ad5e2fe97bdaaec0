//! What else was open when the app was launched: `fhirContext` of SMART App Launch 2.2.

use serde_json::Map;
use serde_json::Value;

use crate::deviation::Deviation;
use crate::deviation::Severity;
use crate::json::kind_of;

const SECTION: &str = "SMART App Launch 2.2, fhirContext";

/// The role of an item that names none.
const DEFAULT_ROLE: &str = "launch";

/// One resource in context.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FhirContext {
    /// A reference such as `ImagingStudy/123`.
    pub reference: Option<String>,
    /// A canonical URL, perhaps with a version behind `|`.
    pub canonical: Option<String>,
    /// A FHIR Identifier.
    pub identifier: Option<Map<String, Value>>,
    /// The resource type, where the item names it.
    pub resource_type: Option<String>,
    /// What it is there for; `launch` where the item does not say.
    pub role: String,
    /// The item as it came.
    pub raw: Map<String, Value>,
}

impl FhirContext {
    /// Reads an array of items; also one object alone, and texts in place of objects.
    pub(super) fn read_all(value: &Value, deviations: &mut Vec<Deviation>) -> Vec<Self> {
        match value {
            Value::Array(items) => items.iter().filter_map(|item| Self::read(item, deviations)).collect(),
            Value::Object(_) => {
                deviations
                    .push(departs("fhir-context-not-array", "it is one object, not an array".to_owned()));
                Self::read(value, deviations).into_iter().collect()
            }
            Value::Null => Vec::new(),
            Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                deviations.push(departs(
                    "fhir-context-not-array",
                    format!("it is {}, not an array, and is left out", kind_of(value)),
                ));
                Vec::new()
            }
        }
    }

    fn read(item: &Value, deviations: &mut Vec<Deviation>) -> Option<Self> {
        let raw = match item {
            Value::Object(members) => members.clone(),
            Value::String(text) if !text.trim().is_empty() => {
                deviations.push(departs(
                    "fhir-context-item-text",
                    "an item is a text, not an object; it is read as its `reference`".to_owned(),
                ));
                Map::from_iter([("reference".to_owned(), Value::from(text.as_str()))])
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                deviations.push(departs(
                    "fhir-context-item-unusable",
                    format!("an item is {}, not an object, and is left out", kind_of(item)),
                ));
                return None;
            }
        };
        let text = |name: &str| match raw.get(name) {
            Some(Value::String(text)) if !text.trim().is_empty() => Some(text.clone()),
            _ => None,
        };
        let read = Self {
            reference: text("reference"),
            canonical: text("canonical"),
            identifier: raw.get("identifier").and_then(Value::as_object).cloned(),
            resource_type: text("type"),
            role: text("role").unwrap_or_else(|| DEFAULT_ROLE.to_owned()),
            raw,
        };
        if read.reference.is_none() && read.canonical.is_none() && read.identifier.is_none() {
            deviations.push(departs(
                "fhir-context-item-empty",
                "an item has none of `reference`, `canonical` and `identifier`".to_owned(),
            ));
        }
        if read.raw.get("role").is_some_and(|role| role.as_str().is_none_or(str::is_empty)) {
            deviations.push(departs(
                "fhir-context-role-unusable",
                "an item's `role` is empty or not a text; it is read as `launch`".to_owned(),
            ));
        }
        Some(read)
    }

    /// The type of the resource: as the item names it, else as its reference begins.
    #[must_use]
    pub fn kind(&self) -> Option<&str> {
        let of_reference = || {
            let mut parts = self.reference.as_deref()?.rsplit('/');
            parts.next()?;
            parts.next().filter(|kind| kind.starts_with(|c: char| c.is_ascii_uppercase()))
        };
        self.resource_type.as_deref().or_else(of_reference)
    }
}

fn departs(code: &'static str, detail: String) -> Deviation {
    Deviation::new(code, Severity::Warning, SECTION, detail).of_member("fhirContext")
}
