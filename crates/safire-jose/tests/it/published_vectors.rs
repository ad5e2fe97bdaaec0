use std::collections::BTreeMap;

use safire_jose::Algorithm;
use safire_jose::DecodeError;
use safire_jose::Jwk;
use safire_jose::JwkSet;
use safire_jose::KeyKind;
use safire_jose::Limits;
use safire_jose::PrivateKey;
use safire_jose::decode;
use serde_json::Value;
use serde_json::json;

use crate::support;

#[test]
fn rfc_7638_section_3_1_thumbprint() {
    let vector = &support::json("rfc.json")["rfc7638_section_3_1"];
    let jwk = Jwk::parse(&vector["jwk"]).unwrap();
    assert_eq!(jwk.thumbprint(), vector["thumbprint_sha256"]);
    assert_eq!(jwk.kid(), Some("2011-04-29"));
}

#[test]
fn rfc_7515_a_2_and_a_3_verify() {
    let vectors = support::json("rfc.json");
    for (name, algorithm) in [("rfc7515_a2_rs256", Algorithm::Rs256), ("rfc7515_a3_es256", Algorithm::Es256)]
    {
        let key = Jwk::parse(&vectors[name]["jwk"]).unwrap().verifying_key().unwrap();
        let jwt = decode(vectors[name]["jws"].as_str().unwrap(), Limits::default()).unwrap();
        let verified = jwt.verify(&[algorithm], &key).unwrap();
        assert_eq!(verified.claims["iss"], "joe", "{name}");
    }
}

#[test]
fn rfc_7515_a_1_is_refused_as_symmetric() {
    let jws = support::json("rfc.json")["rfc7515_a1_hs256"]["jws"].clone();
    let error = decode(jws.as_str().unwrap(), Limits::default()).unwrap_err();
    assert_eq!(error, DecodeError::Symmetric { algorithm: "HS256".to_owned() });
}

#[test]
fn rfc_7520_4_1_and_4_2_verify() {
    // 4.2 is PS384, 4.1 RS256; their payload is prose, so the signature is verified over the bytes.
    for (file, algorithm) in
        [("4_1.rsa_v15_signature", Algorithm::Rs256), ("4_2.rsa-pss_signature", Algorithm::Ps384)]
    {
        let vector = support::json(&format!("cookbook/{file}.json"));
        let key = PrivateKey::parse(vector["input"]["key"].to_string().as_bytes()).unwrap();
        assert_eq!(key.kid(), "bilbo.baggins@hobbiton.example");
        let public = key.public_jwk().verifying_key().unwrap();
        let (input, signature) = support::split(vector["output"]["compact"].as_str().unwrap());
        public.verify(algorithm, input, &signature).unwrap();
        if algorithm == Algorithm::Rs256 {
            assert_eq!(key.sign(algorithm, input).unwrap(), signature, "PKCS#1 signatures are reproducible");
        }
    }
}

#[test]
fn rfc_7520_other_examples_are_refused_each_with_its_own_error() {
    let symmetric = DecodeError::Symmetric { algorithm: "HS256".to_owned() };
    let es512 = DecodeError::UnsupportedAlgorithm { algorithm: "ES512".to_owned() };
    let prose = "token-not-json";
    let cases = [
        ("4_1.rsa_v15_signature", "compact", prose),
        ("4_2.rsa-pss_signature", "compact", prose),
        ("4_3.ecdsa_signature", "compact", es512.code()),
        ("4_4.hmac-sha2_integrity_protection", "compact", symmetric.code()),
        ("4_5.signature_with_detached_content", "compact", DecodeError::Detached.code()),
        ("4_6.protecting_specific_header_fields", "json", DecodeError::JsonSerialization.code()),
        ("4_7.protecting_content_only", "json", DecodeError::JsonSerialization.code()),
        ("4_8.multiple_signatures", "json", DecodeError::JsonSerialization.code()),
    ];
    for (file, form, code) in cases {
        let output = support::json(&format!("cookbook/{file}.json"))["output"][form].clone();
        let token = output.as_str().map_or_else(|| output.to_string(), str::to_owned);
        assert_eq!(decode(&token, Limits::default()).unwrap_err().code(), code, "{file}");
    }
}

#[test]
fn smart_ig_private_sets_parse_with_the_public_key_first() {
    for (name, kind, kid) in [
        ("RS384", KeyKind::Rsa { bits: 2048 }, "eee9f17a3b598fd86417a980b591fbe6"),
        ("ES384", KeyKind::P384, "cd520211e5661dbba2256f67f6d53f97"),
    ] {
        let key = PrivateKey::parse(&support::read(&format!("smart-ig/{name}.private.json"))).unwrap();
        assert_eq!((key.kind(), key.kid(), key.algorithm().as_str()), (kind, kid, name));
        let published = JwkSet::parse(&support::json(&format!("smart-ig/{name}.public.json"))).unwrap();
        assert_eq!(published.find(kid).unwrap().thumbprint(), key.thumbprint());
        let private = JwkSet::parse(&support::json(&format!("smart-ig/{name}.private.json"))).unwrap();
        assert_eq!((private.keys().len(), private.skipped().len()), (1, 1));
    }
}

#[test]
fn smart_ig_tokens_of_the_published_keys_verify() {
    let mut keys = JwkSet::parse(&support::json("smart-ig/RS384.public.json")).unwrap().keys().to_vec();
    keys.extend(JwkSet::parse(&support::json("smart-ig/ES384.public.json")).unwrap().keys().to_vec());
    let keys = JwkSet::from_keys(keys);
    let (mut verified, mut refused) = (Vec::new(), 0);
    for entry in support::json("smart-ig/jwts.json").as_array().unwrap() {
        let Ok(jwt) = decode(entry["jwt"].as_str().unwrap(), Limits::default()) else { continue };
        let Some(key) = jwt.kid().and_then(|kid| keys.find(kid)) else { continue };
        let algorithm = jwt.alg();
        if let Ok(jwt) = jwt.verify(&[algorithm], &key.verifying_key().unwrap()) {
            assert_eq!(Value::Object(jwt.claims), entry["payload"]);
            verified.push(algorithm.as_str());
        } else {
            refused += 1;
        }
    }
    verified.sort_unstable();
    assert_eq!((verified.as_slice(), refused), (&["ES384", "ES384", "RS384", "RS384"][..], 0));
}

#[test]
fn every_other_form_of_the_rfc_7520_examples_is_refused_as_json() {
    let mut forms = 0;
    for file in [
        "4_1.rsa_v15_signature",
        "4_2.rsa-pss_signature",
        "4_3.ecdsa_signature",
        "4_4.hmac-sha2_integrity_protection",
        "4_5.signature_with_detached_content",
        "4_6.protecting_specific_header_fields",
        "4_7.protecting_content_only",
        "4_8.multiple_signatures",
    ] {
        for form in ["json", "json_flat"] {
            let output = &support::json(&format!("cookbook/{file}.json"))["output"][form];
            if !output.is_null() {
                let error = decode(output.to_string(), Limits::default()).unwrap_err();
                assert_eq!(error, DecodeError::JsonSerialization, "{file} {form}");
                forms += 1;
            }
        }
    }
    assert_eq!(forms, 15);
}

#[test]
fn every_smart_ig_token_has_its_outcome() {
    let mut keys = JwkSet::parse(&support::json("smart-ig/RS384.public.json")).unwrap().keys().to_vec();
    keys.extend(JwkSet::parse(&support::json("smart-ig/ES384.public.json")).unwrap().keys().to_vec());
    let keys = JwkSet::from_keys(keys);
    let mut outcomes = BTreeMap::new();
    for entry in support::json("smart-ig/jwts.json").as_array().unwrap() {
        let outcome = match decode(entry["jwt"].as_str().unwrap(), Limits::default()) {
            Err(error) => error.code(),
            Ok(jwt) => match jwt.kid().map(|kid| keys.find(kid)) {
                None => "names no key",
                Some(None) => "names a key that is not published",
                Some(Some(key)) => jwt
                    .verify(&Algorithm::ALL, &key.verifying_key().unwrap())
                    .map_or_else(|e| e.code(), |_| "ok"),
            },
        };
        *outcomes.entry(outcome).or_insert(0) += 1;
    }
    let expected =
        [("names a key that is not published", 2), ("names no key", 4), ("ok", 4), ("token-symmetric", 10)];
    assert_eq!(outcomes, BTreeMap::from(expected));
}

#[test]
fn a_jwk_is_written_with_use_kid_alg_and_without_key_ops() {
    let set = JwkSet::parse(&support::json("smart-ig/ES384.public.json")).unwrap();
    let written = set.to_json();
    let names: Vec<&str> = written["keys"][0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["kty", "use", "kid", "alg", "crv", "x", "y", "ext"]);
    assert_eq!(written["keys"][0]["use"], json!("sig"));
    assert_eq!(serde_json::to_value(&set).unwrap(), written);
}
