//! Search parameters, FHIR R4 §3.1.1: the few that the resources here need.

use serde_json::Value;

use super::resources::is_patient;
use super::resources::patient_of;
use super::resources::text;

/// Whether a resource matches a parameter; `None` for a parameter that is not known.
pub(super) fn matches(resource: &Value, name: &str, value: &str) -> Option<bool> {
    let any = |test: &dyn Fn(&str) -> bool| Some(value.split(',').any(test));
    match name {
        "_id" => any(&|one| text(resource, "/id") == Some(one)),
        "patient" | "subject" => any(&|one| {
            let id = one.rsplit_once("Patient/").map_or(one, |(_, id)| id);
            !is_patient(resource) && patient_of(resource) == Some(id)
        }),
        "category" => any(&|one| {
            let concepts = resource.get("category").and_then(Value::as_array);
            concepts.into_iter().flatten().any(|concept| has_token(concept, one))
        }),
        "code" => any(&|one| resource.get("code").is_some_and(|concept| has_token(concept, one))),
        _ => None,
    }
}

/// FHIR R4 §3.1.1.4.10: `code`, or `system|code`.
fn has_token(concept: &Value, wanted: &str) -> bool {
    let (system, code) = match wanted.split_once('|') {
        Some((system, code)) => (Some(system), code),
        None => (None, wanted),
    };
    let codings = concept.get("coding").and_then(Value::as_array);
    codings.into_iter().flatten().any(|coding| {
        let is = |pointer: &str, text_wanted: &str| text(coding, pointer) == Some(text_wanted);
        (code.is_empty() || is("/code", code)) && system.is_none_or(|system| is("/system", system))
    })
}
