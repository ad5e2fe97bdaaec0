use std::time::Duration;

use safire_sandbox::Sandbox;
use serde_json::Value;
use serde_json::json;

use crate::browser::SCOPE;
use crate::browser::app;
use crate::browser::app_id;
use crate::browser::fhir;
use crate::browser::refresh;
use crate::browser::tokens;
use crate::support::Answer;
use crate::support::backend;
use crate::support::basic;
use crate::support::form;
use crate::support::post_form;
use crate::support::read;
use crate::support::register;
use crate::support::token_by_secret;

async fn approving() -> Sandbox {
    Sandbox::builder().auto_approve("clinician", "example").start().await.unwrap()
}

async fn as_bearer(sandbox: &Sandbox, bearer: &Value, token: &Value) -> Answer {
    let request = form(&sandbox.introspection_endpoint(), &[("token", token.as_str().unwrap())]);
    let bearer = format!("Bearer {}", bearer.as_str().unwrap());
    read(request.header("authorization", bearer)).await.unwrap()
}

async fn own(sandbox: &Sandbox, id: &str, token: &Value) -> Value {
    let fields = [("client_id", id), ("token", token.as_str().unwrap())];
    let answer = post_form(&sandbox.introspection_endpoint(), &fields).await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")));
    answer.json()
}

async fn revoke(sandbox: &Sandbox, id: &str, token: &Value) -> Answer {
    let fields = [("client_id", id), ("token", token.as_str().unwrap()), ("token_type_hint", "odd")];
    post_form(&sandbox.revocation_endpoint(), &fields).await
}

#[tokio::test]
async fn a_token_is_told_with_its_context() {
    let sandbox = approving().await;
    let id = app_id(&sandbox).await;
    let answer = tokens(&sandbox, &id).await;
    let told = own(&sandbox, &id, &answer["access_token"]).await;
    assert_eq!(
        (&told["active"], &told["client_id"], &told["scope"]),
        (&json!(true), &json!(id), &json!(SCOPE))
    );
    assert_eq!((&told["iss"], &told["patient"]), (&json!(sandbox.issuer()), &json!("example")));
    assert_eq!(told["fhirUser"], format!("{}/Practitioner/example", sandbox.fhir_base()));
    assert_eq!(told["exp"].as_i64().unwrap() - told["iat"].as_i64().unwrap(), 300);
    for same in ["need_patient_banner", "smart_style_url"] {
        assert_eq!(told[same], answer[same], "{same}");
    }
    assert!(told["sub"].is_string());
    let told = own(&sandbox, &id, &answer["refresh_token"]).await;
    assert_eq!((&told["active"], told.get("exp")), (&json!(true), None));
    assert_eq!(sandbox.counts().introspections, 2);
}

#[tokio::test]
async fn a_bearer_and_a_confidential_client_see_all_tokens_and_a_public_one_its_own() {
    let sandbox = approving().await;
    let id = app_id(&sandbox).await;
    let answer = tokens(&sandbox, &id).await;
    let backend = register(&sandbox, &backend("client_secret_basic")).await;
    let service = token_by_secret(&sandbox, &backend).await.json()["access_token"].clone();
    assert_eq!(as_bearer(&sandbox, &service, &answer["access_token"]).await.json()["client_id"], json!(id));
    let told = as_bearer(&sandbox, &answer["access_token"], &service).await.json();
    assert_eq!((&told["active"], &told["sub"]), (&json!(true), &backend["client_id"]));
    assert!(told.get("patient").is_none() && told.get("fhirUser").is_none());
    let header = basic(backend["client_id"].as_str().unwrap(), backend["client_secret"].as_str().unwrap());
    let request =
        form(&sandbox.introspection_endpoint(), &[("token", answer["access_token"].as_str().unwrap())]);
    assert_eq!(read(request.header("authorization", header)).await.unwrap().json()["active"], true);
    assert_eq!(own(&sandbox, &id, &service).await, json!({"active": false}));

    let wrong = as_bearer(&sandbox, &json!("wrong"), &service).await;
    assert_eq!((wrong.status, wrong.error().as_str()), (401, "invalid_token"));
    assert!(wrong.header("www-authenticate").unwrap().starts_with("Bearer"));
    let nobody = post_form(&sandbox.introspection_endpoint(), &[("token", "x")]).await;
    assert_eq!((nobody.status, nobody.error().as_str()), (401, "invalid_client"));
    let nothing = post_form(&sandbox.introspection_endpoint(), &[("client_id", &id)]).await;
    assert_eq!((nothing.status, nothing.error().as_str()), (400, "invalid_request"));
}

#[tokio::test]
async fn of_a_token_that_is_not_good_nothing_is_told() {
    let sandbox = Sandbox::builder()
        .token_lifetime(Duration::ZERO)
        .auto_approve("clinician", "example")
        .start()
        .await
        .unwrap();
    let id = app_id(&sandbox).await;
    let answer = tokens(&sandbox, &id).await;
    refresh(&sandbox, &id, &answer["refresh_token"], &[]).await;
    for dead in [json!("unknown"), answer["access_token"].clone(), answer["refresh_token"].clone()] {
        assert_eq!(own(&sandbox, &id, &dead).await, json!({"active": false}));
    }
}

#[tokio::test]
async fn an_access_token_ends_alone_and_a_refresh_token_with_all() {
    let sandbox = approving().await;
    let id = app_id(&sandbox).await;
    let first = tokens(&sandbox, &id).await;
    assert_eq!(revoke(&sandbox, &id, &first["access_token"]).await.status, 200);
    assert_eq!(fhir(&sandbox, &first["access_token"], "Patient/example").await.status, 401);
    let second = refresh(&sandbox, &id, &first["refresh_token"], &[]).await.json();
    assert_eq!(fhir(&sandbox, &second["access_token"], "Patient/example").await.status, 200);

    let other = app_id(&sandbox).await;
    for token in [&second["refresh_token"], &second["access_token"]] {
        let foreign = revoke(&sandbox, &other, token).await;
        assert_eq!((foreign.status, foreign.error().as_str()), (400, "unauthorized_client"));
    }
    assert_eq!(fhir(&sandbox, &second["access_token"], "Patient/example").await.status, 200);

    assert_eq!(revoke(&sandbox, &id, &second["refresh_token"]).await.status, 200);
    assert_eq!(fhir(&sandbox, &second["access_token"], "Patient/example").await.status, 401);
    assert_eq!(refresh(&sandbox, &id, &second["refresh_token"], &[]).await.error(), "invalid_grant");
    assert_eq!(revoke(&sandbox, &id, &json!("unknown")).await.status, 200, "RFC 7009 §2.2");
    assert_eq!(sandbox.counts().revocations, 2);
}

#[tokio::test]
async fn revocation_wants_the_client() {
    let sandbox = approving().await;
    let mut metadata = app();
    metadata["token_endpoint_auth_method"] = json!("client_secret_basic");
    let client = register(&sandbox, &metadata).await;
    let id = client["client_id"].as_str().unwrap();
    let without = post_form(&sandbox.revocation_endpoint(), &[("client_id", id), ("token", "x")]).await;
    assert_eq!((without.status, without.error().as_str()), (401, "invalid_client"));
    let header = basic(id, client["client_secret"].as_str().unwrap());
    let nothing = form(&sandbox.revocation_endpoint(), &[]).header("authorization", header);
    assert_eq!(read(nothing).await.unwrap().error(), "invalid_request");
}
