//! Which key verifies: `kid`, `alg`, kind; sets with and without names.

use safire_protocol::fault::Diagnose;
use safire_protocol::id_token::IdTokenError;
use safire_protocol::id_token::KeySet;
use safire_protocol::jose::Algorithm;
use safire_protocol::jose::Header;
use safire_protocol::jose::PrivateKey;
use safire_protocol::jose::sign;
use safire_protocol::secret::IdToken;
use serde_json::Value;
use serde_json::json;

use super::KEY;
use super::check_with;
use super::checks;
use super::code;
use super::deviations;
use super::good;
use super::put;
use super::set_of;
use super::signed;

/// The public key with members of another value, or without them where that is null.
fn published(key: &PrivateKey, changes: &[(&str, Value)]) -> Value {
    let mut jwk = key.public_jwk().to_json();
    for (member, value) in changes {
        put(&mut jwk, member, value.clone());
    }
    jwk
}

fn set(keys: &[Value]) -> KeySet {
    KeySet::parse(&json!({ "keys": keys })).unwrap()
}

fn without_kid(key: &PrivateKey) -> String {
    sign(key, &Header::new(key.algorithm()), &good()).unwrap()
}

#[test]
fn every_asymmetric_algorithm_is_taken() {
    for algorithm in Algorithm::ALL {
        let key = PrivateKey::generate(algorithm).unwrap();
        let header = Header::jwt(algorithm, key.kid());
        let keys = set(&[published(&key, &[("alg", Value::Null)])]);
        let token = sign(&key, &header, &good()).unwrap();
        assert_eq!(check_with(&keys, token).unwrap().algorithm(), algorithm);
    }
}

#[test]
fn an_algorithm_outside_the_callers_list_is_refused_before_any_key_is_looked_for() {
    let token = IdToken::new(signed(&KEY, &good()));
    let outcome = checks().algorithms(&[Algorithm::Rs256]).check(&token, &KeySet::default());
    assert_eq!(code(outcome), "verify-algorithm-not-allowed");
}

#[test]
fn nine_keys_without_alg_are_told_apart_by_kid() {
    let keys: Vec<_> = (0..9)
        .map(|index| {
            let kinds = [Algorithm::Es256, Algorithm::Es384];
            PrivateKey::generate(kinds[index % 2]).unwrap()
        })
        .collect();
    let listed: Vec<_> = keys.iter().map(|key| published(key, &[("alg", Value::Null)])).collect();
    let listed = set(&listed);
    for key in &keys {
        assert!(deviations(&check_with(&listed, signed(key, &good())).unwrap()).is_empty());
    }
}

#[test]
fn keys_of_two_kinds_may_share_a_name() {
    let (first, second) =
        (PrivateKey::generate(Algorithm::Es256).unwrap(), PrivateKey::generate(Algorithm::Es384).unwrap());
    let keys = set(&[published(&first, &[("kid", "k".into())]), published(&second, &[("kid", "k".into())])]);
    for key in [&first, &second] {
        let token = sign(key, &Header::jwt(key.algorithm(), "k"), &good()).unwrap();
        assert!(check_with(&keys, token).is_ok());
    }
}

#[test]
fn two_keys_of_one_kind_and_name_are_both_tried() {
    let (first, second) =
        (PrivateKey::generate(Algorithm::Es384).unwrap(), PrivateKey::generate(Algorithm::Es384).unwrap());
    let keys = set(&[published(&first, &[("kid", "k".into())]), published(&second, &[("kid", "k".into())])]);
    for key in [&first, &second] {
        assert!(check_with(&keys, sign(key, &Header::jwt(Algorithm::Es384, "k"), &good()).unwrap()).is_ok());
    }
}

#[test]
fn without_kid_the_only_key_is_the_key() {
    assert!(deviations(&check_with(&set_of(&[&KEY]), without_kid(&KEY)).unwrap()).is_empty());
}

#[test]
fn without_kid_every_fitting_key_is_tried_and_that_is_told() {
    let other = PrivateKey::generate(Algorithm::Es384).unwrap();
    let keys = set_of(&[&KEY, &other]);
    for key in [&*KEY, &other] {
        assert_eq!(deviations(&check_with(&keys, without_kid(key)).unwrap()), ["id-token-key-not-named"]);
    }
    let stranger = PrivateKey::generate(Algorithm::Es384).unwrap();
    let error = check_with(&keys, without_kid(&stranger)).unwrap_err();
    assert_eq!(error, IdTokenError::NoKeyVerifies { tried: 2 });
    assert!(error.wants_fresh_keys());
}

#[test]
fn a_set_without_names_serves_a_token_that_has_one() {
    let keys = set(&[published(&KEY, &[("kid", Value::Null)])]);
    assert!(check_with(&keys, signed(&KEY, &good())).is_ok());
}

#[test]
fn a_name_that_is_not_in_a_set_with_names_is_unknown_even_if_a_nameless_key_would_fit() {
    let other = PrivateKey::generate(Algorithm::Es256).unwrap();
    let keys = set(&[published(&KEY, &[("kid", Value::Null)]), published(&other, &[])]);
    assert_eq!(code(check_with(&keys, signed(&KEY, &good()))), "id-token-unknown-key");
}

#[test]
fn a_key_for_another_algorithm_is_not_used() {
    let keys = set(&[published(&KEY, &[("alg", "ES256".into())])]);
    let error = check_with(&keys, signed(&KEY, &good())).unwrap_err();
    assert_eq!(error.code(), "id-token-key-algorithm");
    assert!(!error.wants_fresh_keys());

    let rsa = PrivateKey::generate(Algorithm::Rs256).unwrap();
    let keys = set(&[published(&rsa, &[("kid", KEY.kid().into())])]);
    assert_eq!(code(check_with(&keys, signed(&KEY, &good()))), "id-token-key-algorithm");
}

#[test]
fn a_key_for_encryption_or_of_an_unknown_kind_says_why_and_is_not_fetched_again() {
    let encryption = published(&KEY, &[("use", "enc".into())]);
    let edwards = json!({"kty": "OKP", "crv": "Ed25519", "x": "AA", "kid": KEY.kid()});
    let no_point = published(&KEY, &[("x", published(&KEY, &[])["y"].clone())]);
    for (key, reason) in [(encryption, "enc"), (edwards, "OKP"), (no_point, "curve")] {
        let error = check_with(&set(&[key]), signed(&KEY, &good())).unwrap_err();
        assert_eq!(error.code(), "id-token-unusable-key");
        assert!(error.to_string().contains(reason) && !error.wants_fresh_keys(), "{error}");
    }
}

#[test]
fn bad_keys_do_not_spoil_the_good_one() {
    let keys = set(&[json!({"kty": "oct", "k": "AA"}), json!(7), published(&KEY, &[])]);
    assert_eq!((keys.len(), keys.unusable().len()), (1, 2));
    assert!(check_with(&keys, signed(&KEY, &good())).is_ok());
}

#[test]
fn an_empty_set_knows_no_key() {
    let error = check_with(&set(&[]), without_kid(&KEY)).unwrap_err();
    assert_eq!(error, IdTokenError::UnknownKey { kid: None, known: Vec::new() });
    assert!(error.to_string().contains("the issuer's keys are: none"), "{error}");
}
