//! The same registration is found again, another is not.

use safire_protocol::registration::ClientMetadata;
use safire_protocol::url::FhirBase;
use safire_protocol::url::LoopbackHttp;
use serde_json::json;

fn print(metadata: &ClientMetadata, base: &str, endpoint: &str) -> String {
    metadata.fingerprint(&FhirBase::parse(base, LoopbackHttp::Refused).unwrap(), endpoint)
}

#[test]
fn order_does_not_count_where_the_rfc_has_sets() {
    let a = ClientMetadata::new()
        .scope("openid  patient/*.rs")
        .redirect_uris(["https://a/1", "https://a/2"])
        .extra("x", json!({"a": 1, "b": 2}))
        .extra("y", 1);
    let b = ClientMetadata::new()
        .scope("patient/*.rs openid")
        .redirect_uris(["https://a/2", "https://a/1"])
        .extra("y", 1)
        .extra("x", json!({"b": 2, "a": 1}));
    let endpoint = "https://auth/register";
    assert_eq!(
        print(&a, "https://Fhir.example.org/r4", endpoint),
        print(&b, "https://fhir.example.org/r4/", endpoint)
    );
    assert_eq!(print(&a, "https://fhir.example.org/r4", endpoint).len(), 64);
}

#[test]
fn any_other_base_endpoint_or_member_counts() {
    let metadata = ClientMetadata::new().client_name("A");
    let first = print(&metadata, "https://f/r4", "https://auth/register");
    assert_ne!(first, print(&metadata, "https://f/r5", "https://auth/register"));
    assert_ne!(first, print(&metadata, "https://f/r4", "https://auth/register2"));
    assert_ne!(first, print(&metadata.clone().client_name("B"), "https://f/r4", "https://auth/register"));
    assert_ne!(first, print(&metadata.extra("x", 1), "https://f/r4", "https://auth/register"));
}

/// Stores keep this text: it must never change.
#[test]
fn the_text_is_pinned() {
    let metadata = ClientMetadata::new().client_name("App").scope("b a").grant_types(["client_credentials"]);
    insta::assert_snapshot!(print(
        &metadata,
        "https://fhir.example.org/r4",
        "https://auth.example.org/register"
    ));
}
