use std::time::Duration;

use safire_sandbox::Sandbox;
use serde_json::json;

use crate::browser::REDIRECT;
use crate::browser::Request;
use crate::browser::SCOPE;
use crate::browser::VERIFIER;
use crate::browser::app;
use crate::browser::app_id;
use crate::browser::code;
use crate::browser::fhir;
use crate::browser::redeem;
use crate::browser::refresh;
use crate::browser::tokens;
use crate::support::basic;
use crate::support::form;
use crate::support::post_form;
use crate::support::read;
use crate::support::register;

async fn approving() -> Sandbox {
    Sandbox::builder().auto_approve("clinician", "second").start().await.unwrap()
}

#[tokio::test]
async fn a_code_gives_tokens_with_their_context() {
    let sandbox = approving().await;
    let id = app_id(&sandbox).await;
    let code = code(&sandbox, &Request::of(&sandbox, &id)).await;
    let answer = redeem(&sandbox, &id, &code).await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")));
    let body = answer.json();
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(300)));
    assert_eq!((&body["scope"], &body["patient"]), (&json!(SCOPE), &json!("second")));
    assert_eq!(body["need_patient_banner"], true);
    assert!(body["refresh_token"].is_string() && body["id_token"].is_string());
    assert!(body.get("encounter").is_none());
    assert_eq!(fhir(&sandbox, &body["access_token"], "Patient/second").await.status, 200);
    let counts = sandbox.counts();
    assert_eq!((counts.codes_issued, counts.tokens_by_code, counts.tokens_issued), (1, 1, 1));
}

#[tokio::test]
async fn a_code_is_good_once_and_its_tokens_die_with_the_second_use() {
    let sandbox = approving().await;
    let id = app_id(&sandbox).await;
    let code = code(&sandbox, &Request::of(&sandbox, &id)).await;
    let first = redeem(&sandbox, &id, &code).await.json();
    for _ in 0..2 {
        let again = redeem(&sandbox, &id, &code).await;
        assert_eq!((again.status, again.error().as_str()), (400, "invalid_grant"));
    }
    assert_eq!(fhir(&sandbox, &first["access_token"], "Patient/second").await.status, 401);
    assert_eq!(refresh(&sandbox, &id, &first["refresh_token"], &[]).await.error(), "invalid_grant");
    assert_eq!(sandbox.counts().reuses_detected, 1);
}

#[tokio::test]
async fn a_code_is_bound_to_its_request() {
    let sandbox = approving().await;
    let id = app_id(&sandbox).await;
    let other = app_id(&sandbox).await;
    let code = code(&sandbox, &Request::of(&sandbox, &id)).await;
    let wrong_verifier = VERIFIER.replace('d', "e");
    let cases = [
        ("code", "unknown", "invalid_grant"),
        ("code", "", "invalid_request"),
        ("redirect_uri", "https://app.example.com/callback", "invalid_grant"),
        ("redirect_uri", "", "invalid_request"),
        ("code_verifier", &wrong_verifier, "invalid_grant"),
        ("code_verifier", "short", "invalid_grant"),
        ("code_verifier", "", "invalid_request"),
        ("client_id", &other, "invalid_grant"),
    ];
    for (name, value, error) in cases {
        let mut fields = [
            ("grant_type", "authorization_code"),
            ("client_id", id.as_str()),
            ("code", code.as_str()),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ];
        for field in &mut fields {
            if field.0 == name {
                field.1 = value;
            }
        }
        let answer = post_form(&sandbox.token_endpoint(), &fields).await;
        assert_eq!((answer.status, answer.error().as_str()), (400, error), "{name}={value}");
    }
    assert_eq!(redeem(&sandbox, &id, &code).await.status, 200, "none of these used the code up");
}

#[tokio::test]
async fn a_confidential_client_shows_its_secret() {
    let sandbox = approving().await;
    let mut metadata = app();
    metadata["token_endpoint_auth_method"] = json!("client_secret_basic");
    let client = register(&sandbox, &metadata).await;
    let (id, secret) = (client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
    let code = code(&sandbox, &Request::of(&sandbox, id)).await;
    assert_eq!(redeem(&sandbox, id, &code).await.error(), "invalid_client");
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    let request = form(&sandbox.token_endpoint(), &fields).header("authorization", basic(id, secret));
    assert_eq!(read(request).await.unwrap().status, 200);
}

#[tokio::test]
async fn the_lifetime_is_the_one_asked_for() {
    let sandbox = Sandbox::builder()
        .token_lifetime(Duration::ZERO)
        .auto_approve("clinician", "example")
        .start()
        .await
        .unwrap();
    let id = app_id(&sandbox).await;
    let dead = tokens(&sandbox, &id).await;
    assert_eq!(dead["expires_in"], 0);
    let refused = fhir(&sandbox, &dead["access_token"], "Patient/example").await;
    assert_eq!(refused.status, 401);
    assert!(refused.header("www-authenticate").unwrap().contains("invalid_token"));
    let sandbox = Sandbox::builder()
        .token_lifetime(Duration::from_secs(7200))
        .auto_approve("clinician", "example")
        .start()
        .await
        .unwrap();
    let id = app_id(&sandbox).await;
    assert_eq!(tokens(&sandbox, &id).await["expires_in"], 7200);
}

#[tokio::test]
async fn the_approval_names_who_there_is() {
    for (user, patient) in [("nobody", "example"), ("clinician", "nobody"), ("patient", "second")] {
        let started = Sandbox::builder().auto_approve(user, patient).start().await;
        let error = started.unwrap_err().to_string();
        assert!(error.contains("it is one of"), "{error}");
    }
}
