//! The documents that stand in for an absent SMART document.

use safire_protocol::deviation::Severity;
use safire_protocol::server_profile::ProfileSource;

use super::accept_from;
use super::answer;
use super::deviations;
use super::file;

#[test]
fn openid_configuration_is_judged_by_its_own_rules() {
    let response = answer(200, "application/json", file("openid-configuration.json"));
    let found = accept_from(ProfileSource::OpenidConfiguration, &response).unwrap();
    assert_eq!(found.source, ProfileSource::OpenidConfiguration);
    assert_eq!(found.source_url, "https://fhir.example.com/r4/.well-known/openid-configuration");
    assert_eq!(deviations(&found), [""; 0]);
    assert!(found.supports_dynamic_registration());
}

#[test]
fn openid_configuration_names_what_it_lacks() {
    let body = r#"{"token_endpoint": "https://fhir.example.com/token"}"#;
    let found =
        accept_from(ProfileSource::OpenidConfiguration, &answer(200, "application/json", body)).unwrap();
    let required: Vec<_> = found.deviations.iter().filter_map(|d| d.member.as_deref()).collect();
    assert_eq!(
        required,
        [
            "issuer",
            "authorization_endpoint",
            "jwks_uri",
            "response_types_supported",
            "subject_types_supported",
            "id_token_signing_alg_values_supported"
        ]
    );
    assert!(found.deviations.iter().all(|d| d.section == "OpenID Connect Discovery 1.0 §3"));
}

#[test]
fn rfc_8414_metadata_of_another_issuer_is_said() {
    let response = answer(200, "application/json", file("oauth-authorization-server-of-another.json"));
    let found = accept_from(ProfileSource::OauthAuthorizationServer, &response).unwrap();
    assert_eq!(
        deviations(&found),
        ["endpoint-on-other-host authorization_endpoint", "issuer-mismatch issuer"]
    );
    assert_eq!(found.deviations[1].section, "RFC 8414 §3.3");
    assert_eq!(found.deviations[1].severity, Severity::Warning);
}

#[test]
fn the_oauth_uris_of_a_capability_statement_are_read() {
    let response = answer(200, "application/fhir+json;charset=utf-8", file("capability-statement.json"));
    let found = accept_from(ProfileSource::CapabilityStatement, &response).unwrap();
    let at = |name: &str| Some(format!("https://fhir.example.com/auth/{name}"));
    assert_eq!(found.authorization_endpoint, at("authorize"));
    assert_eq!(found.token_endpoint, at("token"));
    assert_eq!(found.registration_endpoint, at("register"));
    assert_eq!(found.management_endpoint, at("manage"));
    assert_eq!(found.introspection_endpoint, at("introspect"));
    assert_eq!(found.revocation_endpoint, at("revoke"));
    assert_eq!(found.capabilities, ["launch-standalone", "client-public"]);
    assert!(found.supports_standalone_launch() && found.supports_public());
    assert_eq!(deviations(&found), ["deprecated-source -"]);
}

#[test]
fn a_loosely_typed_capability_statement_is_read() {
    let response = answer(200, "application/json", file("capability-statement-loose.json"));
    let found = accept_from(ProfileSource::CapabilityStatement, &response).unwrap();
    assert_eq!(found.token_endpoint.as_deref(), Some("https://fhir.example.com/auth/token"));
    assert_eq!(found.authorization_endpoint.as_deref(), Some("https://fhir.example.com/auth/authorize"));
    assert_eq!(found.registration_endpoint, None);
    assert_eq!(deviations(&found), ["relative-endpoint token_endpoint", "deprecated-source -"]);
}

#[test]
fn an_open_server_and_another_resource_name_no_endpoints() {
    for body in [file("capability-statement-open.json"), r#"{"resourceType": "OperationOutcome"}"#.into()] {
        let error = accept_from(ProfileSource::CapabilityStatement, &answer(200, "application/json", body))
            .unwrap_err();
        assert!(error.to_string().contains("names no endpoint"), "{error}");
    }
}
