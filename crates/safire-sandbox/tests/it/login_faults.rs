use safire_sandbox::Sandbox;
use serde_json::Value;
use serde_json::json;

use crate::browser::Browser;
use crate::browser::Request;
use crate::browser::STATE;
use crate::browser::app_id;
use crate::browser::fhir;
use crate::browser::refresh;
use crate::browser::tokens;
use crate::browser::told;
use crate::support::get;
use crate::support::post_form;

async fn approving(fault: &str) -> (Sandbox, String) {
    let sandbox = Sandbox::builder().auto_approve("clinician", "example").fault(fault).start().await.unwrap();
    let id = app_id(&sandbox).await;
    (sandbox, id)
}

#[tokio::test]
async fn each_fault_of_the_redirect_shows_in_it() {
    let (sandbox, id) = approving("authorize:no-state").await;
    let strike = async |fault: &str| {
        sandbox.set_fault(&format!("authorize:{fault}")).unwrap();
        told(&Browser::default().get(&Request::of(&sandbox, &id).url(&sandbox)).await)
    };
    let answer = strike("no-state").await;
    assert!(answer.contains_key("code") && !answer.contains_key("state"));
    let answer = strike("wrong-state").await;
    assert!(answer.contains_key("code") && answer["state"] != STATE);
    let answer = strike("no-iss").await;
    assert!(answer.contains_key("code") && !answer.contains_key("iss"));
    assert_eq!(strike("wrong-iss").await["iss"], "https://other.invalid");
    let answer = strike("no-code").await;
    assert!(!answer.contains_key("code") && !answer.contains_key("error"));
    for code in ["access_denied", "temporarily_unavailable"] {
        let answer = strike(&format!("error={code}")).await;
        assert_eq!((answer["error"].as_str(), answer["state"].as_str()), (code, STATE));
    }
    assert!(sandbox.set_fault("authorize:error").is_err());
    assert!(sandbox.set_fault("authorize:error=<b>").is_err());
    sandbox.set_fault("authorize:html-error").unwrap();
    assert_eq!(get(&Request::of(&sandbox, &id).url(&sandbox)).await.status, 502);
}

#[tokio::test]
async fn t18_a_refresh_without_a_new_refresh_token_keeps_the_old_one_good() {
    let (sandbox, id) = approving("token:no-refresh-token").await;
    let first = tokens(&sandbox, &id).await;
    for _ in 0..3 {
        let again = refresh(&sandbox, &id, &first["refresh_token"], &[]).await;
        assert_eq!(again.status, 200, "{}", again.text());
        assert!(again.json().get("refresh_token").is_none());
    }
    assert_eq!((sandbox.counts().refreshes, sandbox.counts().reuses_detected), (3, 0));
}

#[tokio::test]
async fn a_refused_refresh_is_refused_and_nothing_else() {
    let (sandbox, id) = approving("token:refresh-invalid-grant").await;
    let first = tokens(&sandbox, &id).await;
    let refused = refresh(&sandbox, &id, &first["refresh_token"], &[]).await;
    assert_eq!((refused.status, refused.error().as_str()), (400, "invalid_grant"));
    sandbox.clear_faults();
    assert_eq!(refresh(&sandbox, &id, &first["refresh_token"], &[]).await.status, 200);
}

#[tokio::test]
async fn t15_invalid_grant_comes_once() {
    let (sandbox, id) = approving("token:invalid-grant-once").await;
    let first = post_form(&sandbox.token_endpoint(), &[("grant_type", "authorization_code")]).await;
    assert_eq!(
        (first.status, first.json()),
        (400, json!({"error": "invalid_grant", "error_description": null}))
    );
    tokens(&sandbox, &id).await;
}

#[tokio::test]
async fn what_a_token_answer_can_lack() {
    for (fault, member) in [("no-id-token", "id_token"), ("no-patient", "patient")] {
        let (sandbox, id) = approving(&format!("token:{fault}")).await;
        let answer = tokens(&sandbox, &id).await;
        assert!(answer.get(member).is_none() && answer["access_token"].is_string(), "{fault}");
    }
}

#[tokio::test]
async fn one_401_from_the_fhir_server_and_then_the_right_answer() {
    let (sandbox, id) = approving("fhir:401-once").await;
    let answer = tokens(&sandbox, &id).await;
    let refused = fhir(&sandbox, &answer["access_token"], "Patient/example").await;
    assert_eq!(refused.status, 401);
    assert!(refused.header("www-authenticate").unwrap().contains("invalid_token"));
    assert_eq!(fhir(&sandbox, &answer["access_token"], "Patient/example").await.status, 200);
}

#[tokio::test]
async fn the_faults_of_every_endpoint_strike_the_new_ones_too() {
    let (sandbox, id) = approving("duplicate-members").await;
    sandbox.clear_faults();
    let token = tokens(&sandbox, &id).await["access_token"].as_str().unwrap().to_owned();
    let introspect = || async {
        let fields = [("client_id", id.as_str()), ("token", token.as_str())];
        post_form(&sandbox.introspection_endpoint(), &fields).await
    };
    sandbox.set_fault("duplicate-members").unwrap();
    assert!(introspect().await.text().starts_with("{\"active\":false,\"active\":true"));
    assert!(get(&sandbox.jwks_uri()).await.text().starts_with("{\"keys\":[],\"keys\":[{"));
    let patient = fhir(&sandbox, &json!(token), "Patient/example").await;
    assert!(patient.text().starts_with("{\"resourceType\":\"Basic\","));
    sandbox.set_fault("error-200").unwrap();
    for body in [introspect().await.json(), get(&sandbox.jwks_uri()).await.json()] {
        assert!(body["error"].is_string());
    }
    sandbox.clear_faults();
    assert_eq!(introspect().await.json()["active"], Value::Bool(true));
    sandbox.set_fault("revoke:empty-500").unwrap();
    let fields = [("client_id", id.as_str()), ("token", token.as_str())];
    assert_eq!(post_form(&sandbox.revocation_endpoint(), &fields).await.status, 500);
    assert_eq!(introspect().await.status, 200);
}
