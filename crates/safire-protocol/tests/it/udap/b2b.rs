//! The object `hl7-b2b`: every member, checked.

use safire_protocol::credentials::AuthorizationExtensions;
use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::udap::B2bAuthorization;
use safire_protocol::udap::Subject;
use serde_json::Value;
use serde_json::json;

const NPI: &str = "urn:oid:2.16.840.1.113883.4.6#1234567890";
const TREATMENT: &str = "urn:oid:2.16.840.1.113883.5.8#TREAT";

fn least() -> B2bAuthorization {
    B2bAuthorization::new("https://org.example.com/fhir/Organization/1", [TREATMENT])
}

fn person(name: &str, id: Option<&str>, role: Option<&str>) -> Subject {
    Subject::Person { name: name.to_owned(), id: id.map(str::to_owned), role: role.map(str::to_owned) }
}

#[test]
fn every_member_goes_where_the_guide_has_it() {
    let object = least()
        .subject(person("Dr. Planted Person", Some(NPI), Some("207Q00000X")))
        .organization_name("Example Clinic")
        .consent_policy(["urn:oid:1.2.3"])
        .consent_reference(["https://org.example.com/fhir/Consent/7"])
        .to_object()
        .unwrap();
    assert_eq!(
        Value::Object(object),
        json!({
            "version": "1", "subject_name": "Dr. Planted Person", "subject_id": NPI, "subject_role": "207Q00000X",
            "organization_name": "Example Clinic",
            "organization_id": "https://org.example.com/fhir/Organization/1",
            "purpose_of_use": [TREATMENT], "consent_policy": ["urn:oid:1.2.3"],
            "consent_reference": ["https://org.example.com/fhir/Consent/7"],
        })
    );
}

#[test]
fn what_is_not_known_is_left_out() {
    let object = least().to_object().unwrap();
    assert_eq!(object.keys().collect::<Vec<_>>(), ["version", "organization_id", "purpose_of_use"]);
    let object = least().subject(Subject::System { name: "Nightly".to_owned() }).to_object().unwrap();
    assert_eq!(object["subject_name"], "Nightly");
    assert!(!object.contains_key("subject_id"), "a program has no identifier");
}

#[test]
fn each_rule_is_told_with_its_member_and_without_its_value() {
    let with = |id: &str, purposes: &[&str]| B2bAuthorization::new(id, purposes.iter().copied());
    let org = "https://org.example.com";
    for (bad, member) in [
        (with("planted", &[TREATMENT]), "organization_id"),
        (with("", &[TREATMENT]), "organization_id"),
        (with("https://org example.com", &[TREATMENT]), "organization_id"),
        (with(org, &[]), "purpose_of_use"),
        (with(org, &[TREATMENT, " "]), "purpose_of_use"),
        (least().organization_name(" "), "organization_name"),
        (least().subject(Subject::System { name: " ".to_owned() }), "subject_name"),
        (least().subject(person("", None, None)), "subject_name"),
        (least().subject(person("planted", Some(""), None)), "subject_id"),
        (least().subject(person("planted", None, Some(""))), "subject_role"),
        (least().consent_policy(["planted"]), "consent_policy"),
        (least().consent_reference(["https://org.example.com/Consent/1"]), "consent_reference"),
        (least().consent_policy(["urn:p:1"]).consent_reference(["Consent/planted"]), "consent_reference"),
        (least().consent_policy(["urn:p:1"]).consent_reference(["urn:planted:1"]), "consent_reference"),
    ] {
        let error = AuthorizationExtensions::new().with_b2b(&bad).unwrap_err();
        assert_eq!((error.extension, error.member), ("hl7-b2b", member));
        assert_eq!((error.code(), error.fault()), ("authorization-extension-not-usable", Fault::Caller));
        assert!(!error.to_string().contains("planted"), "{error}");
        assert!(error.hint().is_some());
    }
}

#[test]
fn names_of_people_are_not_in_debug_output() {
    let authorization =
        least().subject(person("Planted Person", Some(NPI), None)).organization_name("planted org");
    let extensions = AuthorizationExtensions::new().with_b2b(&authorization).unwrap();
    for text in [
        format!("{authorization:?}"),
        format!("{extensions:?}"),
        format!("{:?}", person("planted", None, None)),
    ] {
        assert!(!text.to_lowercase().contains("planted") && !text.contains("1234567890"), "{text}");
    }
}
