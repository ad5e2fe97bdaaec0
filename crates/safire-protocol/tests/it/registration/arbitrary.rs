//! Nothing that a server can send makes the reader panic, and success always has a client id.

use proptest::prelude::*;
use safire_protocol::registration::Answer;
use safire_protocol::registration::Registration;
use safire_protocol::server_answer::ServerAnswer;
use serde_json::Map;
use serde_json::Value;

use super::NOW;
use super::response;

const NAMES: [&str; 14] = [
    "client_id",
    "client_secret",
    "client_secret_expires_at",
    "client_id_issued_at",
    "redirect_uris",
    "grant_types",
    "token_endpoint_auth_method",
    "scope",
    "jwks",
    "error",
    "error_description",
    "registration_client_uri",
    "registration_access_token",
    "other",
];

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,30}".prop_map(Value::from),
        "[0-9T:.Z+-]{0,25}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name(), inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![prop::sample::select(&NAMES[..]).prop_map(str::to_owned), "[a-z_]{1,8}"]
}

fn members() -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::vec((name(), value()), 0..12).prop_map(|members| members.into_iter().collect())
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..400), status in 100_u16..600) {
        let answer = Answer::new(Some(status), None, body.clone(), NOW);
        let _ = Registration::read("https://a/register", Map::new(), answer);
        let shown = ServerAnswer::read(&response(status, "text/plain", body));
        prop_assert!(!shown.to_string().chars().any(char::is_control));
    }

    #[test]
    fn any_object_is_read_or_refused(requested in members(), members in members(), status in 190_u16..320) {
        let body = Value::Object(members.clone()).to_string();
        let answer = Answer::new(Some(status), Some("application/json".to_owned()), body.into_bytes(), NOW);
        match Registration::read("https://a/register", requested, answer) {
            Ok(registration) => {
                prop_assert!((200..300).contains(&status));
                prop_assert!(!registration.client_id().as_str().trim().is_empty());
                prop_assert!(members.contains_key("client_id"));
            }
            Err(error) => prop_assert!(!error.to_string().chars().any(char::is_control)),
        }
    }
}
