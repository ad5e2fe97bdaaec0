//! A refresh answer, completed from the one before it.

use safire_protocol::registration::SecretsShown;
use safire_protocol::token::TokenResponse;
use serde_json::Value;
use serde_json::json;

use super::accept;

fn token(body: &Value) -> TokenResponse {
    accept(200, "application/json", body.to_string()).unwrap()
}

fn first() -> TokenResponse {
    token(&json!({
        "access_token": "a1", "token_type": "Bearer", "expires_in": 300, "scope": "patient/*.rs",
        "refresh_token": "r1", "id_token": "i1", "patient": "p1", "encounter": "e1", "vendor_context": {"x": 1},
        "need_patient_banner": true, "refresh_expires_in": 1800, "registration_token": "t1",
    }))
}

#[test]
fn td_21_and_t18_an_answer_without_a_refresh_token_keeps_the_old_one() {
    let next = token(&json!({"access_token": "a2", "token_type": "Bearer", "expires_in": 300}));
    let next = next.carried_over(&first());
    assert_eq!(next.access_token.expose_secret(), "a2");
    assert_eq!(next.refresh_token.unwrap().expose_secret(), "r1");
    assert_eq!(next.id_token.unwrap().expose_secret(), "i1");
    assert_eq!(next.scope.as_deref(), Some("patient/*.rs"));
    let context =
        json!({"patient": "p1", "encounter": "e1", "vendor_context": {"x": 1}, "need_patient_banner": true});
    assert_eq!(Value::Object(next.extra), context);
}

#[test]
fn td_21_what_the_answer_says_replaces_what_was() {
    let next = token(&json!({
        "access_token": "a2", "token_type": "Bearer", "expires_in": 300, "scope": "patient/Patient.r",
        "refresh_token": "r2", "id_token": "i2", "patient": "p2", "encounter": null, "new": 1,
    }));
    let next = next.carried_over(&first());
    assert_eq!(next.refresh_token.as_ref().unwrap().expose_secret(), "r2");
    assert_eq!(next.id_token.as_ref().unwrap().expose_secret(), "i2");
    assert_eq!(next.scope.as_deref(), Some("patient/Patient.r"));
    assert_eq!(next.extra["patient"], "p2");
    assert_eq!(next.extra["encounter"], "e1", "null says nothing");
    assert_eq!(next.extra["new"], 1);
}

#[test]
fn td_21_the_end_of_the_old_token_is_not_the_end_of_the_new_one() {
    let next = token(&json!({"access_token": "a2", "token_type": "Bearer"})).carried_over(&first());
    assert_eq!(next.expires_at, None);
}

#[test]
fn t18_offline_access_need_not_be_granted_by_name() {
    let next = token(&json!({
        "access_token": "a1", "token_type": "Bearer", "expires_in": 300, "scope": "patient/*.rs", "refresh_token": "r1",
    }));
    assert!(next.refresh_token.is_some());
    let next = next.compared_with("patient/*.rs offline_access");
    let narrowed = next.deviations.iter().find(|deviation| deviation.code == "scope-narrowed").unwrap();
    assert!(narrowed.detail.contains("offline_access"), "{}", narrowed.detail);
    assert!(!narrowed.detail.contains("patient/*.rs"), "{}", narrowed.detail);
    let same = first().compared_with("patient/*.rs");
    assert!(same.deviations.iter().all(|deviation| deviation.code != "scope-narrowed"));
}

#[test]
fn tc_095_further_members_are_kept_as_they_came() {
    let extra =
        json!({"patient": "p1", "authorization_details": [{"type": "x"}], "deep": {"a": [null, 1.5, "é"]}});
    let mut body = json!({"access_token": "a1", "token_type": "Bearer", "scope": "s"});
    for (name, value) in extra.as_object().unwrap() {
        body[name] = value.clone();
    }
    let token = token(&body);
    assert_eq!(Value::Object(token.extra.clone()), extra);
    let json = token.to_json(SecretsShown::Shown);
    for (name, value) in extra.as_object().unwrap() {
        assert_eq!(&json[name], value);
    }
}
