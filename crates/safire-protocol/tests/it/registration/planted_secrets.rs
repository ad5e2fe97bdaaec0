//! No `Debug` text and no error shows a planted secret.

use safire_protocol::registration::ClientMetadata;
use serde_json::json;

use super::NOW;
use super::json as answer;
use super::step;

const PLANTED: [&str; 6] =
    ["planted-secret", "planted-iat", "planted-rat", "planted-statement", "planted-extra", "planted-private"];

#[track_caller]
fn assert_clean(text: &str) {
    for secret in PLANTED {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

fn metadata() -> ClientMetadata {
    ClientMetadata::new()
        .software_statement("planted-statement")
        .extra("client_secret", "planted-extra")
        .jwks(json!({"keys": [{"kty": "EC", "d": "planted-private"}]}))
}

#[test]
fn td_09_debug_of_every_public_type_is_clean() {
    let step = step(&metadata(), Some("Bearer planted-iat"));
    let body = json!({
        "client_id": "a", "client_secret": "planted-secret", "registration_access_token": "planted-rat",
        "software_statement": "planted-statement-2", "jwks": {"keys": [{"d": "planted-private"}]}
    });
    let registration = step.accept(&answer(201, &body), NOW).unwrap();
    assert_clean(&format!("{:?}", metadata()));
    assert_clean(&format!("{step:?}"));
    assert_clean(&format!("{:?}", step.request().headers()));
    assert_clean(&format!("{registration:?} {registration:#?}"));
    assert_clean(&format!("{:?}", registration.answer()));
    assert_clean(&format!("{:?}", registration.granted()));
    assert_clean(&format!("{:?} {:?}", registration.deviations(), registration.differences()));
    assert_clean(&serde_json::to_string(registration.differences()).unwrap());
    assert!(format!("{registration:?}").contains("ClientSecret([redacted])"));
}

#[test]
fn errors_are_clean_whatever_the_server_echoes() {
    let step = step(&metadata(), Some("Bearer planted-iat"));
    for (status, body) in [
        (400, json!({"error": "planted-iat", "error_description": "Bearer planted-iat, planted-statement"})),
        (400, json!({"error": {"code": "x", "message": "planted-extra"}, "client_secret": "planted-secret"})),
        (
            400,
            json!({"error": "x", "error_description": "planted-secret", "client_secret": "planted-secret"}),
        ),
        (403, json!({"message": "you sent planted-extra"})),
        (201, json!({"client_secret": "planted-secret", "registration_access_token": "planted-rat"})),
        (201, json!({"client_id": ["planted-secret"]})),
    ] {
        let error = step.accept(&answer(status, &body), NOW).unwrap_err();
        assert_clean(&format!("{error} {error:?} {:?}", error.received_fields()));
    }
}
