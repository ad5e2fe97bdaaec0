use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use safire_jose::Jwk;
use safire_jose::JwkSet;
use safire_jose::KeyError;
use safire_jose::PrivateKey;
use serde_json::Value;
use serde_json::json;

use crate::support;

fn error(file: &str) -> KeyError {
    PrivateKey::parse(&support::read(&format!("keys/{file}"))).unwrap_err()
}

#[test]
fn td_18_an_encrypted_pem_is_a_typed_error_at_once() {
    for file in ["encrypted.pkcs8.pem", "encrypted.legacy.pem"] {
        assert_eq!(error(file), KeyError::Encrypted, "{file}");
        assert!(error(file).to_string().contains("without a passphrase"));
    }
}

#[test]
fn td_19_rsa_1024_is_refused_from_every_source() {
    let small = KeyError::RsaTooSmall { bits: 1024 };
    assert_eq!(error("rsa-1024.pkcs1.pem"), small);
    assert_eq!(error("rsa-1024.pkcs8.pem"), small);
    assert_eq!(PrivateKey::generate_rsa(1024).unwrap_err(), small);
    let n = URL_SAFE_NO_PAD.encode([0xc3; 128]);
    let mut jwk = json!({ "kty": "RSA", "kid": "weak", "n": n, "e": "AQAB" });
    assert_eq!(Jwk::parse(&jwk).unwrap_err(), small);
    let set = JwkSet::parse(&json!({ "keys": [jwk] })).unwrap();
    assert!(set.keys().is_empty());
    assert_eq!(set.skipped()[0].kid.as_deref(), Some("weak"));
    assert!(set.skipped()[0].reason.contains("1024 bits"));
    jwk["d"] = json!("AQAB");
    assert_eq!(PrivateKey::parse(jwk.to_string().as_bytes()).unwrap_err(), small);
}

#[test]
fn foreign_curves_and_kinds_are_named() {
    let curve = |curve: &str| KeyError::UnsupportedCurve { curve: curve.to_owned() };
    assert_eq!(error("p521.sec1.pem"), curve("P-521"));
    assert_eq!(error("p521.pkcs8.pem"), curve("P-521"));
    assert_eq!(error("k256.sec1.pem"), curve("secp256k1"));
    assert_eq!(error("p256.explicit.pem"), curve("explicit parameters"));
    assert_eq!(error("ed25519.pkcs8.pem"), KeyError::UnsupportedKeyType { kind: "Ed25519".to_owned() });
    let shared = PrivateKey::parse(br#"{"kty":"oct","k":"AAAA"}"#).unwrap_err();
    assert_eq!(shared, KeyError::UnsupportedKeyType { kind: "oct".to_owned() });
}

#[test]
fn a_public_key_is_not_a_private_one() {
    assert_eq!(error("rsa-2048.public.pem"), KeyError::PublicOnly);
    let set = support::read("smart-ig/ES384.public.json");
    assert_eq!(PrivateKey::parse(&set).unwrap_err(), KeyError::PublicOnly);
}

#[test]
fn nothing_is_no_key() {
    for input in ["", " \n", "hello", "{\"keys\":[]}"] {
        assert_eq!(PrivateKey::parse(input.as_bytes()).unwrap_err(), KeyError::NoKey, "{input:?}");
    }
    assert_eq!(PrivateKey::parse(b"{").unwrap_err().code(), "key-malformed");
    assert_eq!(PrivateKey::parse(b"0").unwrap_err().code(), "key-malformed");
}

#[test]
fn two_keys_in_a_pem_are_ambiguous() {
    let two = [support::read("keys/p256.pkcs8.pem"), support::read("keys/p384.sec1.pem")].concat();
    assert!(matches!(PrivateKey::parse(&two).unwrap_err(), KeyError::Ambiguous { kids } if kids.len() == 2));
}

#[test]
fn an_rsa_jwk_needs_its_primes() {
    let mut set = support::json("smart-ig/RS384.private.json");
    let key = set["keys"][1].as_object_mut().unwrap();
    key.remove("p");
    key.remove("qi");
    let error = PrivateKey::parse(set.to_string().as_bytes()).unwrap_err();
    assert!(error.to_string().contains("lacks `p`, `qi`"), "{error}");
}

#[test]
fn members_that_do_not_belong_together_are_malformed() {
    let mut set = support::json("smart-ig/ES384.private.json");
    set["keys"][1]["d"] = Value::from(URL_SAFE_NO_PAD.encode([7; 48]));
    assert_eq!(PrivateKey::parse(set.to_string().as_bytes()).unwrap_err().code(), "key-malformed");
    set["keys"][0]["y"] = Value::from(URL_SAFE_NO_PAD.encode([7; 48]));
    let public = Jwk::parse(&set["keys"][0]).unwrap();
    assert_eq!(public.verifying_key().unwrap_err().code(), "key-malformed");
}

#[test]
fn control_characters_of_a_foreign_key_are_not_shown_raw() {
    for jwk in [json!({ "kty": "\u{1b}[31m" }), json!({ "kty": "EC", "crv": "\u{1b}[31m" })] {
        let message = Jwk::parse(&jwk).unwrap_err().to_string();
        assert!(message.contains("\\u{1b}[31m") && !message.contains('\u{1b}'), "{message}");
    }
}
