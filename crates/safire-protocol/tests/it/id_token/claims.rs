//! `iss`, `sub`, `nonce`: exactly what was expected.

use safire_protocol::fault::Diagnose;
use safire_protocol::id_token::IdTokenCheck;
use safire_protocol::secret::IdToken;
use safire_protocol::time::UnixTime;
use serde_json::Value;
use serde_json::json;

use super::CLIENT_ID;
use super::ISSUER;
use super::KEY;
use super::KEYS;
use super::NOW;
use super::check;
use super::checks;
use super::code;
use super::good;
use super::good_but;
use super::signed;

#[test]
fn the_issuer_is_compared_byte_for_byte() {
    for issuer in ["https://auth.example.com/", "HTTPS://auth.example.com", "https://auth.example.com:443"] {
        let error = check(&good_but("iss", issuer)).unwrap_err();
        assert_eq!(error.code(), "claim-wrong-issuer", "{issuer}");
        assert!(error.to_string().contains(issuer) && error.to_string().contains(ISSUER), "{error}");
        assert!(error.hint().unwrap().contains("byte for byte"));
    }
}

#[test]
fn what_must_be_there_is_missed_by_name() {
    for claim in ["iss", "sub", "aud", "exp", "nonce"] {
        let error = check(&good_but(claim, Value::Null)).unwrap_err();
        assert_eq!(error.code(), "claim-missing");
        assert!(error.to_string().contains(&format!("`{claim}`")), "{error}");
    }
}

#[test]
fn another_type_is_not_taken_for_a_text() {
    for claim in ["iss", "sub", "nonce"] {
        for value in [json!(1), json!([ISSUER]), json!({}), json!("")] {
            assert_eq!(code(check(&good_but(claim, value.clone()))), "claim-wrong-type", "{claim} {value}");
        }
    }
}

#[test]
fn a_nonce_that_nobody_sent_is_not_looked_at() {
    let check = IdTokenCheck::new(ISSUER, &CLIENT_ID, UnixTime::from_seconds(NOW));
    for claims in [good(), good_but("nonce", Value::Null), good_but("nonce", "another")] {
        assert!(check.check(&IdToken::new(signed(&KEY, &claims)), &KEYS).is_ok());
    }
}

#[test]
fn a_refreshed_token_is_of_the_same_user() {
    let token = IdToken::new(signed(&KEY, &good()));
    assert!(checks().subject("alice").check(&token, &KEYS).is_ok());
    assert_eq!(code(checks().subject("bob").check(&token, &KEYS)), "claim-wrong-subject");
}

#[test]
fn unknown_claims_are_kept() {
    let token = check(&good_but("https://example.org/x", json!({"a": [1, null]}))).unwrap();
    assert_eq!(token.claims()["https://example.org/x"], json!({"a": [1, null]}));
}
