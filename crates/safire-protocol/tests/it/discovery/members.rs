//! The verdicts on members of unexpected form.

use serde_json::json;

use super::conformant_but;
use super::deviations;
use super::profile;

#[test]
fn a_string_where_an_array_belongs_is_an_array_of_one() {
    let found = profile(&conformant_but(&json!({"scopes_supported": "openid"})));
    assert_eq!(found.scopes_supported().unwrap(), ["openid"]);
    assert_eq!(deviations(&found), ["string-for-array scopes_supported"]);
}

#[test]
fn null_is_absent() {
    let mut document = conformant_but(&json!({}));
    document["scopes_supported"] = json!(null);
    document["introspection_endpoint"] = json!(null);
    document["associated_endpoints"] = json!(null);
    let found = profile(&document);
    assert_eq!(found.scopes_supported(), None);
    assert_eq!(found.introspection_endpoint, None);
    assert_eq!(
        deviations(&found),
        [
            "null-member scopes_supported",
            "null-member introspection_endpoint",
            "null-member associated_endpoints"
        ]
    );
}

#[test]
fn m_17_another_type_is_absent() {
    let changes = json!({"token_endpoint": 7, "grant_types_supported": {"a": 1}, "issuer": true});
    let found = profile(&conformant_but(&changes));
    assert_eq!((found.token_endpoint.as_deref(), found.issuer.as_deref()), (None, None));
    let seen = deviations(&found);
    for expected in [
        "wrong-type issuer",
        "wrong-type token_endpoint",
        "wrong-type grant_types_supported",
        "missing-required-member token_endpoint",
        "missing-required-member grant_types_supported",
        "missing-conditional-member issuer",
    ] {
        assert!(seen.iter().any(|code| code == expected), "{expected} in {seen:?}");
    }
}

#[test]
fn an_array_of_one_where_a_string_belongs_is_that_string() {
    let found = profile(&conformant_but(&json!({"token_endpoint": ["https://fhir.example.com/t"]})));
    assert_eq!(found.token_endpoint.as_deref(), Some("https://fhir.example.com/t"));
    assert_eq!(deviations(&found), ["array-for-string token_endpoint"]);
}

#[test]
fn other_kinds_among_strings_are_left_out() {
    let found = profile(&conformant_but(&json!({"scopes_supported": ["openid", 7, null, "launch"]})));
    assert_eq!(found.scopes_supported().unwrap(), ["openid", "launch"]);
    assert_eq!(deviations(&found), ["wrong-element-type scopes_supported"]);
}

#[test]
fn associated_endpoints_are_typed_and_bad_ones_left_out() {
    let changes = json!({"associated_endpoints": [
        {"url": "https://state.example.org", "capabilities": ["smart-app-state"]},
        {"capabilities": ["x"]},
        "https://plain.example.org"
    ]});
    let found = profile(&conformant_but(&changes));
    assert_eq!(found.associated_endpoints.len(), 1);
    assert_eq!(found.associated_endpoints[0].url, "https://state.example.org");
    assert_eq!(found.associated_endpoints[0].capabilities, ["smart-app-state"]);
    assert_eq!(
        deviations(&found),
        ["wrong-element-type associated_endpoints", "wrong-element-type associated_endpoints"]
    );
}

#[test]
fn a_hostile_list_of_associated_endpoints_makes_few_deviations() {
    let found = profile(&conformant_but(&json!({"associated_endpoints": vec![json!(1); 5000]})));
    assert_eq!(found.deviations.len(), 20);
    assert!(found.associated_endpoints.is_empty());
}

#[test]
fn brands_are_kept() {
    let identifier = json!({"system": "urn:ietf:rfc:3986", "value": "https://example.com"});
    let changes = json!({"user_access_brand_bundle": "https://example.com/brands.json",
        "user_access_brand_identifier": identifier});
    let found = profile(&conformant_but(&changes));
    assert_eq!(found.user_access_brand_bundle.as_deref(), Some("https://example.com/brands.json"));
    assert_eq!(found.user_access_brand_identifier, Some(identifier));
    assert_eq!(deviations(&found), [""; 0]);
}

#[test]
fn m_22_relative_endpoints_are_resolved_against_the_base_as_given() {
    for (relative, absolute) in [
        ("/token", "https://fhir.example.com/token"),
        ("token", "https://fhir.example.com/token"),
        ("../token", "https://fhir.example.com/token"),
        ("//auth.example.org/token", "https://auth.example.org/token"),
        ("?op=token", "https://fhir.example.com/r4?op=token"),
    ] {
        let found = profile(&conformant_but(&json!({"token_endpoint": relative})));
        assert_eq!(found.token_endpoint.as_deref(), Some(absolute));
        assert_eq!(deviations(&found)[0], "relative-endpoint token_endpoint");
    }
}

#[test]
fn blanks_around_an_endpoint_are_left_out() {
    let found = profile(&conformant_but(&json!({"token_endpoint": " https://fhir.example.com/t\n"})));
    assert_eq!(found.token_endpoint.as_deref(), Some("https://fhir.example.com/t"));
    assert_eq!(deviations(&found), ["surrounding-blanks token_endpoint"]);
}

#[test]
fn details_show_neither_query_nor_user_information_nor_control_characters() {
    let found = profile(&conformant_but(&json!({
        "token_endpoint": "http://bob:planted@fhir.example.com/t?key=planted",
        "introspection_endpoint": "/i?key=planted",
        "scopes_supported": "\u{1b}[31mred",
    })));
    let text = format!("{:?}", found.deviations);
    assert!(!text.contains("planted") && !text.contains("\\u{1b}"), "{text}");
}
