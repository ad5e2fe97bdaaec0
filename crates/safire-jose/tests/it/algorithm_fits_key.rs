use safire_jose::Algorithm;
use safire_jose::Header;
use safire_jose::KeyError;
use safire_jose::KeyKind;
use safire_jose::PrivateKey;
use safire_jose::SignError;
use safire_jose::VerifyError;
use safire_jose::sign;
use serde_json::json;

use crate::support;

#[test]
fn t23_an_ec_key_with_an_rs_algorithm_is_refused_locally() {
    let key = PrivateKey::parse(&support::read("keys/p384.pkcs8.pem")).unwrap();
    let expected = KeyError::AlgorithmMismatch { algorithm: Algorithm::Rs384, kind: KeyKind::P384 };
    assert_eq!(key.check_algorithm(Algorithm::Rs384).unwrap_err(), expected);
    assert_eq!(key.sign(Algorithm::Rs384, b"").unwrap_err(), SignError::Key(expected.clone()));
    let signed = sign(&key, &Header::new(Algorithm::Rs384), &json!({}));
    assert_eq!(signed.unwrap_err(), SignError::Key(expected.clone()));
    assert_eq!(
        expected.to_string(),
        "the algorithm RS384 does not fit a key of kind EC P-384, expected ES384"
    );
}

#[test]
fn tc_086_each_kind_signs_with_exactly_its_algorithms() {
    for (file, names) in [
        ("rsa-2048.pkcs8.pem", &["RS384", "RS256", "RS512", "PS384", "PS256"][..]),
        ("p256.pkcs8.pem", &["ES256"]),
        ("p384.pkcs8.pem", &["ES384"]),
    ] {
        let key = PrivateKey::parse(&support::read(&format!("keys/{file}"))).unwrap();
        let public = key.public_jwk().verifying_key().unwrap();
        assert_eq!(key.algorithm().as_str(), names[0]);
        let fitting: Vec<&str> = key.kind().algorithms().iter().map(|algorithm| algorithm.as_str()).collect();
        assert_eq!(fitting, names);
        for algorithm in Algorithm::ALL {
            let fits = names.contains(&algorithm.as_str());
            assert_eq!(key.sign(algorithm, b"message").is_ok(), fits, "{file} {algorithm}");
            let verified = public.verify(algorithm, b"message", b"no signature").unwrap_err();
            assert_eq!(matches!(verified, VerifyError::BadSignature { .. }), fits, "{file} {algorithm}");
        }
    }
}

#[test]
fn tc_086_an_incompatible_alg_member_is_not_followed() {
    let mut set = support::json("smart-ig/ES384.private.json");
    set["keys"][1]["alg"] = json!("RS256");
    let key = PrivateKey::parse(set.to_string().as_bytes()).unwrap();
    assert_eq!(key.algorithm(), Algorithm::Es384);
}

#[test]
fn names_are_read_exactly() {
    for algorithm in Algorithm::ALL {
        assert_eq!(algorithm.as_str().parse(), Ok(algorithm));
    }
    for name in ["none", "HS256", "rs256", "ES512", "PS512", ""] {
        assert_eq!(name.parse::<Algorithm>().unwrap_err().value, name);
    }
}
