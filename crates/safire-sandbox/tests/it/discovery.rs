use safire_sandbox::Sandbox;
use serde_json::json;

use crate::support::get;

#[tokio::test]
async fn the_smart_document_has_every_required_member_and_no_more_than_is_served() {
    let sandbox = Sandbox::start().await.unwrap();
    let answer = get(&format!("{}/.well-known/smart-configuration", sandbox.fhir_base())).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    let document = answer.json();
    assert_eq!(document["issuer"], sandbox.issuer());
    assert_eq!(document["jwks_uri"], sandbox.jwks_uri());
    assert_eq!(document["token_endpoint"], sandbox.token_endpoint());
    assert_eq!(document["registration_endpoint"], sandbox.registration_endpoint());
    assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
    for member in ["grant_types_supported", "capabilities", "scopes_supported", "response_types_supported"] {
        assert!(document[member].as_array().is_some_and(|list| !list.is_empty()), "{member}");
    }
    assert_eq!(document["authorization_endpoint"], sandbox.authorization_endpoint());
    assert_eq!(document["introspection_endpoint"], sandbox.introspection_endpoint());
    assert_eq!(document["revocation_endpoint"], sandbox.revocation_endpoint());
    assert_eq!(document["authorization_response_iss_parameter_supported"], true);
    for capability in ["launch-ehr", "authorize-post", "sso-openid-connect", "context-ehr-encounter"] {
        assert!(document["capabilities"].as_array().unwrap().contains(&json!(capability)), "{capability}");
    }
}

#[tokio::test]
async fn the_siblings_name_the_same_endpoints() {
    let sandbox = Sandbox::start().await.unwrap();
    for path in [
        "/fhir/.well-known/openid-configuration",
        "/fhir/.well-known/oauth-authorization-server",
        "/.well-known/oauth-authorization-server/fhir",
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
    ] {
        let answer = get(&format!("{}{path}", sandbox.issuer())).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.json()["token_endpoint"], sandbox.token_endpoint(), "{path}");
    }
    let metadata = get(&format!("{}/metadata", sandbox.fhir_base())).await;
    assert_eq!(metadata.header("content-type"), Some("application/fhir+json"));
    let uris = metadata.json()["rest"][0]["security"]["extension"][0]["extension"].clone();
    assert!(
        uris.as_array()
            .unwrap()
            .contains(&json!({"url": "register", "valueUri": sandbox.registration_endpoint()}))
    );
}

#[tokio::test]
async fn with_the_smart_document_absent_the_siblings_answer() {
    let sandbox = Sandbox::builder().fault("smart-404").start().await.unwrap();
    assert_eq!(get(&format!("{}/.well-known/smart-configuration", sandbox.fhir_base())).await.status, 404);
    assert_eq!(get(&format!("{}/.well-known/openid-configuration", sandbox.fhir_base())).await.status, 200);
    assert_eq!(get(&format!("{}/metadata", sandbox.fhir_base())).await.status, 200);
}

#[tokio::test]
async fn a_redirected_discovery_arrives() {
    let sandbox = Sandbox::builder().fault("discovery:redirect").start().await.unwrap();
    let answer = get(&format!("{}/.well-known/smart-configuration", sandbox.fhir_base())).await;
    assert_eq!(answer.status, 302);
    let moved = get(answer.header("location").unwrap()).await;
    assert_eq!(moved.json()["issuer"], sandbox.issuer());
}

#[tokio::test]
async fn endpoints_move_to_the_host_given() {
    let sandbox =
        Sandbox::builder().fault("other-host-endpoints=https://auth.example.com/r4/").start().await.unwrap();
    let document = get(&format!("{}/.well-known/smart-configuration", sandbox.fhir_base())).await.json();
    assert_eq!(document["token_endpoint"], "https://auth.example.com/r4/token");
    assert_eq!(document["issuer"], sandbox.issuer());
}

#[tokio::test]
async fn each_discovery_fault_shows_in_the_document() {
    let sandbox = Sandbox::start().await.unwrap();
    let url = format!("{}/.well-known/smart-configuration", sandbox.fhir_base());
    let cases = [
        ("string-array-member", "code_challenge_methods_supported", Some(json!("S256"))),
        ("null-arrays", "scopes_supported", Some(json!(null))),
        ("old-auth-methods-member", "token_endpoint_auth_methods_supported", None),
        ("missing-required", "capabilities", None),
        ("relative-endpoints", "token_endpoint", Some(json!("/token"))),
        ("http-endpoints", "token_endpoint", Some(json!("http://plain.invalid/token"))),
        ("no-registration-endpoint", "registration_endpoint", None),
        ("no-token-endpoint", "token_endpoint", None),
    ];
    for (fault, member, expected) in cases {
        sandbox.set_fault(fault).unwrap();
        assert_eq!(get(&url).await.json().get(member), expected.as_ref(), "{fault}");
    }
}
