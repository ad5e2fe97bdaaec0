use safire_protocol::server_profile::ServerProfile;
use serde_json::json;

use super::conformant;
use super::conformant_but;
use super::profile;

fn but(changes: &serde_json::Value) -> ServerProfile {
    profile(&conformant_but(changes))
}

const METHODS: &str = "token_endpoint_auth_methods_supported";
const ALGORITHMS: &str = "token_endpoint_auth_signing_alg_values_supported";

#[test]
fn tc_055_ehr_launch_needs_the_authorization_endpoint() {
    let found = but(&json!({"authorization_endpoint": null}));
    assert!(!found.supports_ehr_launch() && found.lists_ehr_launch());
    assert!(!found.supports_standalone_launch() && found.lists_standalone_launch());
    let found = profile(&conformant());
    assert!(found.supports_ehr_launch() && found.supports_standalone_launch());
}

#[test]
fn tc_056_symmetric_without_a_method_list() {
    assert!(but(&json!({METHODS: null})).supports_confidential_symmetric());
    assert!(but(&json!({METHODS: []})).supports_confidential_symmetric());
}

#[test]
fn tc_057_symmetric_with_only_private_key_jwt_listed() {
    assert!(!but(&json!({METHODS: ["private_key_jwt"]})).supports_confidential_symmetric());
}

#[test]
fn tc_058_asymmetric_with_only_rs256_listed() {
    let found = but(&json!({ALGORITHMS: ["RS256"]}));
    assert!(!found.supports_confidential_asymmetric());
    assert_eq!(found.common_algorithms(), [""; 0]);
}

#[test]
fn tc_059_common_algorithms_keep_the_servers_order() {
    assert_eq!(
        but(&json!({ALGORITHMS: ["RS384", "RS256", "ES384"]})).common_algorithms(),
        ["RS384", "ES384"]
    );
    assert_eq!(
        but(&json!({ALGORITHMS: ["ES384", "RS384", "ES384"]})).common_algorithms(),
        ["ES384", "RS384"]
    );
}

#[test]
fn tc_060_no_algorithm_list_means_both() {
    assert_eq!(but(&json!({ALGORITHMS: null})).common_algorithms(), ["RS384", "ES384"]);
    assert_eq!(but(&json!({ALGORITHMS: []})).common_algorithms(), ["RS384", "ES384"]);
}

#[test]
fn tc_061_backend_services_need_grant_and_asymmetric_client() {
    assert!(profile(&conformant()).supports_backend_services());
    assert!(!but(&json!({"grant_types_supported": ["authorization_code"]})).supports_backend_services());
    assert!(!but(&json!({"grant_types_supported": null})).supports_backend_services());
    assert!(!but(&json!({"capabilities": ["client-public"]})).supports_backend_services());
    assert!(!but(&json!({METHODS: ["client_secret_basic"]})).supports_backend_services());
}

#[test]
fn tc_062_openid_connect_needs_issuer_and_keys() {
    assert!(profile(&conformant()).supports_openid_connect());
    for member in ["issuer", "jwks_uri"] {
        let found = but(&json!({member: null}));
        assert!(!found.supports_openid_connect() && found.lists_openid_connect(), "{member}");
    }
}

#[test]
fn tc_063_dynamic_registration_needs_its_endpoint() {
    assert!(!profile(&conformant()).supports_dynamic_registration());
    assert!(!but(&json!({"registration_endpoint": " "})).supports_dynamic_registration());
    assert!(
        but(&json!({"registration_endpoint": "https://fhir.example.com/r"})).supports_dynamic_registration()
    );
}

#[test]
fn p_08_capabilities_match_whole_never_in_part() {
    let found = but(&json!({"capabilities": "xx-client-public-yy"}));
    assert!(!found.supports_public());
    assert!(but(&json!({"capabilities": "client-public"})).supports_public());
}

#[test]
fn p_09_capabilities_of_another_type_are_none() {
    let found = but(&json!({"capabilities": 7}));
    assert!(!found.supports_public() && !found.supports_ehr_launch() && !found.supports_authorize_post());
}

#[test]
fn p_19_and_p_22_single_capabilities() {
    assert!(but(&json!({"capabilities": ["authorize-post"]})).supports_authorize_post());
    assert!(profile(&conformant()).has_capability("permission-v2"));
    assert!(!profile(&conformant()).has_capability("permission-v1"));
}

#[test]
fn public_clients_are_told_by_the_capability_not_by_the_methods() {
    assert!(but(&json!({METHODS: ["client_secret_basic"]})).supports_public());
    assert!(!but(&json!({METHODS: ["none"], "capabilities": ["launch-ehr"]})).supports_public());
}
