//! Vendors whose clients come from a portal.

use safire_sandbox::Sandbox;
use safire_sandbox::SandboxError;
use serde_json::Value;
use serde_json::json;

use crate::browser::Browser;
use crate::browser::Request;
use crate::browser::app;
use crate::browser::tokens;
use crate::browser::told;
use crate::support::Answer;
use crate::support::backend;
use crate::support::get;
use crate::support::post_form;
use crate::support::post_json;
use crate::support::public;
use crate::support::token_by_secret;

async fn vendor(name: &str) -> Sandbox {
    Sandbox::builder().profile(name).auto_approve("clinician", "example").start().await.unwrap()
}

async fn document(sandbox: &Sandbox) -> Value {
    get(&format!("{}/.well-known/smart-configuration", sandbox.fhir_base())).await.json()
}

async fn unknown_client(sandbox: &Sandbox) -> Answer {
    let fields = [("grant_type", "client_credentials"), ("client_id", "nobody"), ("client_secret", "x")];
    post_form(&sandbox.token_endpoint(), &fields).await
}

#[tokio::test]
async fn there_is_no_registration_and_a_portal_adds_clients() {
    for name in ["oracle", "athena"] {
        let sandbox = vendor(name).await;
        assert!(document(&sandbox).await.get("registration_endpoint").is_none());
        assert_eq!(post_json(&sandbox.registration_endpoint(), &public()).await.status, 404, "{name}");
        let client = Value::Object(sandbox.add_client(&backend("client_secret_basic")).unwrap());
        assert!(client["client_secret"].is_string());
        let by_call = post_json(&format!("{}/_control/clients", sandbox.issuer()), &public()).await;
        assert_eq!((by_call.status, sandbox.clients().len()), (201, 2));
        let wrong = sandbox.add_client(&json!({"redirect_uris": []}));
        assert!(matches!(wrong, Err(SandboxError::Metadata(_))), "{wrong:?}");
        let wrong = post_json(&format!("{}/_control/clients", sandbox.issuer()), &json!([])).await;
        assert_eq!(wrong.status, 400);
    }
}

#[tokio::test]
async fn t16_oracle_tells_errors_by_a_urn() {
    let sandbox = vendor("oracle").await;
    let answer = unknown_client(&sandbox).await;
    assert_eq!(answer.status, 401);
    let body = answer.json();
    assert_eq!(body["error"], "invalid_client");
    let uri = "urn:cerner:error:authorization-server:oauth2:invalid-client:the-client-is-not-known";
    assert_eq!(body["error_uri"], uri);
    assert!(body.get("error_description").is_none());
}

#[tokio::test]
async fn oracle_drops_scopes_of_smart_2_though_it_names_them() {
    let sandbox = vendor("oracle").await;
    let capabilities = document(&sandbox).await["capabilities"].clone();
    assert!(capabilities.as_array().unwrap().contains(&json!("permission-v2")));
    let mut metadata = backend("client_secret_basic");
    metadata["scope"] = json!("system/Patient.rs system/Observation.read");
    let client = Value::Object(sandbox.add_client(&metadata).unwrap());
    // The helper asks for `system/Patient.rs`, which is all that it asks for.
    let refused = token_by_secret(&sandbox, &client).await;
    assert_eq!((refused.status, refused.error().as_str()), (400, "invalid_scope"));
    let (id, secret) = (client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
    let all = crate::support::form(&sandbox.token_endpoint(), &[("grant_type", "client_credentials")])
        .header("authorization", crate::support::basic(id, secret));
    let granted = crate::support::read(all).await.unwrap();
    assert_eq!(granted.json()["scope"], "system/Observation.read");
}

#[tokio::test]
async fn t16_athena_has_an_error_body_of_its_own() {
    let body = unknown_client(&vendor("athena").await).await.json();
    let expected = json!({"status": "error", "statusmessage": "invalid_client", "description": "the client is not known"});
    assert_eq!(body, expected);
}

#[tokio::test]
async fn t20_athena_does_pkce_and_does_not_say_so() {
    let sandbox = vendor("athena").await;
    let document = document(&sandbox).await;
    assert!(document.get("code_challenge_methods_supported").is_none());
    assert_eq!(document["token_endpoint_auth_methods"], document["token_endpoint_auth_methods_supported"]);
    let id = sandbox.add_client(&app()).unwrap()["client_id"].as_str().unwrap().to_owned();
    assert!(tokens(&sandbox, &id).await["access_token"].is_string());
}

#[tokio::test]
async fn t24_athena_takes_the_base_letter_by_letter() {
    let sandbox = vendor("athena").await;
    let id = sandbox.add_client(&app()).unwrap()["client_id"].as_str().unwrap().to_owned();
    let base = sandbox.fhir_base();
    for (aud, good) in [(base.clone(), true), (format!("{base}/"), false), (sandbox.issuer(), false)] {
        let url = Request::of(&sandbox, &id).with("aud", Some(&aud)).url(&sandbox);
        let told = told(&Browser::default().get(&url).await);
        assert_eq!(told.contains_key("code"), good, "{aud}: {told:?}");
    }
}
