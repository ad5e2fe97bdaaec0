use jsonwebtoken as other;
use safire_jose::Algorithm;
use safire_jose::Header;
use safire_jose::Limits;
use safire_jose::PrivateKey;
use safire_jose::decode;
use safire_jose::sign;
use serde_json::Value;
use serde_json::json;

fn theirs(algorithm: Algorithm) -> other::Algorithm {
    algorithm.as_str().parse().expect("a name that both know")
}

fn encoding_key(key: &PrivateKey, algorithm: Algorithm) -> other::EncodingKey {
    let pem = key.to_pem();
    match algorithm {
        Algorithm::Es256 | Algorithm::Es384 => other::EncodingKey::from_ec_pem(pem.as_bytes()),
        Algorithm::Rs256 | Algorithm::Rs384 | Algorithm::Rs512 | Algorithm::Ps256 | Algorithm::Ps384 => {
            other::EncodingKey::from_rsa_pem(pem.as_bytes())
        }
    }
    .expect("a key that both read")
}

#[test]
fn what_we_sign_jsonwebtoken_verifies() {
    for algorithm in Algorithm::ALL {
        let key = PrivateKey::generate(algorithm).unwrap();
        let claims = json!({ "iss": "a", "exp": 4_102_444_800_i64, "nested": { "x": [1, 2.5, null] } });
        let token = sign(&key, &Header::jwt(algorithm, key.kid()), &claims).unwrap();
        let jwk: other::jwk::Jwk = serde_json::from_value(key.public_jwk().to_json()).unwrap();
        let verifying = other::DecodingKey::from_jwk(&jwk).unwrap();
        let read =
            other::decode::<Value>(&token, &verifying, &other::Validation::new(theirs(algorithm))).unwrap();
        assert_eq!(read.claims, claims);
        assert_eq!(read.header.kid.as_deref(), Some(key.kid()));
    }
}

#[test]
fn what_jsonwebtoken_signs_we_verify() {
    for algorithm in Algorithm::ALL {
        let key = PrivateKey::generate(algorithm).unwrap();
        let claims = json!({ "iss": "b", "exp": 4_102_444_800_i64 });
        let header = other::Header::new(theirs(algorithm));
        let token = other::encode(&header, &claims, &encoding_key(&key, algorithm)).unwrap();
        let public = key.public_jwk().verifying_key().unwrap();
        let jwt = decode(&token, Limits::default()).unwrap().verify(&Algorithm::ALL, &public).unwrap();
        assert_eq!(Value::Object(jwt.claims), claims);
    }
}
