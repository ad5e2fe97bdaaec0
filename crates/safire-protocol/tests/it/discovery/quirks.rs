//! Each oddity seen at a live server: accepted, and said in exactly these deviations.

use serde_json::Value;

use super::accept;
use super::answer;
use super::deviations;
use super::file;
use safire_protocol::server_profile::ServerProfile;

const METHODS: &str = "token_endpoint_auth_methods_supported";

fn read(name: &str) -> ServerProfile {
    accept(&answer(200, "application/json", file(&format!("{name}.json")))).unwrap()
}

fn check(name: &str, expected: &[&str]) -> ServerProfile {
    let found = read(name);
    assert_eq!(deviations(&found), expected, "{name}");
    assert!(found.token_endpoint.is_some(), "{name}");
    found
}

#[test]
fn required_members_are_missing() {
    check("missing-grant-types", &["missing-required-member grant_types_supported"]);
    check(
        "missing-pkce",
        &[
            "missing-required-member code_challenge_methods_supported",
            "pkce-s256-missing code_challenge_methods_supported",
        ],
    );
    check(
        "two-members",
        &[
            "missing-required-member grant_types_supported",
            "missing-required-member capabilities",
            "missing-required-member code_challenge_methods_supported",
            "pkce-s256-missing code_challenge_methods_supported",
        ],
    );
    check(
        "three-members",
        &[
            "missing-required-member capabilities",
            "missing-required-member code_challenge_methods_supported",
            "pkce-s256-missing code_challenge_methods_supported",
        ],
    );
}

#[test]
fn single_sign_on_without_issuer_and_keys() {
    let found = check(
        "sso-without-issuer",
        &["missing-conditional-member issuer", "missing-conditional-member jwks_uri"],
    );
    assert!(!found.supports_openid_connect());
}

#[test]
fn a_string_or_null_for_an_array() {
    let found = check("string-for-array", &["string-for-array code_challenge_methods_supported"]);
    assert_eq!(found.code_challenge_methods_supported.unwrap(), ["S256"]);
    let algorithms = "token_endpoint_auth_signing_alg_values_supported";
    let found = check(
        "null-for-array",
        &[&format!("null-member {algorithms}"), &format!("algorithms-not-listed {algorithms}")],
    );
    assert_eq!(found.token_endpoint_auth_signing_alg_values_supported, None);
}

#[test]
fn the_old_name_of_the_method_list() {
    let found = check("old-methods", &["old-member token_endpoint_auth_methods"]);
    assert_eq!(
        found.token_endpoint_auth_methods_supported.unwrap(),
        ["client_secret_basic", "private_key_jwt"]
    );
    let found = check("both-methods", &[]);
    assert_eq!(
        found.token_endpoint_auth_methods_supported.unwrap(),
        ["client_secret_basic", "private_key_jwt"]
    );
}

#[test]
fn openid_metadata_as_smart_configuration() {
    check(
        "openid-as-smart",
        &[
            "missing-required-member grant_types_supported",
            "missing-required-member capabilities",
            "missing-required-member code_challenge_methods_supported",
            "pkce-s256-missing code_challenge_methods_supported",
            "openid-metadata capabilities",
            "endpoint-on-other-host authorization_endpoint",
            "endpoint-on-other-host jwks_uri",
            "issuer-on-other-host issuer",
        ],
    );
}

#[test]
fn issuers_of_all_kinds_are_kept_as_written() {
    let found = check("issuer-elsewhere", &["issuer-on-other-host issuer"]);
    assert_eq!(found.issuer.as_deref(), Some("https://idp.example.org/oauth2/abc"));
    check("issuer-is-document", &["issuer-is-document-url issuer"]);
    let found = check("issuer-trailing-slash", &[]);
    assert_eq!(found.issuer.as_deref(), Some("https://fhir.example.com/r4/"));
}

#[test]
fn authorize_and_token_on_different_hosts() {
    check(
        "hosts-apart",
        &[
            "endpoint-on-other-host authorization_endpoint",
            "endpoint-on-other-host token_endpoint",
            "endpoints-on-different-hosts authorization_endpoint",
            "issuer-on-other-host issuer",
        ],
    );
}

#[test]
fn ports_slashes_and_queries_stay_in_the_url() {
    let found = check("explicit-port", &[]);
    assert_eq!(found.authorization_endpoint.as_deref(), Some("https://fhir.example.com:443/auth/authorize"));
    assert_eq!(found.token_endpoint.as_deref(), Some("https://fhir.example.com:8110/auth/token"));
    let found = check("token-trailing-slash", &[]);
    assert_eq!(found.token_endpoint.as_deref(), Some("https://fhir.example.com/auth/token/"));
    let found = check("query-in-endpoints", &[]);
    assert_eq!(found.token_endpoint.as_deref(), Some("https://fhir.example.com/token?cust=55946/"));
}

#[test]
fn a_registration_endpoint_that_is_a_page_for_people() {
    check("registration-is-management", &["registration-is-management registration_endpoint"]);
}

#[test]
fn a_public_capability_needs_no_method_none() {
    assert!(check("conformant", &[]).supports_public());
}

#[test]
fn asymmetric_clients_without_lists() {
    let found = check(
        "asymmetric-without-lists",
        &[
            &format!("private-key-jwt-not-listed {METHODS}"),
            "algorithms-not-listed token_endpoint_auth_signing_alg_values_supported",
        ],
    );
    assert!(found.supports_backend_services());
    check("backend-without-key-method", &[&format!("private-key-jwt-not-listed {METHODS}")]);
}

#[test]
fn algorithms_that_smart_does_not_name() {
    let member = "token_endpoint_auth_signing_alg_values_supported";
    check("algorithms-of-256", &[&format!("no-common-algorithm {member}")]);
    let found = check("algorithms-symmetric", &[&format!("symmetric-algorithm {member}")]);
    assert_eq!(found.common_algorithms(), ["RS384", "ES384"]);
}

#[test]
fn odd_values_in_lists() {
    check("refresh-token-response-type", &["unknown-response-type response_types_supported"]);
    check("duplicate-values", &["duplicate-value scopes_supported"]);
    let found = check("vendor-capabilities", &["capability-not-standard capabilities"]);
    assert_eq!(
        found.deviations[0].detail.split(':').next(),
        Some("\"context-passthrough-patient\" and 2 more")
    );
}

#[test]
fn white_space_and_escapes_do_not_matter() {
    let plain = check("conformant", &[]);
    for name in ["leading-newline", "crlf", "escaped-slashes"] {
        assert_eq!(check(name, &[]), plain, "{name}");
    }
}

#[test]
fn unsafe_and_relative_endpoints_leave_the_document_readable() {
    check("http-endpoint", &["endpoint-not-https token_endpoint"]);
    check("script-endpoint", &["endpoint-malformed authorization_endpoint"]);
    let found = check(
        "relative-endpoints",
        &["relative-endpoint authorization_endpoint", "relative-endpoint token_endpoint"],
    );
    assert_eq!(found.authorization_endpoint.as_deref(), Some("https://fhir.example.com/auth/authorize"));
    assert_eq!(found.token_endpoint.as_deref(), Some("https://fhir.example.com/auth/token"));
}

#[test]
fn scopes_of_all_kinds_are_kept() {
    let found = check("scopes-of-all-kinds", &[]);
    let raw: Vec<_> =
        found.raw["scopes_supported"].as_array().unwrap().iter().map(|s| s.as_str().unwrap()).collect();
    assert_eq!(found.scopes_supported().unwrap(), raw);
    assert_eq!(raw.len(), 9);
}

#[test]
fn a_large_document_is_read_whole() {
    let found = read("large");
    assert_eq!(found.scopes_supported().unwrap().len(), 581);
    assert_eq!(found.raw["scopes_supported"].as_array().map(Vec::len), Some(581));
    assert_eq!(deviations(&found), ["endpoint-on-other-host authorization_endpoint"]);
    assert!(found.supports_backend_services() && found.supports_dynamic_registration());
    assert!(matches!(found.raw["capabilities"], Value::Array(_)));
}
