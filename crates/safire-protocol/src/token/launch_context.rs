//! What came with the token: the launch context of SMART App Launch 2.2, typed.

use std::fmt;

use serde_json::Map;
use serde_json::Number;
use serde_json::Value;

use super::fhir_context::FhirContext;
use super::fhir_user::FhirUser;
use super::response::TokenResponse;
use crate::deviation::Deviation;
use crate::deviation::Severity;
use crate::json::kind_of;

const SECTION: &str = "SMART App Launch 2.2, Launch context arrives with your access_token";

/// The launch context, read tolerantly. `Debug` shows which members there are, and none of their values.
#[derive(Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct LaunchContext {
    /// The patient in context.
    pub patient: Option<String>,
    /// The encounter in context.
    pub encounter: Option<String>,
    /// Who logged in, where the token answer itself says it.
    pub fhir_user: Option<FhirUser>,
    /// Other resources in context.
    pub fhir_context: Vec<FhirContext>,
    /// Whether the app has to show who the patient is; `None` where nobody said.
    pub need_patient_banner: Option<bool>,
    /// Where the EHR's style parameters are.
    pub smart_style_url: Option<String>,
    /// Why the app was launched.
    pub intent: Option<String>,
    /// The healthcare organisation that launches.
    pub tenant: Option<String>,
    /// For which FHIR servers the token is good, where it is for several.
    pub authorization_details: Vec<AuthorizationDetail>,
    /// Every other member as it came.
    pub other: Map<String, Value>,
    /// Where the members depart from the specification.
    pub deviations: Vec<Deviation>,
}

/// One FHIR server, or several with the same context, for which the token is good (RFC 9396). What is absent
/// here is as in the context around it. `Debug` shows no patient.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct AuthorizationDetail {
    /// Its type; `smart_on_fhir` for FHIR servers.
    pub kind: Option<String>,
    /// FHIR base URLs.
    pub locations: Vec<String>,
    /// Codes such as `4.0.1`.
    pub fhir_versions: Vec<String>,
    /// The scopes granted there.
    pub scope: Option<String>,
    /// The patient there.
    pub patient: Option<String>,
    /// The encounter there.
    pub encounter: Option<String>,
    /// Other resources in context there.
    pub fhir_context: Vec<FhirContext>,
    /// The object as it came.
    pub raw: Map<String, Value>,
}

impl TokenResponse {
    /// The launch context among the members that came with the token.
    #[must_use]
    pub fn launch_context(&self) -> LaunchContext {
        LaunchContext::read(&self.extra)
    }
}

impl LaunchContext {
    /// Reads the context out of the members of a token answer or of an introspection answer.
    #[must_use]
    pub fn read(members: &Map<String, Value>) -> Self {
        let mut context = Self::default();
        let mut deviations = Vec::new();
        for (name, value) in members {
            let found = &mut deviations;
            match name.as_str() {
                "patient" => context.patient = text(name, value, found).map(|text| bare(text, "Patient/")),
                "encounter" => {
                    context.encounter = text(name, value, found).map(|text| bare(text, "Encounter/"));
                }
                "fhirUser" => context.fhir_user = user(value, found),
                "fhirContext" => context.fhir_context = FhirContext::read_all(value, found),
                "need_patient_banner" => context.need_patient_banner = flag(name, value, found),
                "smart_style_url" => context.smart_style_url = text(name, value, found),
                "intent" => context.intent = text(name, value, found),
                "tenant" => context.tenant = text(name, value, found),
                "authorization_details" => context.authorization_details = details(value, found),
                _ => {
                    context.other.insert(name.clone(), value.clone());
                }
            }
        }
        context.deviations = deviations;
        context
    }

    /// The patient in context; at servers that name none, the user, where the user is a patient.
    #[must_use]
    pub fn patient_or_user(&self) -> Option<&str> {
        self.patient.as_deref().or_else(|| self.fhir_user.as_ref().and_then(FhirUser::patient_id))
    }

    /// The items of a role; `launch` is the role of those that name none.
    pub fn with_role<'a>(&'a self, role: &'a str) -> impl Iterator<Item = &'a FhirContext> {
        self.fhir_context.iter().filter(move |item| item.role == role)
    }
}

impl fmt::Debug for LaunchContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let other: Vec<&String> = self.other.keys().collect();
        f.debug_struct("LaunchContext")
            .field("patient", &self.patient.is_some())
            .field("encounter", &self.encounter.is_some())
            .field("fhir_user", &self.fhir_user.is_some())
            .field("fhir_context", &self.fhir_context.len())
            .field("need_patient_banner", &self.need_patient_banner)
            .field("intent", &self.intent.is_some())
            .field("tenant", &self.tenant.is_some())
            .field("authorization_details", &self.authorization_details.len())
            .field("other", &other)
            .field("deviations", &self.deviations)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for AuthorizationDetail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationDetail")
            .field("kind", &self.kind)
            .field("locations", &self.locations)
            .field("fhir_versions", &self.fhir_versions)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

/// A text; a number keeps its digits. Blank and null are absent.
fn text(name: &str, value: &Value, found: &mut Vec<Deviation>) -> Option<String> {
    let of_number = |number: &Number| number.to_string();
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => {
            found.push(odd(name, "it is a number, read as a text".to_owned()));
            Some(of_number(number))
        }
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            found.push(odd(name, format!("it is {}, not a text, and is left out", kind_of(value))));
            None
        }
    }
}

/// Some servers send a reference where an identifier is meant.
fn bare(text: String, front: &str) -> String {
    match text.strip_prefix(front) {
        Some(id) if !id.is_empty() => id.to_owned(),
        Some(_) | None => text,
    }
}

fn user(value: &Value, found: &mut Vec<Deviation>) -> Option<FhirUser> {
    let user = FhirUser::parse(&text("fhirUser", value, found)?);
    if user.is_none() {
        found.push(odd("fhirUser", "it is no reference to a resource, and is left out".to_owned()));
    }
    user
}

fn flag(name: &str, value: &Value, found: &mut Vec<Deviation>) -> Option<bool> {
    let of_text = |text: &str| match text.trim() {
        text if text.eq_ignore_ascii_case("true") => Some(true),
        text if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    };
    match value {
        Value::Null => None,
        Value::Bool(flag) => Some(*flag),
        Value::String(text) if of_text(text).is_some() => {
            found.push(odd(name, "it is a text, read as a boolean".to_owned()));
            of_text(text)
        }
        Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            found.push(odd(name, format!("it is {}, not a boolean, and is left out", kind_of(value))));
            None
        }
    }
}

fn details(value: &Value, found: &mut Vec<Deviation>) -> Vec<AuthorizationDetail> {
    let items = match value {
        Value::Array(items) => items.as_slice(),
        Value::Null => return Vec::new(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            found.push(odd("authorization_details", format!("it is {}, not an array", kind_of(value))));
            std::slice::from_ref(value)
        }
    };
    items.iter().filter_map(Value::as_object).map(|item| detail(item, found)).collect()
}

fn detail(item: &Map<String, Value>, found: &mut Vec<Deviation>) -> AuthorizationDetail {
    let texts = |name: &str| match item.get(name) {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => Vec::new(),
    };
    let mut one = |name: &str| item.get(name).and_then(|value| text(name, value, found));
    AuthorizationDetail {
        kind: one("type"),
        locations: texts("locations"),
        fhir_versions: texts("fhirVersions"),
        scope: one("scope"),
        patient: one("patient").map(|text| bare(text, "Patient/")),
        encounter: one("encounter").map(|text| bare(text, "Encounter/")),
        fhir_context: item
            .get("fhirContext")
            .map(|value| FhirContext::read_all(value, found))
            .unwrap_or_default(),
        raw: item.clone(),
    }
}

fn odd(name: &str, detail: String) -> Deviation {
    Deviation::new("launch-context-type", Severity::Warning, SECTION, detail).of_member(name)
}
