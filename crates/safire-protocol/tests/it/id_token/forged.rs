//! TD-13 and ten forged tokens: each fails with an error of its own.

use std::collections::BTreeSet;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use safire_protocol::fault::Diagnose;
use safire_protocol::jose::Algorithm;
use safire_protocol::jose::Header;
use safire_protocol::jose::PrivateKey;
use safire_protocol::jose::sign;
use serde_json::json;

use super::KEY;
use super::KEYS;
use super::NOW;
use super::check;
use super::check_with;
use super::code;
use super::good;
use super::good_but;
use super::signed;
use super::signed_as_written;

fn alg_none() -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
    format!("{header}.{}.", URL_SAFE_NO_PAD.encode(good().to_string()))
}

/// The old trick: the public key, which everybody has, taken for the secret.
fn hs256_with_the_public_key() -> String {
    let header = json!({"alg": "HS256", "kid": KEY.kid()}).to_string();
    let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(good().to_string()));
    let secret = hmac::Key::new(hmac::HMAC_SHA256, KEY.public_jwk().to_json().to_string().as_bytes());
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(hmac::sign(&secret, input.as_bytes())))
}

fn wrong_aud() -> String {
    signed(&KEY, &good_but("aud", "client-2"))
}

fn wrong_iss() -> String {
    signed(&KEY, &good_but("iss", "https://auth.example.com/"))
}

fn expired() -> String {
    signed(&KEY, &good_but("exp", NOW - 61))
}

fn nbf_ahead() -> String {
    signed(&KEY, &good_but("nbf", NOW + 61))
}

fn unknown_crit() -> String {
    let header = json!({"alg": "ES384", "kid": KEY.kid(), "crit": ["x"], "x": 1}).to_string();
    signed_as_written(&KEY, &header, &good().to_string())
}

fn wrong_nonce() -> String {
    signed(&KEY, &good_but("nonce", "another"))
}

/// Signed by somebody else, under the name of the issuer's key.
fn key_of_another_issuer() -> String {
    let other = PrivateKey::generate(Algorithm::Es384).unwrap();
    sign(&other, &Header::jwt(Algorithm::Es384, KEY.kid()), &good()).unwrap()
}

fn doubled_member() -> String {
    let claims = good().to_string().replacen('{', r#"{"sub":"mallory","#, 1);
    let header = json!({"alg": "ES384", "kid": KEY.kid()}).to_string();
    signed_as_written(&KEY, &header, &claims)
}

fn refused(token: String) -> &'static str {
    code(check_with(&KEYS, token))
}

#[test]
fn the_unforged_one_passes() {
    let token = check(&good()).unwrap();
    assert!(token.deviations().is_empty());
    assert_eq!(token.subject(), "alice");
}

#[test]
fn td_13_alg_none() {
    assert_eq!(refused(alg_none()), "token-unsigned");
}

#[test]
fn td_13_hs256_with_the_public_key() {
    assert_eq!(refused(hs256_with_the_public_key()), "token-symmetric");
}

#[test]
fn td_13_wrong_aud() {
    assert_eq!(refused(wrong_aud()), "claim-wrong-audience");
}

#[test]
fn td_13_wrong_iss() {
    assert_eq!(refused(wrong_iss()), "claim-wrong-issuer");
}

#[test]
fn td_13_expired() {
    assert_eq!(refused(expired()), "claim-expired");
}

#[test]
fn td_13_nbf_ahead() {
    assert_eq!(refused(nbf_ahead()), "claim-not-yet-valid");
}

#[test]
fn td_13_unknown_crit() {
    assert_eq!(refused(unknown_crit()), "token-critical");
}

#[test]
fn td_13_wrong_nonce() {
    let error = check_with(&KEYS, wrong_nonce()).unwrap_err();
    assert_eq!(error.code(), "id-token-nonce");
    assert!(!error.to_string().contains("another"), "{error}");
}

#[test]
fn td_13_key_of_another_issuer() {
    assert_eq!(refused(key_of_another_issuer()), "verify-bad-signature");
}

#[test]
fn td_13_doubled_member() {
    assert_eq!(refused(doubled_member()), "token-duplicate-member");
}

#[test]
fn td_13_unknown_kid() {
    let other = PrivateKey::generate(Algorithm::Es384).unwrap();
    let error = check_with(&KEYS, signed(&other, &good())).unwrap_err();
    assert_eq!(error.code(), "id-token-unknown-key");
    assert!(error.wants_fresh_keys());
    assert!(error.to_string().contains(other.kid()) && error.to_string().contains(KEY.kid()), "{error}");
}

#[test]
fn td_13_each_error_is_its_own_and_only_an_unknown_key_asks_for_keys() {
    let tokens = [
        alg_none(),
        hs256_with_the_public_key(),
        wrong_aud(),
        wrong_iss(),
        expired(),
        nbf_ahead(),
        unknown_crit(),
        wrong_nonce(),
        key_of_another_issuer(),
        doubled_member(),
    ];
    let errors: Vec<_> = tokens.into_iter().map(|token| check_with(&KEYS, token).unwrap_err()).collect();
    let codes: BTreeSet<_> = errors.iter().map(Diagnose::code).collect();
    let texts: BTreeSet<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!((codes.len(), texts.len()), (10, 10));
    assert!(errors.iter().all(|error| !error.wants_fresh_keys() && !error.is_retryable()));
}

#[test]
fn a_changed_byte_in_any_part_is_refused() {
    let token = signed(&KEY, &good());
    for at in (0..token.len()).step_by(7).filter(|at| token.as_bytes()[*at] != b'.') {
        let mut bytes = token.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        assert!(check_with(&KEYS, String::from_utf8(bytes).unwrap()).is_err(), "byte {at}");
    }
}
