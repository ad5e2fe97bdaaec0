use safire_sandbox::Sandbox;
use serde_json::Value;
use serde_json::json;

use crate::browser::Request;
use crate::browser::SCOPE;
use crate::browser::app_id;
use crate::browser::code;
use crate::browser::fhir;
use crate::browser::redeem;
use crate::browser::refresh;
use crate::browser::tokens;

async fn logged_in() -> (Sandbox, String, Value) {
    let sandbox = Sandbox::builder().auto_approve("clinician", "example").start().await.unwrap();
    let id = app_id(&sandbox).await;
    let tokens = tokens(&sandbox, &id).await;
    (sandbox, id, tokens)
}

#[tokio::test]
async fn a_refresh_token_is_rotated_and_keeps_the_context() {
    let (sandbox, id, first) = logged_in().await;
    let second = refresh(&sandbox, &id, &first["refresh_token"], &[]).await.json();
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_ne!(first["access_token"], second["access_token"]);
    assert_eq!((&second["scope"], &second["patient"]), (&json!(SCOPE), &json!("example")));
    assert!(second["id_token"].is_string());
    let third = refresh(&sandbox, &id, &second["refresh_token"], &[]).await;
    assert_eq!(third.status, 200);
    assert_eq!(fhir(&sandbox, &first["access_token"], "Patient/example").await.status, 200);
    let counts = sandbox.counts();
    assert_eq!((counts.refreshes, counts.tokens_issued, counts.reuses_detected), (2, 3, 0));
}

#[tokio::test]
async fn t19_a_spent_refresh_token_ends_the_whole_login() {
    let (sandbox, id, first) = logged_in().await;
    let second = refresh(&sandbox, &id, &first["refresh_token"], &[]).await.json();
    let reuse = refresh(&sandbox, &id, &first["refresh_token"], &[]).await;
    assert_eq!((reuse.status, reuse.error().as_str()), (400, "invalid_grant"));
    assert_eq!(refresh(&sandbox, &id, &second["refresh_token"], &[]).await.error(), "invalid_grant");
    for token in [&first["access_token"], &second["access_token"]] {
        assert_eq!(fhir(&sandbox, token, "Patient/example").await.status, 401);
    }
    assert_eq!(sandbox.counts().reuses_detected, 1);
    // Another login of the same app is not touched.
    let other = tokens(&sandbox, &id).await;
    assert_eq!(refresh(&sandbox, &id, &other["refresh_token"], &[]).await.status, 200);
}

#[tokio::test]
async fn two_refreshes_at_once_are_one_too_many() {
    let (sandbox, id, first) = logged_in().await;
    let (left, right) = tokio::join!(
        refresh(&sandbox, &id, &first["refresh_token"], &[]),
        refresh(&sandbox, &id, &first["refresh_token"], &[]),
    );
    let mut statuses = [left.status, right.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
    assert_eq!(sandbox.counts().reuses_detected, 1);
}

#[tokio::test]
async fn a_refresh_may_want_less_but_not_more() {
    let (sandbox, id, first) = logged_in().await;
    for scope in ["patient/*.cruds", "user/*.rs", "openid launch"] {
        let more = refresh(&sandbox, &id, &first["refresh_token"], &[("scope", scope)]).await;
        assert_eq!((more.status, more.error().as_str()), (400, "invalid_scope"), "{scope}");
    }
    let less =
        refresh(&sandbox, &id, &first["refresh_token"], &[("scope", "patient/Patient.r")]).await.json();
    assert_eq!(less["scope"], "patient/Patient.r");
    assert!(less.get("id_token").is_none());
    assert_eq!(fhir(&sandbox, &less["access_token"], "Patient/example").await.status, 200);
    assert_eq!(fhir(&sandbox, &less["access_token"], "Observation").await.status, 403);
    let full = refresh(&sandbox, &id, &less["refresh_token"], &[]).await.json();
    assert_eq!(full["scope"], SCOPE, "RFC 6749 §6: the new refresh token has the scope of the old one");
}

#[tokio::test]
async fn a_refresh_token_belongs_to_its_client() {
    let (sandbox, id, first) = logged_in().await;
    let other = app_id(&sandbox).await;
    assert_eq!(refresh(&sandbox, &other, &first["refresh_token"], &[]).await.error(), "invalid_grant");
    assert_eq!(refresh(&sandbox, &id, &json!("unknown"), &[]).await.error(), "invalid_grant");
    assert_eq!(refresh(&sandbox, &id, &json!(""), &[]).await.error(), "invalid_request");
    assert_eq!(refresh(&sandbox, &id, &first["refresh_token"], &[]).await.status, 200);
}

#[tokio::test]
async fn offline_or_online_access_gives_a_refresh_token_and_nothing_else_does() {
    let (sandbox, id, _) = logged_in().await;
    for (scope, given) in [
        ("openid patient/*.rs", false),
        ("patient/*.rs offline_access", true),
        ("patient/*.rs online_access", true),
    ] {
        let code = code(&sandbox, &Request::of(&sandbox, &id).with("scope", Some(scope))).await;
        let answer = redeem(&sandbox, &id, &code).await.json();
        assert_eq!(answer.get("refresh_token").is_some(), given, "{scope}");
    }
}
