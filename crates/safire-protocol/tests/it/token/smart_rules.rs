//! SMART's rules for a token answer, each a deviation.

use safire_protocol::deviation::Severity;
use safire_protocol::token::SmartFlow;
use safire_protocol::token::TokenError;
use safire_protocol::token::UnusableToken;
use safire_protocol::token::smart_deviations;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::accept;

fn codes(flow: SmartFlow, answer: Value) -> Vec<&'static str> {
    let members: Map<String, Value> = serde_json::from_value(answer).unwrap();
    smart_deviations(flow, &members).iter().map(|deviation| deviation.code).collect()
}

fn answer_with(name: &str, value: Value) -> Value {
    let mut answer = json!({"access_token": "t", "token_type": "Bearer", "scope": "a", "expires_in": 300});
    answer[name] = value;
    answer
}

fn answer_without(name: &str) -> Value {
    let mut answer = answer_with("access_token", json!("t"));
    answer.as_object_mut().unwrap().remove(name);
    answer
}

const CLEAN: [&str; 0] = [];

#[test]
fn tc_101_a_whole_answer_is_clean() {
    for flow in [SmartFlow::AppLaunch, SmartFlow::BackendServices, SmartFlow::Refresh] {
        assert_eq!(codes(flow, answer_with("scope", json!("a b"))), CLEAN);
    }
}

#[test]
fn tc_102_bearer_in_small_letters_is_clean() {
    assert_eq!(codes(SmartFlow::AppLaunch, answer_with("token_type", json!("bearer"))), CLEAN);
}

#[test]
fn tc_103_other_spellings_and_types_deviate() {
    let of = |value| codes(SmartFlow::AppLaunch, answer_with("token_type", value));
    assert_eq!(of(json!("BEARER")), ["token-type-spelling"]);
    assert_eq!(of(json!("mac")), ["token-type-unknown"]);
    assert_eq!(of(json!(1)), ["token-type-unknown"]);
}

#[test]
fn tc_104_each_absent_member_is_named() {
    for (name, code) in [
        ("access_token", "access-token-missing"),
        ("scope", "scope-missing"),
        ("token_type", "token-type-missing"),
    ] {
        assert_eq!(codes(SmartFlow::AppLaunch, answer_without(name)), [code]);
        assert_eq!(codes(SmartFlow::AppLaunch, answer_with(name, json!(" "))), [code]);
        assert_eq!(codes(SmartFlow::AppLaunch, answer_with(name, Value::Null)), [code]);
    }
}

#[test]
fn tc_105_an_empty_object_lacks_three() {
    let found = codes(SmartFlow::AppLaunch, json!({}));
    assert_eq!(found, ["access-token-missing", "token-type-missing", "scope-missing"]);
}

#[test]
fn tc_106_what_is_not_an_object_is_no_answer() {
    for body in ["null", "\"text\"", "[]", "7", ""] {
        let error = accept(200, "application/json", body).unwrap_err();
        let TokenError::Unusable { reason, .. } = &error else { panic!("{error:?}") };
        assert!(matches!(reason, UnusableToken::Json(_)), "{body}: {reason:?}");
    }
}

#[test]
fn tc_107_a_backend_answer_needs_expires_in() {
    assert_eq!(codes(SmartFlow::BackendServices, answer_without("expires_in")), ["expires-in-missing"]);
    assert_eq!(codes(SmartFlow::Refresh, answer_without("expires_in")), ["expires-in-missing"]);
}

#[test]
fn tc_108_an_app_launch_does_not() {
    assert_eq!(codes(SmartFlow::AppLaunch, answer_without("expires_in")), CLEAN);
}

#[test]
fn t17_each_odd_lifetime_has_its_own_deviation() {
    for (value, code) in [
        (json!("3600"), "expires-in-text"),
        (json!(3600.0), "expires-in-fraction"),
        (json!(-1), "expires-in-unusable"),
        (json!("soon"), "expires-in-unusable"),
        (json!([300]), "expires-in-unusable"),
        (json!(0), "expires-in-zero"),
        (json!(1_000_000_000_000_i64), "expires-in-huge"),
    ] {
        let shown = value.to_string();
        assert_eq!(codes(SmartFlow::BackendServices, answer_with("expires_in", value)), [code], "{shown}");
    }
}

#[test]
fn a_missing_scope_says_that_the_grant_is_unknown() {
    let token = accept(200, "application/json", answer_without("scope").to_string()).unwrap();
    assert_eq!(token.scope, None);
    let deviation = token.deviations.iter().find(|deviation| deviation.code == "scope-missing").unwrap();
    assert!(deviation.detail.contains("unknown"), "{deviation:?}");
    assert_eq!(deviation.severity, Severity::Warning);
    assert_eq!(deviation.member.as_deref(), Some("scope"));
}
