use serde_json::json;

use super::accept;
use super::answer;
use super::conformant;
use super::deviations;
use super::file;
use super::profile;

#[test]
fn tc_041_the_members_of_a_json_object_are_read() {
    let profile = profile(&conformant());
    assert_eq!(profile.token_endpoint.as_deref(), Some("https://fhir.example.com/auth/token"));
    assert_eq!(profile.issuer.as_deref(), Some("https://fhir.example.com/r4"));
    assert_eq!(profile.jwks_uri.as_deref(), Some("https://fhir.example.com/jwks"));
    assert_eq!(profile.source_url, "https://fhir.example.com/r4/.well-known/smart-configuration");
    assert_eq!(profile.raw.len(), 11);
}

#[test]
fn tc_042_text_plain_is_accepted() {
    let found = accept(&answer(200, "text/plain", conformant().to_string())).unwrap();
    assert_eq!(deviations(&found), ["content-type -"]);
    assert_eq!(found.token_endpoint, profile(&conformant()).token_endpoint);
}

#[test]
fn any_content_type_is_accepted_and_said() {
    for odd in ["", "text/html", "application/fhir+json", "application/jsonp", "application/octet-stream"] {
        let found = accept(&answer(200, odd, conformant().to_string())).unwrap();
        assert_eq!(deviations(&found), ["content-type -"], "{odd}");
    }
    for right in ["application/json", "application/json; charset=utf-8", "Application/JSON"] {
        let found = accept(&answer(200, right, conformant().to_string())).unwrap();
        assert_eq!(deviations(&found), [""; 0], "{right}");
    }
}

#[test]
fn another_success_status_is_said() {
    let found = accept(&answer(203, "application/json", conformant().to_string())).unwrap();
    assert_eq!(deviations(&found), ["status-not-200 -"]);
}

#[test]
fn a_byte_order_mark_is_skipped_and_said() {
    let found = accept(&answer(200, "application/json", file("byte-order-mark.json"))).unwrap();
    assert_eq!(deviations(&found), ["byte-order-mark -"]);
}

#[test]
fn of_doubled_members_the_last_counts() {
    let found = accept(&answer(200, "application/json", file("doubled-members.json"))).unwrap();
    assert_eq!(deviations(&found), ["duplicate-member token_endpoint"]);
    assert_eq!(found.token_endpoint.as_deref(), Some("https://fhir.example.com/auth/token2"));
    assert_eq!(found.deviations[0].section, "RFC 8259 §4");
}

#[test]
fn many_doubled_members_make_few_deviations_and_clean_ones() {
    let mut body = String::from(r#"{"token_endpoint": "https://fhir.example.com/t""#);
    for index in 0..1000 {
        body.push_str(&format!(r#", "\u001b[31m{index}": 1, "\u001b[31m{index}": 2"#));
    }
    body.push('}');
    let found = accept(&answer(200, "application/json", body)).unwrap();
    let doubled: Vec<_> = found.deviations.iter().filter(|d| d.code == "duplicate-member").collect();
    assert_eq!(doubled.len(), 20);
    assert!(doubled.iter().all(|d| !d.member.as_deref().unwrap().contains('\u{1b}')));
    assert!(doubled.iter().all(|d| !d.detail.contains('\u{1b}')));
}

#[test]
fn the_raw_document_keeps_unknown_members_in_order() {
    let found = profile(&json!({"z": 1, "token_endpoint": "https://fhir.example.com/t", "a": {"b": null}}));
    assert_eq!(found.raw.keys().collect::<Vec<_>>(), ["z", "token_endpoint", "a"]);
    assert_eq!(found.raw["a"], json!({"b": null}));
}
