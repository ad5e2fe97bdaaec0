//! A token answer that departs from RFC 6749 §5.1 and is read all the same.

use bytes::Bytes;
use http::Response;
use proptest::prelude::*;
use safire_protocol::registration::SecretsShown;
use safire_protocol::time::UnixTime;
use safire_protocol::token::TokenError;
use safire_protocol::token::TokenResponse;
use safire_protocol::token::UnusableToken;
use serde_json::Value;
use serde_json::json;

use super::NOW;
use super::accept;
use super::answer;
use super::profile;
use super::step;
use super::step_with;

const JSON: &str = "application/json";

fn with(name: &str, value: Value) -> TokenResponse {
    let mut body =
        json!({"access_token": "tok", "token_type": "Bearer", "scope": "system/*.rs", "expires_in": 300});
    body[name] = value;
    accept(200, JSON, body.to_string()).unwrap()
}

fn codes(token: &TokenResponse) -> Vec<&'static str> {
    token.deviations.iter().map(|deviation| deviation.code).collect()
}

#[test]
fn a_correct_answer_is_read_without_deviation() {
    let token = with("scope", json!("system/*.rs"));
    assert_eq!(token.access_token.expose_secret(), "tok");
    assert_eq!(token.token_type, "Bearer");
    assert_eq!(token.scope.as_deref(), Some("system/*.rs"));
    assert_eq!(token.expires_at, Some(NOW.plus_seconds(300)));
    assert_eq!(codes(&token), [] as [&str; 0]);
}

#[test]
fn t17_expires_in_gives_the_right_time_or_none() {
    for (value, seconds) in [
        (json!(3600), Some(3600)),
        (json!("3600"), Some(3600)),
        (json!(" 3600 "), Some(3600)),
        (json!(3600.0), Some(3600)),
        (json!(3600.9), Some(3600)),
        (json!("3600.0"), Some(3600)),
        (json!(0), Some(0)),
        (json!(1_000_000_000_000_i64), Some(1_000_000_000_000)),
        (json!(-1), None),
        (json!("-3600"), None),
        (json!(-0.5), None),
        (json!("abc"), None),
        (json!("NaN"), None),
        (json!("inf"), None),
        (json!(null), None),
        (json!(true), None),
        (json!([3600]), None),
    ] {
        let shown = value.to_string();
        let expected = seconds.map(|seconds: i64| NOW.plus_seconds(seconds));
        assert_eq!(with("expires_in", value).expires_at, expected, "{shown}");
    }
}

#[test]
fn t17_a_lifetime_beyond_all_numbers_ends_at_the_end_of_time() {
    let end = Some(UnixTime::from_seconds(i64::MAX));
    assert_eq!(with("expires_in", json!(u64::MAX)).expires_at, end);
    assert_eq!(with("expires_in", json!(1e30)).expires_at, end);
}

#[test]
fn t17_bearer_is_accepted_in_every_spelling() {
    for (spelling, code) in [("bearer", None), ("Bearer", None), ("BEARER", Some("token-type-spelling"))] {
        let token = with("token_type", json!(spelling));
        assert_eq!(token.token_type, spelling);
        assert_eq!(codes(&token).first().copied(), code);
    }
}

#[test]
fn td_20_text_plain_is_accepted_and_reported() {
    let body =
        json!({"access_token": "t", "token_type": "Bearer", "scope": "a", "expires_in": 1}).to_string();
    let token = accept(200, "text/plain", body.clone()).unwrap();
    assert_eq!(codes(&token), ["content-type"]);
    let bare = Response::builder().header("cache-control", "no-store").body(Bytes::from(body)).unwrap();
    assert_eq!(codes(&step().accept(&bare, NOW).unwrap()), ["content-type"]);
}

#[test]
fn tc_095_every_other_member_is_kept() {
    let details = json!([{"type": "x", "n": [1, {"deep": null}]}]);
    let token = with("authorization_details", details.clone());
    assert_eq!(token.extra.get("authorization_details"), Some(&details));
    let json = with("patient", json!("123")).to_json(SecretsShown::Shown);
    assert_eq!(
        Value::Object(json),
        json!({"access_token": "tok", "token_type": "Bearer", "scope": "system/*.rs",
               "expires_at": NOW.as_seconds() + 300, "patient": "123"})
    );
}

#[test]
fn tokens_are_masked_unless_they_are_to_be_shown() {
    let json = with("refresh_token", json!("r")).to_json(SecretsShown::Masked);
    assert_eq!(json["access_token"], "[redacted]");
    assert_eq!(json["refresh_token"], "[redacted]");
}

#[test]
fn tc_089_an_answer_without_a_token_names_the_fields_only() {
    let error = accept(200, JSON, r#"{"token":"hidden-value","scope":"hidden-scope"}"#).unwrap_err();
    assert_eq!(error.received_fields(), ["token", "scope"]);
    let text = format!("{error} {error:?}");
    assert!(error.to_string().contains("token, scope"), "{error}");
    assert!(!text.contains("hidden-"), "{text}");
}

#[test]
fn an_access_token_that_is_no_text_is_not_one() {
    for value in [json!(7), json!({"a": 1}), json!([]), json!(true)] {
        let error = accept(200, JSON, json!({"access_token": value}).to_string()).unwrap_err();
        let TokenError::Unusable { reason, .. } = &error else { panic!("{error:?}") };
        assert!(matches!(reason, UnusableToken::AccessTokenNotText(_)), "{reason:?}");
    }
    for value in [json!(null), json!(""), json!(" \t")] {
        let error = accept(200, JSON, json!({"access_token": value}).to_string()).unwrap_err();
        let TokenError::Unusable { reason, .. } = &error else { panic!("{error:?}") };
        assert_eq!(*reason, UnusableToken::NoAccessToken);
    }
}

#[test]
fn a_narrower_scope_is_told_by_what_was_asked_for() {
    let credentials = safire_protocol::credentials::Credentials::PrivateKeyJwt(profile());
    let step = step_with(Some("system/Patient.rs system/Group.rs"), credentials);
    let body = r#"{"access_token":"t","token_type":"Bearer","expires_in":300,"scope":"system/Group.rs"}"#;
    let token = step.accept(&answer(200, JSON, body), NOW).unwrap();
    assert_eq!(codes(&token), ["scope-narrowed"]);
    assert!(token.deviations.first().unwrap().detail.ends_with(": system/Patient.rs"));
}

#[test]
fn odd_forms_are_read_and_reported() {
    let body = "\u{feff}{\"access_token\":\"a\",\"access_token\":\"b\",\"token_type\":\"Bearer\",\"scope\":[\"x\",\"y\"],\"expires_in\":9}";
    let response = Response::builder().status(201).header("content-type", "application/json; charset=utf-8");
    let token = step().accept(&response.body(Bytes::from(body)).unwrap(), NOW).unwrap();
    assert_eq!(token.access_token.expose_secret(), "b");
    assert_eq!(token.scope.as_deref(), Some("x y"));
    assert_eq!(
        codes(&token),
        ["status-not-200", "cache-control-missing", "byte-order-mark", "duplicate-member", "scope-not-text"]
    );
}

#[test]
fn a_token_that_no_header_can_carry_is_reported() {
    let token = with("access_token", json!("a\r\nb"));
    assert_eq!(codes(&token), ["access-token-characters"]);
}

#[test]
fn td_05_broken_json_is_a_token_error_without_request_data() {
    let error = accept(200, JSON, "{oops").unwrap_err();
    assert!(matches!(error, TokenError::Unusable { .. }), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
}

proptest! {
    #[test]
    fn no_body_makes_it_panic(status in 100_u16..=599, body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let result = step().accept(&answer(status, JSON, body), NOW);
        prop_assert!(result.is_err());
    }

    #[test]
    fn no_member_makes_it_panic(name in "(expires_in|scope|token_type|refresh_token|id_token|error|x)", value in value()) {
        let body = json!({"access_token": "t", name: value}).to_string();
        let token = accept(200, JSON, body).unwrap();
        prop_assert_eq!(token.access_token.expose_secret(), "t");
    }
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        proptest::collection::vec(any::<String>(), 0..3).prop_map(Value::from),
    ]
}
