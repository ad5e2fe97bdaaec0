use safire_sandbox::OtherSyntax;
use safire_sandbox::Sandbox;
use safire_sandbox::ScopeSyntax;
use serde_json::Value;
use serde_json::json;

use crate::browser::Browser;
use crate::browser::Request;
use crate::browser::app;
use crate::browser::code;
use crate::browser::fhir;
use crate::browser::redeem;
use crate::browser::refresh;
use crate::browser::told;
use crate::support::basic;
use crate::support::form;
use crate::support::get;
use crate::support::public;
use crate::support::read;
use crate::support::register;

async fn server(syntax: ScopeSyntax) -> Sandbox {
    Sandbox::builder().scope_syntax(syntax).auto_approve("clinician", "example").start().await.unwrap()
}

/// What is granted of `scope`, or the error.
async fn granted(sandbox: &Sandbox, scope: &str) -> Result<Value, String> {
    let id = register(sandbox, &app()).await["client_id"].as_str().unwrap().to_owned();
    let request = Request::of(sandbox, &id).with("scope", Some(scope));
    let told = told(&Browser::default().get(&request.url(sandbox)).await);
    match told.get("error") {
        Some(error) => Err(error.clone()),
        None => Ok(redeem(sandbox, &id, &told["code"]).await.json()["scope"].clone()),
    }
}

#[tokio::test]
async fn a_server_of_smart_1_says_so_and_grants_so() {
    let sandbox = server(ScopeSyntax::V1(OtherSyntax::Dropped)).await;
    let document = get(&format!("{}/.well-known/smart-configuration", sandbox.fhir_base())).await.json();
    let has = |member: &str, value: &str| document[member].as_array().unwrap().contains(&json!(value));
    assert!(has("capabilities", "permission-v1") && !has("capabilities", "permission-v2"));
    assert!(has("scopes_supported", "patient/*.read") && !has("scopes_supported", "patient/*.rs"));
    assert!(has("scopes_supported", "launch/patient"));
    let scope = "openid patient/*.read user/Patient.rs";
    assert_eq!(granted(&sandbox, scope).await, Ok(json!("openid patient/*.read")));
    assert_eq!(granted(&sandbox, "patient/*.rs").await, Err("invalid_scope".to_owned()));
    let mut metadata = public();
    metadata.as_object_mut().unwrap().remove("scope");
    let default = register(&sandbox, &metadata).await["scope"].as_str().unwrap().to_owned();
    assert!(default.contains("patient/*.read"), "{default}");
}

#[tokio::test]
async fn a_server_of_smart_2_says_so_and_grants_so() {
    let sandbox = server(ScopeSyntax::V2(OtherSyntax::Refused)).await;
    let document = get(&format!("{}/.well-known/smart-configuration", sandbox.fhir_base())).await.json();
    let capabilities = document["capabilities"].as_array().unwrap();
    assert!(
        capabilities.contains(&json!("permission-v2")) && !capabilities.contains(&json!("permission-v1"))
    );
    assert_eq!(granted(&sandbox, "openid patient/*.rs").await, Ok(json!("openid patient/*.rs")));
    assert_eq!(granted(&sandbox, "openid patient/*.read").await, Err("invalid_scope".to_owned()));
}

#[tokio::test]
async fn a_server_that_translates_grants_in_its_own_syntax() {
    let sandbox = server(ScopeSyntax::V1(OtherSyntax::Translated)).await;
    let id = register(&sandbox, &app()).await["client_id"].as_str().unwrap().to_owned();
    let scope = "launch/patient patient/Patient.rs patient/Observation.r offline_access";
    let code = code(&sandbox, &Request::of(&sandbox, &id).with("scope", Some(scope))).await;
    let body = redeem(&sandbox, &id, &code).await.json();
    assert_eq!(body["scope"], "launch/patient patient/Patient.read offline_access");
    assert_eq!(fhir(&sandbox, &body["access_token"], "Patient/example").await.status, 200);
    assert_eq!(fhir(&sandbox, &body["access_token"], "Observation/example-weight").await.status, 403);
    let narrowed = refresh(&sandbox, &id, &body["refresh_token"], &[("scope", "patient/Patient.rs")]).await;
    assert_eq!(narrowed.json()["scope"], "patient/Patient.read");
}

#[tokio::test]
async fn client_credentials_keep_to_the_syntax() {
    for (other, scope, expected) in [
        (OtherSyntax::Dropped, "system/Patient.rs system/Observation.read", Ok("system/Observation.read")),
        (OtherSyntax::Dropped, "system/Patient.rs", Err("invalid_scope")),
        (OtherSyntax::Refused, "system/Patient.rs system/Observation.read", Err("invalid_scope")),
        (OtherSyntax::Translated, "system/Patient.rs", Ok("system/Patient.read")),
    ] {
        let sandbox = server(ScopeSyntax::V1(other)).await;
        let client = register(&sandbox, &crate::support::backend("client_secret_basic")).await;
        let (id, secret) = (client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
        let fields = [("grant_type", "client_credentials"), ("scope", scope)];
        let request = form(&sandbox.token_endpoint(), &fields).header("authorization", basic(id, secret));
        let body = read(request).await.unwrap().json();
        let found = match body["error"].as_str() {
            Some(error) => Err(error),
            None => Ok(body["scope"].as_str().unwrap()),
        };
        assert_eq!(found, expected, "{other:?} {scope}");
    }
}
