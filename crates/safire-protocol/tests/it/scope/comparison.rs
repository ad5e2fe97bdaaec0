//! Requested against granted: covered, missing, extra.

use safire_protocol::scope::Scope;
use safire_protocol::scope::ScopeComparison;
use safire_protocol::scope::Scopes;
use serde_json::json;

fn compare(requested: &str, granted: &str) -> ScopeComparison {
    Scopes::parse(requested).unwrap().compare(&Scopes::read(granted))
}

fn texts(scopes: &[Scope]) -> Vec<&str> {
    scopes.iter().map(Scope::as_str).collect()
}

#[test]
fn an_answer_in_the_other_syntax_is_complete_and_adds_nothing() {
    let comparison = compare("openid patient/Observation.rs", "patient/Observation.read openid");
    assert_eq!(texts(&comparison.covered), ["openid", "patient/Observation.rs"]);
    assert!(comparison.is_complete() && comparison.extra.is_empty());
}

#[test]
fn a_grant_in_part_says_what_is_lacking() {
    let comparison = compare("patient/AllergyIntolerance.cruds", "patient/AllergyIntolerance.rs");
    assert!(!comparison.is_complete());
    assert_eq!(comparison.missing[0].lacking.to_string(), "cud");
    assert!(comparison.covered.is_empty() && comparison.extra.is_empty());
}

#[test]
fn narrowed_by_the_server_is_missing_and_not_extra() {
    let comparison = compare("patient/Observation.rs", "patient/Observation.rs?category=laboratory");
    assert_eq!(comparison.missing[0].lacking.to_string(), "rs");
    assert!(comparison.extra.is_empty());
}

#[test]
fn a_wider_grant_covers_and_is_extra() {
    let comparison = compare("patient/Observation.rs", "patient/*.cruds");
    assert!(comparison.is_complete());
    assert_eq!(texts(&comparison.extra), ["patient/*.cruds"]);
}

#[test]
fn types_granted_one_by_one_are_within_a_wildcard_request() {
    let comparison = compare("patient/*.read", "patient/Patient.read patient/Observation.rs");
    assert_eq!(comparison.missing[0].scope.as_str(), "patient/*.read");
    assert!(comparison.extra.is_empty());
}

#[test]
fn nothing_granted_misses_everything() {
    let comparison = compare("launch/patient vendor.x", "");
    assert_eq!(comparison.missing.len(), 2);
    assert!(comparison.missing.iter().all(|missing| missing.lacking.is_empty()));
}

#[test]
fn a_doubled_scope_is_named_once() {
    let comparison = compare("openid openid x x", "openid openid y y");
    assert_eq!((comparison.covered.len(), comparison.missing.len(), comparison.extra.len()), (1, 1, 1));
}

#[test]
fn it_serialises_as_texts() {
    let value = serde_json::to_value(compare("openid patient/A.cruds", "patient/A.rs launch")).unwrap();
    let expected = json!({
        "covered": [],
        "missing": [{"scope": "openid", "lacking": ""}, {"scope": "patient/A.cruds", "lacking": "cud"}],
        "extra": ["launch"],
    });
    assert_eq!(value, expected);
    assert_eq!(serde_json::to_value(Scopes::read("a b")).unwrap(), json!("a b"));
}
