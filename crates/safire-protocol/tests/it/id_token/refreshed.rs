//! A refreshed id token continues a login, OpenID Connect Core §12.2.

use safire_protocol::id_token::IdTokenCheck;
use safire_protocol::id_token::IdTokenError;
use safire_protocol::id_token::ValidIdToken;
use safire_protocol::secret::IdToken;
use safire_protocol::time::UnixTime;
use serde_json::Value;
use serde_json::json;

use super::CLIENT;
use super::CLIENT_ID;
use super::ISSUER;
use super::KEY;
use super::KEYS;
use super::NOW;
use super::check;
use super::code;
use super::good_but;
use super::signed;

fn first() -> ValidIdToken {
    check(&good_but("auth_time", NOW - 10)).unwrap()
}

fn refreshed(claims: &Value) -> Result<ValidIdToken, IdTokenError> {
    let first = first();
    let check = IdTokenCheck::new(ISSUER, &CLIENT_ID, UnixTime::from_seconds(NOW)).refreshed_from(&first);
    check.check(&IdToken::new(signed(&KEY, claims)), &KEYS)
}

#[test]
fn nonce_and_login_time_need_not_come_again() {
    for claims in [good_but("nonce", Value::Null), good_but("auth_time", NOW - 10)] {
        assert_eq!(refreshed(&claims).unwrap().subject(), "alice");
    }
}

#[test]
fn what_comes_again_is_the_same() {
    let cases = [
        ("sub", json!("mallory"), "claim-wrong-subject"),
        ("nonce", json!("another"), "id-token-other-login"),
        ("auth_time", json!(NOW), "id-token-other-login"),
        ("azp", json!(CLIENT), "id-token-other-login"),
    ];
    for (claim, value, expected) in cases {
        let error = refreshed(&good_but(claim, value)).unwrap_err();
        assert!(!error.to_string().contains("another"), "{error}");
        assert_eq!(code(Err(error)), expected, "{claim}");
    }
}

#[test]
fn an_audience_of_the_login_does_not_get_lost() {
    let both = good_but("aud", json!([CLIENT, "other"]));
    let mut both_for_us = both.clone();
    both_for_us["azp"] = json!(CLIENT);
    let first = IdTokenCheck::new(ISSUER, &CLIENT_ID, UnixTime::from_seconds(NOW))
        .trusted_audiences(&["other"])
        .check(&IdToken::new(signed(&KEY, &both_for_us)), &KEYS)
        .unwrap();
    let mut alone = both_for_us;
    alone["aud"] = json!(CLIENT);
    let check = IdTokenCheck::new(ISSUER, &CLIENT_ID, UnixTime::from_seconds(NOW)).refreshed_from(&first);
    let error = check.check(&IdToken::new(signed(&KEY, &alone)), &KEYS).unwrap_err();
    assert_eq!(error, IdTokenError::OtherLogin { claim: "aud" });
}
