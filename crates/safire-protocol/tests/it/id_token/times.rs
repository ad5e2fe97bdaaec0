//! `exp`, `nbf`, `iat`, `auth_time`, with the skew to the second.

use safire_protocol::deviation::Severity;
use safire_protocol::id_token::Expiry;
use safire_protocol::id_token::IdTokenCheck;
use safire_protocol::id_token::IdTokenError;
use safire_protocol::id_token::ValidIdToken;
use safire_protocol::secret::IdToken;
use safire_protocol::time::UnixTime;
use serde_json::Value;
use serde_json::json;

use super::KEY;
use super::KEYS;
use super::NOW;
use super::check;
use super::checks;
use super::code;
use super::deviations;
use super::good;
use super::good_but;
use super::signed;

fn by(check: &IdTokenCheck<'_>, claims: &Value) -> Result<ValidIdToken, IdTokenError> {
    check.check(&IdToken::new(signed(&KEY, claims)), &KEYS)
}

#[test]
fn the_default_skew_is_a_minute_either_way() {
    assert!(check(&good_but("exp", NOW - 59)).is_ok());
    assert_eq!(code(check(&good_but("exp", NOW - 60))), "claim-expired");
    assert!(check(&good_but("nbf", NOW + 60)).is_ok());
    assert_eq!(code(check(&good_but("nbf", NOW + 61))), "claim-not-yet-valid");
    assert!(check(&good_but("iat", NOW + 60)).is_ok());
    assert_eq!(code(check(&good_but("iat", NOW + 61))), "claim-issued-in-future");
}

#[test]
fn without_skew_the_second_of_exp_is_too_late() {
    let exact = checks().skew(0);
    assert!(by(&exact, &good_but("exp", NOW + 1)).is_ok());
    assert_eq!(code(by(&exact, &good_but("exp", NOW))), "claim-expired");
    assert_eq!(code(by(&exact, &good_but("nbf", NOW + 1))), "claim-not-yet-valid");
}

#[test]
fn a_fraction_is_a_time_and_a_text_is_none() {
    let token = check(&good_but("exp", json!(NOW as f64 + 300.5))).unwrap();
    assert_eq!(token.expires_at(), Some(UnixTime::from_seconds(NOW + 300)));
    for claim in ["exp", "nbf", "iat"] {
        assert_eq!(code(check(&good_but(claim, "1790000300"))), "claim-wrong-type", "{claim}");
    }
}

#[test]
fn the_ends_of_the_number_range_do_not_overflow() {
    for value in [json!(i64::MAX), json!(u64::MAX), json!(1e300)] {
        assert!(check(&good_but("exp", value.clone())).is_ok(), "{value}");
        assert_eq!(code(check(&good_but("nbf", value.clone()))), "claim-not-yet-valid", "{value}");
    }
    for value in [json!(i64::MIN), json!(-1e300)] {
        assert_eq!(code(check(&good_but("exp", value.clone()))), "claim-expired", "{value}");
        assert!(check(&good_but("iat", value.clone())).is_ok(), "{value}");
    }
}

#[test]
fn a_missing_iat_is_told_and_a_missing_exp_is_refused() {
    let token = check(&good_but("iat", Value::Null)).unwrap();
    assert_eq!(deviations(&token), ["id-token-time-missing"]);
    assert_eq!(token.deviations()[0].severity, Severity::Warning);
    assert_eq!(code(check(&good_but("exp", Value::Null))), "claim-missing");
}

#[test]
fn where_exp_may_be_missing_the_other_times_still_count() {
    let lenient = checks().expiry(Expiry::MayBeMissing);
    let mut claims = good_but("exp", Value::Null);
    assert_eq!(by(&lenient, &claims).unwrap().deviations()[0].member.as_deref(), Some("exp"));
    claims["nbf"] = json!(NOW + 61);
    assert_eq!(code(by(&lenient, &claims)), "claim-not-yet-valid");
    // One that is there counts as ever.
    assert_eq!(code(by(&lenient, &good_but("exp", NOW - 61))), "claim-expired");
}

#[test]
fn max_age_needs_a_recent_login() {
    let recent = checks().max_age(100);
    assert_eq!(code(by(&recent, &good())), "claim-missing");
    assert!(by(&recent, &good_but("auth_time", NOW - 160)).is_ok());
    let old = by(&recent, &good_but("auth_time", NOW - 161)).unwrap_err();
    assert_eq!(old, IdTokenError::LoginTooOld { age: 161, limit: 100 });
    assert_eq!(code(by(&recent, &good_but("auth_time", "yesterday"))), "claim-wrong-type");
    assert_eq!(code(by(&recent, &good_but("auth_time", i64::MIN))), "id-token-login-too-old");
}
