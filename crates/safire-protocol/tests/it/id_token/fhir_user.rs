//! The user as a FHIR resource: `fhirUser` absolute or relative, or `profile` of SMART 1.

use safire_protocol::url::FhirBase;
use safire_protocol::url::LoopbackHttp;
use serde_json::Value;
use serde_json::json;

use super::check;
use super::deviations;
use super::good_but;

fn profile(value: &str) -> Value {
    let mut claims = good_but("fhirUser", Value::Null);
    claims["profile"] = json!(value);
    claims
}

#[test]
fn t24_absolute_and_relative_are_both_read() {
    let base = FhirBase::parse("https://fhir.example.com/r4", LoopbackHttp::Refused).unwrap();
    for text in ["Patient/123", "https://fhir.example.com/r4/Patient/123"] {
        let token = check(&good_but("fhirUser", text)).unwrap();
        let user = token.fhir_user().unwrap();
        assert_eq!((user.as_str(), user.patient_id()), (text, Some("123")));
        assert_eq!(user.url(&base), "https://fhir.example.com/r4/Patient/123");
    }
}

#[test]
fn what_is_no_reference_is_told_and_does_not_spoil_the_token() {
    for value in [json!("alice"), json!(""), json!(1), json!({"reference": "Patient/1"})] {
        let token = check(&good_but("fhirUser", value.clone())).unwrap();
        assert!(token.fhir_user().is_none(), "{value}");
        assert_eq!(deviations(&token), ["id-token-fhir-user"], "{value}");
    }
}

#[test]
fn profile_of_smart_1_stands_in_and_is_told() {
    let token = check(&profile("Practitioner/SMART-1234")).unwrap();
    assert_eq!(token.fhir_user().unwrap().id(), "SMART-1234");
    assert_eq!(deviations(&token), ["id-token-profile-for-fhir-user"]);
}

#[test]
fn a_web_page_in_profile_is_no_user() {
    for page in ["https://social.example.com/People/alice", "https://example.com/alice", "Group/1"] {
        let token = check(&profile(page)).unwrap();
        assert!(token.fhir_user().is_none() && token.deviations().is_empty(), "{page}");
    }
}

#[test]
fn fhir_user_goes_before_profile() {
    let mut claims = good_but("fhirUser", "Patient/1");
    claims["profile"] = json!("Practitioner/2");
    assert_eq!(check(&claims).unwrap().fhir_user().unwrap().as_str(), "Patient/1");
}
