//! Whatever a server sends: an answer, never a panic.

use proptest::prelude::*;
use safire_protocol::discovery::EndpointKind;
use safire_protocol::discovery::locations;
use safire_protocol::fault::Diagnose;
use safire_protocol::url::UrlPolicy;
use serde_json::Map;
use serde_json::Value;

use super::answer;
use super::base;
use super::conformant_but;
use super::deviations;
use super::profile;

const NAMES: [&str; 12] = [
    "issuer",
    "token_endpoint",
    "authorization_endpoint",
    "registration_endpoint",
    "capabilities",
    "scopes_supported",
    "code_challenge_methods_supported",
    "associated_endpoints",
    "url",
    "rest",
    "security",
    "extension",
];

const TEXTS: [&str; 9] = [
    "https://fhir.example.com/token",
    "/token",
    "javascript:alert(1)",
    "https:///x",
    "http://[::1",
    "S256",
    "oauth-uris",
    "\u{0}\u{1b}[31m",
    "https://a@b:c@d/#?",
];

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        proptest::sample::select(&TEXTS[..]).prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from), object_of(inner)]
    })
}

fn object_of(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    let name = prop_oneof![proptest::sample::select(&NAMES[..]).prop_map(str::to_owned), ".{0,6}"];
    proptest::collection::vec((name, inner), 0..8)
        .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>()))
}

fn try_everything(body: &[u8], status: u16) {
    let base = base();
    for location in locations(&base) {
        match location.accept(&base, &location.url, &answer(status, "application/json", body.to_vec())) {
            Ok(profile) => {
                for kind in EndpointKind::ALL {
                    if let Ok(url) = profile.endpoint(kind, &base, &UrlPolicy::default()) {
                        assert_eq!(url.scheme(), "https");
                    }
                }
                assert!(profile.to_json(&base).is_object());
            }
            Err(error) => assert!(!error.code().is_empty() && !error.to_string().is_empty()),
        }
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes(body in proptest::collection::vec(any::<u8>(), 0..200), status in 200_u16..600) {
        try_everything(&body, status);
    }

    #[test]
    fn arbitrary_json(document in object_of(json())) {
        try_everything(document.to_string().as_bytes(), 200);
    }

    #[test]
    fn a_doubled_value_is_said_exactly_when_there_is_one(
        scopes in proptest::collection::vec("[ab]{0,2}[a-z]{8}|[ab]", 1..6),
    ) {
        let distinct: std::collections::BTreeSet<_> = scopes.iter().collect();
        let found = profile(&conformant_but(&serde_json::json!({"scopes_supported": scopes})));
        let said = deviations(&found) == ["duplicate-value scopes_supported"];
        prop_assert_eq!(said, distinct.len() < scopes.len());
        prop_assert_eq!(found.scopes_supported().unwrap(), scopes);
    }
}
