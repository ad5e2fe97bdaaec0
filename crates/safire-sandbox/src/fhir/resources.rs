//! What the FHIR server holds.

use serde_json::Value;
use serde_json::json;

use super::people::PATIENTS;
use super::people::Person;

/// The types of resources there are.
pub(crate) const TYPES: [&str; 4] = ["Patient", "Observation", "Encounter", "Practitioner"];

/// All resources of a type, or `None` for a type that there is not.
pub(super) fn all(kind: &str) -> Option<Vec<Value>> {
    Some(match kind {
        "Patient" => PATIENTS.iter().map(patient).collect(),
        "Observation" => PATIENTS.iter().flat_map(observations).collect(),
        "Encounter" => PATIENTS.iter().map(encounter).collect(),
        "Practitioner" => vec![practitioner()],
        _ => return None,
    })
}

/// The patient that a resource is about, if it is about one.
pub(super) fn patient_of(resource: &Value) -> Option<&str> {
    if is_patient(resource) {
        return text(resource, "/id");
    }
    text(resource, "/subject/reference")?.strip_prefix("Patient/")
}

pub(super) fn is_patient(resource: &Value) -> bool {
    text(resource, "/resourceType") == Some("Patient")
}

/// `Patient/example`.
pub(super) fn reference(resource: &Value) -> String {
    let part = |pointer| text(resource, pointer).unwrap_or_default();
    format!("{}/{}", part("/resourceType"), part("/id"))
}

/// The text that a JSON pointer leads to.
pub(super) fn text<'a>(resource: &'a Value, pointer: &str) -> Option<&'a str> {
    resource.pointer(pointer).and_then(Value::as_str)
}

fn patient(person: &Person) -> Value {
    json!({
        "resourceType": "Patient",
        "id": person.id,
        "name": [{"family": person.family, "given": [person.given]}],
        "gender": person.gender,
        "birthDate": person.birth_date,
        "generalPractitioner": [{"reference": "Practitioner/example"}],
    })
}

fn encounter(person: &Person) -> Value {
    json!({
        "resourceType": "Encounter",
        "id": person.encounter,
        "status": "in-progress",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "subject": subject(person),
        "participant": [{"individual": {"reference": "Practitioner/example"}}],
    })
}

fn observations(person: &Person) -> [Value; 2] {
    [
        observation(person, "weight", "vital-signs", ("29463-7", "Body weight"), (person.weight, "kg")),
        observation(
            person,
            "glucose",
            "laboratory",
            ("15074-8", "Glucose in blood"),
            (person.glucose, "mmol/L"),
        ),
    ]
}

fn observation(person: &Person, name: &str, category: &str, code: (&str, &str), value: (f64, &str)) -> Value {
    json!({
        "resourceType": "Observation",
        "id": format!("{}-{name}", person.id),
        "status": "final",
        "category": [{"coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/observation-category",
            "code": category,
        }]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": code.0, "display": code.1}]},
        "subject": subject(person),
        "effectiveDateTime": "2026-01-15",
        "valueQuantity": {
            "value": value.0,
            "unit": value.1,
            "system": "http://unitsofmeasure.org",
            "code": value.1,
        },
    })
}

fn practitioner() -> Value {
    json!({
        "resourceType": "Practitioner",
        "id": "example",
        "name": [{"family": "Clinician", "given": ["Robin"], "prefix": ["Dr."]}],
    })
}

fn subject(person: &Person) -> Value {
    json!({"reference": format!("Patient/{}", person.id)})
}
