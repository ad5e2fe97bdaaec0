//! `aud` and `azp`: OpenID Connect Core §3.1.3.7, steps 3 to 5.

use safire_protocol::id_token::IdTokenError;
use safire_protocol::id_token::ValidIdToken;
use safire_protocol::secret::IdToken;
use serde_json::Value;
use serde_json::json;

use super::KEY;
use super::KEYS;
use super::check;
use super::checks;
use super::code;
use super::good;
use super::good_but;
use super::signed;

fn with(aud: &Value, azp: &Value) -> Value {
    let mut claims = good_but("aud", aud.clone());
    if !azp.is_null() {
        claims["azp"] = azp.clone();
    }
    claims
}

fn trusting(claims: &Value) -> Result<ValidIdToken, IdTokenError> {
    checks().trusted_audiences(&["api"]).check(&IdToken::new(signed(&KEY, claims)), &KEYS)
}

#[test]
fn one_audience_is_a_text_or_an_array() {
    for aud in [json!("client-1"), json!(["client-1"]), json!(["client-1", "client-1"])] {
        assert!(check(&with(&aud, &Value::Null)).is_ok(), "{aud}");
    }
}

#[test]
fn an_audience_without_this_client_is_refused() {
    for aud in [json!("client-2"), json!([]), json!(["client-10", "Client-1"]), json!("client-1 client-2")] {
        assert_eq!(code(check(&with(&aud, &Value::Null))), "claim-wrong-audience", "{aud}");
    }
}

#[test]
fn an_audience_of_another_type_is_refused() {
    for aud in [json!(1), json!({}), json!(true), json!(["client-1", 1])] {
        assert_eq!(code(check(&with(&aud, &Value::Null))), "claim-wrong-type", "{aud}");
    }
    assert_eq!(code(check(&good_but("aud", Value::Null))), "claim-missing");
}

#[test]
fn a_stranger_among_the_audiences_is_refused_even_with_azp() {
    let claims = with(&json!(["client-1", "api"]), &json!("client-1"));
    assert_eq!(check(&claims).unwrap_err(), IdTokenError::UntrustedAudience { audience: "api".to_owned() });
    assert!(trusting(&claims).is_ok());
}

#[test]
fn several_audiences_need_azp() {
    let claims = with(&json!(["client-1", "api"]), &Value::Null);
    assert_eq!(trusting(&claims).unwrap_err(), IdTokenError::NoAuthorizedParty);
}

#[test]
fn azp_is_this_client_wherever_it_stands() {
    assert!(check(&with(&json!("client-1"), &json!("client-1"))).is_ok());
    let other = IdTokenError::OtherAuthorizedParty { found: "client-2".to_owned() };
    assert_eq!(check(&with(&json!("client-1"), &json!("client-2"))).unwrap_err(), other);
    assert_eq!(trusting(&with(&json!(["client-1", "api"]), &json!("client-2"))).unwrap_err(), other);
    assert_eq!(code(check(&with(&json!("client-1"), &json!(["client-1"])))), "claim-wrong-type");
}

#[test]
fn the_good_one_has_one_audience() {
    assert!(check(&good()).is_ok());
}
