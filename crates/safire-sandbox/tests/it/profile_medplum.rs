use safire_sandbox::Sandbox;
use serde_json::json;

use crate::browser::Request;
use crate::browser::app;
use crate::browser::code;
use crate::browser::redeem;
use crate::support::backend;
use crate::support::post_json;
use crate::support::public;
use crate::support::register;
use crate::support::token_by_secret;

async fn medplum() -> Sandbox {
    Sandbox::builder().profile("medplum").auto_approve("clinician", "example").start().await.unwrap()
}

#[tokio::test]
async fn t2_t4_the_answer_has_three_members() {
    let sandbox = medplum().await;
    for metadata in [public(), backend("client_secret_basic")] {
        let body = register(&sandbox, &metadata).await;
        let mut members: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
        members.sort_unstable();
        assert_eq!(members, ["client_id", "client_id_issued_at", "client_secret"]);
        if metadata["token_endpoint_auth_method"] != "none" {
            assert_eq!(token_by_secret(&sandbox, &body).await.status, 200);
        }
    }
}

#[tokio::test]
async fn a_redirect_uri_that_is_refused_is_an_invalid_request() {
    let mut metadata = public();
    metadata["redirect_uris"] = json!(["https://app.example.com/#fragment"]);
    let answer = post_json(&medplum().await.registration_endpoint(), &metadata).await;
    assert_eq!((answer.status, answer.error().as_str()), (400, "invalid_request"));
}

#[tokio::test]
async fn t18_only_offline_access_brings_a_refresh_token() {
    let sandbox = medplum().await;
    let id = register(&sandbox, &app()).await["client_id"].as_str().unwrap().to_owned();
    for (scope, comes) in [("openid online_access", false), ("openid offline_access", true)] {
        let code = code(&sandbox, &Request::of(&sandbox, &id).with("scope", Some(scope))).await;
        let body = redeem(&sandbox, &id, &code).await.json();
        assert_eq!(body.get("refresh_token").is_some(), comes, "{scope}");
    }
}
