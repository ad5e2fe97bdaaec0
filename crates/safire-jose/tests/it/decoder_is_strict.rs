use safire_jose::Algorithm;
use safire_jose::DecodeError;
use safire_jose::Header;
use safire_jose::Limits;
use safire_jose::PrivateKey;
use safire_jose::decode;
use safire_jose::sign;
use serde_json::json;

use crate::support::encode;
use crate::support::token;

fn error(token: &str) -> DecodeError {
    decode(token, Limits::default()).unwrap_err()
}

const HEADER: &str = r#"{"alg":"ES256"}"#;

#[test]
fn algorithms_outside_the_set_are_refused_by_name() {
    for name in ["none", "None", "NONE"] {
        let header = json!({ "alg": name }).to_string();
        assert_eq!(error(&token(&header, "{}")), DecodeError::Unsigned { algorithm: name.to_owned() });
    }
    for name in ["HS256", "HS384", "HS512"] {
        let header = json!({ "alg": name }).to_string();
        assert_eq!(error(&token(&header, "{}")), DecodeError::Symmetric { algorithm: name.to_owned() });
    }
    for name in ["ES512", "EdDSA", "PS512", "es256", ""] {
        let header = json!({ "alg": name }).to_string();
        assert_eq!(
            error(&token(&header, "{}")),
            DecodeError::UnsupportedAlgorithm { algorithm: name.to_owned() }
        );
    }
    assert_eq!(error(&token("{}", "{}")), DecodeError::MissingAlgorithm);
    assert_eq!(error(&token(r#"{"alg":1}"#, "{}")).code(), "token-header-member");
}

#[test]
fn duplicate_members_are_refused_at_any_depth() {
    let twice = |part, member: &str| DecodeError::DuplicateMember { part, member: member.to_owned() };
    assert_eq!(error(&token(r#"{"alg":"ES256","alg":"ES256"}"#, "{}")), twice("header", "alg"));
    assert_eq!(error(&token(HEADER, r#"{"iss":"a","iss":"a"}"#)), twice("claims", "iss"));
    assert_eq!(error(&token(HEADER, r#"{"a":[{"b":{"c":1,"\u0063":2}}]}"#)), twice("claims", "c"));
}

#[test]
fn nesting_and_size_have_caps() {
    let nested = |levels: usize| {
        let arrays = levels - 1;
        token(HEADER, &format!(r#"{{"a":{}{}}}"#, "[".repeat(arrays), "]".repeat(arrays)))
    };
    assert!(decode(nested(32), Limits::default()).is_ok());
    assert_eq!(error(&nested(33)), DecodeError::TooDeep { part: "claims", limit: 32 });
    assert_eq!(error(&nested(10_000)), DecodeError::TooDeep { part: "claims", limit: 32 });
    let large = "a".repeat(65_537);
    assert_eq!(error(&large), DecodeError::TooLarge { bytes: 65_537, limit: 65_536 });
}

#[test]
fn critical_extensions_are_refused() {
    let header = r#"{"alg":"ES256","crit":["b64"],"b64":false}"#;
    assert_eq!(error(&token(header, "{}")), DecodeError::Critical { members: vec!["b64".to_owned()] });
    for crit in ["[]", "\"exp\"", "[1]"] {
        let header = format!(r#"{{"alg":"ES256","crit":{crit}}}"#);
        assert_eq!(error(&token(&header, "{}")).code(), "token-header-member", "{crit}");
    }
}

#[test]
fn other_forms_are_refused() {
    assert_eq!(error(r#"{"payload":"","signatures":[]}"#), DecodeError::JsonSerialization);
    assert_eq!(error(&format!("{}..c2ln", encode(HEADER))), DecodeError::Detached);
    assert_eq!(error("a.b.c.d.e"), DecodeError::EncryptedToken);
    assert_eq!(error("a.b"), DecodeError::Parts { found: 2 });
    assert_eq!(error(""), DecodeError::Parts { found: 1 });
    assert_eq!(error(&format!("{}.{}.", encode(HEADER), encode("{}"))), DecodeError::NoSignature);
    assert_eq!(error(&token(HEADER, "[]")), DecodeError::NotObject { part: "claims" });
    assert_eq!(error(&token(HEADER, "{} {}")).code(), "token-not-json");
    assert_eq!(error(&token("nonsense", "{}")).code(), "token-not-json");
}

#[test]
fn base64url_has_one_form() {
    let (header, claims) = (encode(HEADER), encode("{}"));
    // "{}" is "e30"; its last character carries two bits that must be zero.
    assert_eq!(claims, "e30");
    for claims in ["e31", "e30=", "e3 0", "e30\n", "e3+"] {
        let error = error(&format!("{header}.{claims}.c2ln"));
        assert_eq!(error, DecodeError::Base64 { part: "claims" }, "{claims:?}");
    }
    assert_eq!(error(&format!("{header}.{claims}.c2lnbg==")), DecodeError::Base64 { part: "signature" });
}

#[test]
fn the_allow_list_comes_before_the_key() {
    let key = PrivateKey::generate(Algorithm::Es256).unwrap();
    let public = key.public_jwk().verifying_key().unwrap();
    let signed = sign(&key, &Header::jwt(Algorithm::Es256, "k"), &json!({ "a": 1 })).unwrap();
    let jwt = || decode(&signed, Limits::default()).unwrap();
    assert_eq!((jwt().kid(), jwt().alg()), (Some("k"), Algorithm::Es256));
    assert_eq!(jwt().claims_unverified()["a"], 1);
    let refused = jwt().verify(&[Algorithm::Es384, Algorithm::Rs384], &public).unwrap_err();
    assert_eq!(refused.to_string(), "the token is signed with ES256, expected one of: ES384, RS384");
    assert!(jwt().verify(&[Algorithm::Es256], &public).is_ok());
    let stranger = PrivateKey::generate(Algorithm::Es256).unwrap().public_jwk().verifying_key().unwrap();
    assert_eq!(jwt().verify(&[Algorithm::Es256], &stranger).unwrap_err().code(), "verify-bad-signature");
    let rsa = PrivateKey::generate(Algorithm::Rs256).unwrap().public_jwk().verifying_key().unwrap();
    assert_eq!(jwt().verify(&[Algorithm::Es256], &rsa).unwrap_err().code(), "verify-algorithm-mismatch");
}

#[test]
fn claims_must_be_an_object_when_signing() {
    let key = PrivateKey::generate(Algorithm::Es256).unwrap();
    assert_eq!(sign(&key, &Header::new(Algorithm::Es256), &json!([1])).unwrap_err().code(), "sign-claims");
}
