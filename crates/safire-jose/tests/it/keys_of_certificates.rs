use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use safire_jose::Algorithm;
use safire_jose::KeyError;
use safire_jose::KeyKind;
use safire_jose::PrivateKey;
use safire_jose::PublicKey;
use safire_jose::VerifyError;

use crate::support;

fn rsa_2048() -> Vec<u8> {
    let pem = String::from_utf8(support::read("keys/rsa-2048.public.pem")).unwrap();
    let lines: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    STANDARD.decode(lines).unwrap()
}

/// The `SubjectPublicKeyInfo` of a key on a curve: a fixed head and the point.
fn on_curve(key: &PrivateKey) -> Vec<u8> {
    let jwk = key.public_jwk().to_json();
    let [x, y] = ["x", "y"].map(|name| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap());
    let head: &[u8] = match key.kind() {
        KeyKind::P256 => b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00\x04",
        KeyKind::P384 => b"\x30\x76\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22\x03\x62\x00\x04",
        KeyKind::Rsa { .. } => panic!("not on a curve"),
    };
    [head, &x, &y].concat()
}

#[test]
fn an_rsa_key_is_read() {
    let key = PublicKey::from_spki(&rsa_2048()).unwrap();
    assert_eq!(key.kind(), KeyKind::Rsa { bits: 2048 });
    let signer = PrivateKey::parse(&support::read("keys/rsa-2048.pkcs8.pem")).unwrap();
    let signature = signer.sign(Algorithm::Rs256, b"message").unwrap();
    key.verify(Algorithm::Rs256, b"message", &signature).unwrap();
    let error = key.verify(Algorithm::Rs256, b"other", &signature).unwrap_err();
    assert_eq!(error, VerifyError::BadSignature { algorithm: Algorithm::Rs256 });
}

#[test]
fn keys_on_curves_are_read() {
    for algorithm in [Algorithm::Es256, Algorithm::Es384] {
        let signer = PrivateKey::generate(algorithm).unwrap();
        let key = PublicKey::from_spki(&on_curve(&signer)).unwrap();
        assert_eq!(key.kind(), signer.kind());
        let signature = signer.sign(algorithm, b"message").unwrap();
        key.verify(algorithm, b"message", &signature).unwrap();
    }
}

#[test]
fn damage_and_foreign_keys_are_refused() {
    let good = rsa_2048();
    for length in 0..good.len() {
        assert!(PublicKey::from_spki(&good[..length]).is_err(), "cut at {length}");
    }
    let mut ed25519 = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00".to_vec();
    ed25519.extend([7; 32]);
    let error = PublicKey::from_spki(&ed25519).unwrap_err();
    assert_eq!(error, KeyError::UnsupportedKeyType { kind: "Ed25519".to_owned() });
    let mut compressed = on_curve(&PrivateKey::generate(Algorithm::Es256).unwrap());
    let point = compressed.len() - 65;
    compressed[point] = 2;
    assert_eq!(PublicKey::from_spki(&compressed).unwrap_err().code(), "key-malformed");
}
