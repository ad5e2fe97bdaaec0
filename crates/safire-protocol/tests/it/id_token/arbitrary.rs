//! Whatever comes: an answer, never a panic, and never a token that was not signed by the issuer.

use proptest::prelude::*;
use safire_protocol::fault::Diagnose;
use safire_protocol::id_token::KeySet;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::KEY;
use super::KEYS;
use super::check;
use super::check_with;
use super::good;
use super::signed;

const CLAIMS: [&str; 12] =
    ["iss", "sub", "aud", "azp", "nonce", "exp", "iat", "nbf", "auth_time", "fhirUser", "profile", "x"];
const MEMBERS: [&str; 10] = ["kty", "crv", "x", "y", "n", "e", "kid", "alg", "use", "keys"];

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        proptest::sample::select(vec!["client-1", "EC", "RSA", "P-384", "AQAB", "Patient/1", "sig"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((".{0,4}", inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #[test]
    fn arbitrary_text_is_refused(token in ".{0,80}") {
        let error = check_with(&KEYS, token).unwrap_err();
        prop_assert!(!error.code().is_empty() && !error.to_string().is_empty());
    }

    #[test]
    fn arbitrary_claims_signed_by_the_issuer(changes in proptest::collection::vec((proptest::sample::select(&CLAIMS[..]), value()), 0..6)) {
        let mut claims = good();
        for (claim, value) in changes {
            claims[claim] = value;
        }
        match check(&claims) {
            Ok(token) => prop_assert_eq!(token.issuer(), super::ISSUER),
            Err(error) => prop_assert!(!error.code().is_empty()),
        }
    }

    #[test]
    fn arbitrary_keys(keys in proptest::collection::vec(proptest::collection::vec((proptest::sample::select(&MEMBERS[..]), value()), 0..8), 0..5)) {
        let keys: Vec<Value> = keys
            .into_iter()
            .map(|members| Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()))
            .collect();
        let set = KeySet::parse(&json!({ "keys": keys })).unwrap();
        prop_assert_eq!(set.len() + set.unusable().len(), keys.len());
        prop_assert!(check_with(&set, signed(&KEY, &good())).is_err());
    }

    #[test]
    fn an_arbitrary_document_is_no_key_set_or_has_an_array(document in value()) {
        prop_assert_eq!(KeySet::parse(&document).is_ok(), document.get("keys").is_some_and(Value::is_array));
    }
}
