use safire_protocol::discovery::locations;
use safire_protocol::url::FhirBase;
use safire_protocol::url::LoopbackHttp;
use serde_json::json;

use super::answer;
use super::base;
use super::file;
use super::profile;

#[test]
fn the_json_of_a_full_document() {
    let base = FhirBase::parse("https://ehr.example.com", LoopbackHttp::Refused).unwrap();
    let location = locations(&base).remove(0);
    let response = answer(200, "application/json", file("spec-example.json"));
    let found = location.accept(&base, &location.url, &response).unwrap();
    insta::assert_json_snapshot!(found.to_json(&base));
}

#[test]
fn what_is_unknown_is_null_or_empty() {
    let found = profile(&json!({"token_endpoint": "https://fhir.example.com/t"}));
    let shown = found.to_json(&base());
    assert_eq!(shown["issuer"], json!(null));
    assert_eq!(shown["registration_endpoint"], json!(null));
    assert_eq!(shown["grant_types_supported"], json!([]));
    assert_eq!(shown["capabilities"], json!([]));
    assert_eq!(shown["supports"]["dynamic_registration"], json!(false));
    assert_eq!(shown["source"], json!("smart-configuration"));
    assert_eq!(shown["protocol"], json!("smart"));
    assert_eq!(shown["base_url"], json!("https://fhir.example.com/r4"));
    assert_eq!(shown["raw"], json!({"token_endpoint": "https://fhir.example.com/t"}));
}
