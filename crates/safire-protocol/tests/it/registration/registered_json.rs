//! The raw view, as JSON shows it.

use safire_protocol::registration::SecretsShown;
use serde_json::json;

use super::read;

fn sample() -> serde_json::Value {
    json!({
        "client_id": "s6BhdRkqt3",
        "client_secret": "planted-secret",
        "client_secret_expires_at": 0,
        "registration_access_token": "planted-token",
        "registration_client_uri": "https://auth.example.org/c/1",
        "contacts": null,
        "vendor": {"list": [{"client_secret": "planted-inner"}], "kept": true},
        "jwks": {"keys": [{"kty": "EC", "x": "AA", "d": "planted-d"}]}
    })
}

#[test]
fn secrets_are_masked_at_any_depth_and_order_is_kept() {
    let masked = read(&sample()).registered_json(SecretsShown::Masked);
    insta::assert_json_snapshot!(masked);
    assert!(!serde_json::to_string(&masked).unwrap().contains("planted"));
}

#[test]
fn the_person_who_asks_sees_everything() {
    assert_eq!(serde_json::Value::Object(read(&sample()).registered_json(SecretsShown::Shown)), sample());
}

#[test]
fn an_absent_secret_is_shown_as_it_came() {
    let masked = read(&json!({"client_id": "a", "client_secret": ""})).registered_json(SecretsShown::Masked);
    assert_eq!(masked["client_secret"], "");
}

#[test]
fn deviations_and_differences_serialise_as_promised() {
    let registration = read(&json!({"client_id": "a", "client_secret": "planted"}));
    insta::assert_json_snapshot!(registration.deviations());
}
