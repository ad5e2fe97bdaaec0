use safire_protocol::deviation::Severity;
use serde_json::json;

use super::conformant;
use super::conformant_but;
use super::deviations;
use super::profile;

#[test]
fn tc_050_a_full_document_has_no_deviation() {
    assert_eq!(deviations(&profile(&conformant())), [""; 0]);
}

#[test]
fn tc_051_each_missing_required_member_is_named() {
    let found = profile(&json!({"authorization_endpoint": "https://fhir.example.com/authorize"}));
    assert_eq!(
        deviations(&found),
        [
            "missing-required-member token_endpoint",
            "missing-required-member grant_types_supported",
            "missing-required-member capabilities",
            "missing-required-member code_challenge_methods_supported",
            "pkce-s256-missing code_challenge_methods_supported",
        ]
    );
    assert_eq!(found.deviations[0].severity, Severity::Error);
    assert_eq!(found.deviations[1].severity, Severity::Warning);
    assert_eq!(found.deviations[0].section, "SMART App Launch 2.2, Conformance, Metadata");
    assert!(found.authorization_endpoint.is_some());
}

fn of_pkce(methods: &[&str]) -> Vec<String> {
    deviations(&profile(&conformant_but(&json!({"code_challenge_methods_supported": methods}))))
}

#[test]
fn tc_052_only_plain_is_wrong_twice() {
    let member = "code_challenge_methods_supported";
    assert_eq!(
        of_pkce(&["plain"]),
        [format!("pkce-s256-missing {member}"), format!("pkce-plain-offered {member}")]
    );
}

#[test]
fn tc_053_plain_beside_s256_is_said() {
    assert_eq!(of_pkce(&["S256", "plain"]), ["pkce-plain-offered code_challenge_methods_supported"]);
}

#[test]
fn tc_054_no_method_is_said() {
    assert_eq!(
        of_pkce(&[]),
        [
            "empty-array code_challenge_methods_supported",
            "missing-required-member code_challenge_methods_supported",
            "pkce-s256-missing code_challenge_methods_supported",
        ]
    );
}

#[test]
fn p_04_blank_and_empty_are_not_present() {
    let found = profile(&conformant_but(&json!({"token_endpoint": "", "capabilities": []})));
    assert_eq!(
        deviations(&found),
        [
            "blank-member token_endpoint",
            "empty-array capabilities",
            "missing-required-member token_endpoint",
            "missing-required-member capabilities",
        ]
    );
    assert_eq!(found.token_endpoint, None);
}

#[test]
fn a_launch_without_authorization_endpoint_or_code_grant_is_said() {
    let changes = json!({"authorization_endpoint": null, "grant_types_supported": ["client_credentials"]});
    assert_eq!(
        deviations(&profile(&conformant_but(&changes))),
        ["missing-conditional-member authorization_endpoint", "grant-not-listed grant_types_supported"]
    );
}

#[test]
fn the_algorithm_none_is_said() {
    let changes = json!({"token_endpoint_auth_signing_alg_values_supported": ["RS384", "none"]});
    assert_eq!(
        deviations(&profile(&conformant_but(&changes))),
        ["algorithm-none token_endpoint_auth_signing_alg_values_supported"]
    );
}

#[test]
fn an_issuer_that_is_no_https_url_is_said() {
    for (issuer, code) in [
        ("MyServer", "issuer-malformed issuer"),
        ("http://fhir.example.com/r4", "issuer-not-https issuer"),
        ("https://fhir.example.com/r4?x=1", "issuer-has-query issuer"),
    ] {
        let found = profile(&conformant_but(&json!({"issuer": issuer})));
        assert_eq!(deviations(&found), [code]);
        assert_eq!(found.issuer.as_deref(), Some(issuer));
    }
}
