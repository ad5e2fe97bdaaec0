use safire_jose::Algorithm;
use safire_jose::Jwk;
use safire_jose::KeyError;
use safire_jose::KeyKind;
use safire_jose::PrivateKey;
use safire_jose::private_members;
use serde_json::Value;
use serde_json::json;

use crate::support;

fn der(pem: &[u8]) -> Vec<u8> {
    use base64::Engine;
    let text = String::from_utf8(pem.to_vec()).unwrap();
    let block = text.split("-----BEGIN ").find(|block| block.contains("PRIVATE KEY")).unwrap();
    let body = block.split_once("-----\n").unwrap().1.split_once("-----END").unwrap().0.replace('\n', "");
    base64::engine::general_purpose::STANDARD.decode(body).unwrap()
}

#[test]
fn every_file_format_gives_the_same_key() {
    for (files, kind) in [
        (["rsa-2048.pkcs1.pem", "rsa-2048.pkcs8.pem"], KeyKind::Rsa { bits: 2048 }),
        (["p256.sec1.pem", "p256.pkcs8.pem"], KeyKind::P256),
        (["p384.sec1.pem", "p384.pkcs8.pem"], KeyKind::P384),
    ] {
        let mut thumbprints = Vec::new();
        for file in files {
            let pem = support::read(&format!("keys/{file}"));
            for bytes in [pem.clone(), der(&pem), [b"\xef\xbb\xbf \r\n", pem.as_slice(), b"\n\n "].concat()] {
                let key = PrivateKey::parse(&bytes).unwrap_or_else(|error| panic!("{file}: {error}"));
                assert_eq!(key.kind(), kind, "{file}");
                assert_eq!(key.kid(), key.thumbprint());
                thumbprints.push(key.thumbprint());
            }
        }
        thumbprints.dedup();
        assert_eq!(thumbprints.len(), 1, "{files:?}");
    }
}

#[test]
fn windows_line_ends_are_read() {
    let pem = String::from_utf8(support::read("keys/p256.pkcs8.pem")).unwrap().replace('\n', "\r\n");
    assert_eq!(PrivateKey::parse(pem.as_bytes()).unwrap().kind(), KeyKind::P256);
}

#[test]
fn what_is_written_is_read_back_and_signs() {
    for algorithm in Algorithm::ALL {
        let key = PrivateKey::generate(algorithm).unwrap().with_kid("the \"kid\"");
        assert_eq!(key.algorithm(), algorithm);
        let from_pem = PrivateKey::parse(key.to_pem().as_bytes()).unwrap();
        let from_jwk = PrivateKey::parse(key.to_private_jwk().as_bytes()).unwrap();
        assert_eq!(from_jwk.kid(), "the \"kid\"");
        assert_eq!(from_jwk.algorithm(), algorithm);
        let public = Jwk::parse(&key.public_jwk().to_json()).unwrap().verifying_key().unwrap();
        for read in [&key, &from_pem, &from_jwk] {
            assert_eq!(read.thumbprint(), key.thumbprint());
            assert_eq!(read.to_pem(), key.to_pem());
            let signature = read.sign(algorithm, b"message").unwrap();
            public.verify(algorithm, b"message", &signature).unwrap();
            assert_eq!(
                public.verify(algorithm, b"massage", &signature).unwrap_err().code(),
                "verify-bad-signature"
            );
        }
    }
}

#[test]
fn a_set_with_several_private_keys_wants_a_choice() {
    let keys: Vec<Value> = ["a", "b"]
        .map(|kid| PrivateKey::generate(Algorithm::Es256).unwrap().with_kid(kid))
        .iter()
        .map(|key| serde_json::from_str(&key.to_private_jwk()).unwrap())
        .collect();
    let set = json!({ "keys": keys }).to_string();
    let error = PrivateKey::parse(set.as_bytes()).unwrap_err();
    assert_eq!(error, KeyError::Ambiguous { kids: vec!["a".to_owned(), "b".to_owned()] });
    assert_eq!(PrivateKey::parse_with_kid(set.as_bytes(), "b").unwrap().kid(), "b");
    let error = PrivateKey::parse_with_kid(set.as_bytes(), "c").unwrap_err();
    assert_eq!(error.code(), "key-kid-not-found");
    assert_eq!(private_members(&json!({ "keys": keys })), ["keys[0].d", "keys[1].d"]);
}

#[test]
fn a_public_jwk_has_no_private_member() {
    for algorithm in [Algorithm::Rs384, Algorithm::Es256, Algorithm::Es384] {
        let key = PrivateKey::generate(algorithm).unwrap();
        let public = key.public_jwk().to_json();
        assert!(private_members(&public).is_empty());
        assert_eq!(
            (&public["use"], &public["alg"], &public["kid"]),
            (&json!("sig"), &json!(algorithm), &json!(key.kid()))
        );
        let private: Value = serde_json::from_str(&key.to_private_jwk()).unwrap();
        assert_eq!(Jwk::parse(&private).unwrap_err().code(), "key-private-members");
    }
}
