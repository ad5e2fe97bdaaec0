//! The method that the server's answer names is used; else the one asked for; else what fits what came.

use safire_protocol::client_profile::ClientProfile;
use safire_protocol::credentials::AuthMethod;
use safire_protocol::credentials::BasicEncoding;
use safire_protocol::credentials::Choice;
use safire_protocol::credentials::Chosen;
use safire_protocol::credentials::ClientIdInBody;
use safire_protocol::credentials::Credentials;
use safire_protocol::credentials::CredentialsError;
use safire_protocol::credentials::KeyRef;
use safire_protocol::credentials::SecretPlacement;
use safire_protocol::jose::Algorithm;
use safire_protocol::jose::KeyKind;
use safire_protocol::registration::Answer;
use safire_protocol::registration::Registration;
use safire_protocol::time::UnixTime;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

const KEY: KeyRef<'static> = KeyRef { kid: "k1", algorithm: Algorithm::Es384, kind: Some(KeyKind::P384) };

fn registration(requested: Value, answer: Value) -> Registration {
    let map = |value: Value| -> Map<String, Value> { serde_json::from_value(value).unwrap() };
    let answer = Answer::by_hand(map(answer), UnixTime::from_seconds(1_790_000_000));
    Registration::read("https://auth.example.com/register", map(requested), answer).unwrap()
}

fn choose(requested: Value, answer: Value, key: Option<KeyRef<'_>>) -> Result<Chosen, CredentialsError> {
    Credentials::choose(&registration(requested, answer), key, &Choice::default())
}

fn codes(chosen: &Chosen) -> Vec<&'static str> {
    chosen.deviations.iter().map(|deviation| deviation.code).collect()
}

#[test]
fn the_method_of_the_answer_is_used() {
    let chosen = choose(
        json!({"token_endpoint_auth_method": "client_secret_basic"}),
        json!({"client_id": "c", "client_secret": "s", "token_endpoint_auth_method": "client_secret_basic"}),
        None,
    )
    .unwrap();
    assert_eq!(chosen.credentials.method(), AuthMethod::ClientSecretBasic);
    assert_eq!(codes(&chosen), [] as [&str; 0]);
}

#[test]
fn t14_a_dynamic_client_of_epic_proves_itself_by_its_key_whatever_is_named() {
    let mut choice = Choice::default();
    choice.profile = ClientProfile::EpicDynamic;
    let registered = || {
        let grants = ["urn:ietf:params:oauth:grant-type:jwt-bearer"];
        let answer = json!({"client_id": "c", "token_endpoint_auth_method": "none", "grant_types": grants});
        registration(json!({"software_id": "app-1"}), answer)
    };
    let chosen = Credentials::choose(&registered(), Some(KEY), &choice).unwrap();
    assert_eq!((chosen.credentials.method(), codes(&chosen).len()), (AuthMethod::PrivateKeyJwt, 0));
    let error = Credentials::choose(&registered(), None, &choice).unwrap_err();
    assert!(matches!(error, CredentialsError::MissingKey), "{error:?}");
}

#[test]
fn t7_a_changed_method_is_used_and_reported() {
    let chosen = choose(
        json!({"token_endpoint_auth_method": "private_key_jwt"}),
        json!({"client_id": "c", "client_secret": "s", "token_endpoint_auth_method": "client_secret_post"}),
        Some(KEY),
    )
    .unwrap();
    assert_eq!(chosen.credentials.method(), AuthMethod::ClientSecretPost);
    assert_eq!(codes(&chosen), ["auth-method-changed"]);
}

#[test]
fn t7_an_unknown_method_stops_before_the_call() {
    let error = choose(
        json!({"token_endpoint_auth_method": "private_key_jwt"}),
        json!({"client_id": "c", "client_secret": "s", "token_endpoint_auth_method": "client_secret_jwt"}),
        Some(KEY),
    )
    .unwrap_err();
    assert!(matches!(error, CredentialsError::UnknownMethod { .. }), "{error:?}");
    assert!(error.to_string().contains("client_secret_jwt"), "{error}");
}

#[test]
fn t4_an_answer_without_a_method_leaves_the_one_asked_for() {
    let chosen = choose(
        json!({"token_endpoint_auth_method": "private_key_jwt"}),
        json!({"client_id": "c"}),
        Some(KEY),
    )
    .unwrap();
    assert_eq!(chosen.credentials.method(), AuthMethod::PrivateKeyJwt);
    assert_eq!(codes(&chosen), ["auth-method-not-echoed"]);
}

#[test]
fn t4_without_any_method_what_came_decides() {
    for (answer, key, method) in [
        (json!({"client_id": "c", "client_secret": "s"}), None, AuthMethod::ClientSecretBasic),
        (json!({"client_id": "c", "client_secret": "s"}), Some(KEY), AuthMethod::ClientSecretBasic),
        (json!({"client_id": "c"}), None, AuthMethod::None),
        (json!({"client_id": "c"}), Some(KEY), AuthMethod::None),
    ] {
        let chosen = choose(json!({}), answer, key).unwrap();
        assert_eq!(chosen.credentials.method(), method);
        assert_eq!(codes(&chosen), ["auth-method-assumed"]);
    }
}

#[test]
fn tc_087_a_key_method_without_key_names_what_is_missing() {
    let asked = json!({"token_endpoint_auth_method": "private_key_jwt"});
    let error = choose(asked.clone(), json!({"client_id": "c"}), None).unwrap_err();
    assert_eq!(error, CredentialsError::MissingKey);
    let error = choose(asked, json!({"client_id": "c"}), Some(KeyRef { kid: " ", ..KEY })).unwrap_err();
    assert_eq!(error, CredentialsError::MissingKid);
}

#[test]
fn a_secret_method_without_a_secret_stops_before_the_call() {
    for method in ["client_secret_basic", "client_secret_post"] {
        let answer = json!({"client_id": "c", "token_endpoint_auth_method": method});
        let error = choose(json!({"token_endpoint_auth_method": method}), answer, Some(KEY)).unwrap_err();
        assert_eq!(error, CredentialsError::MissingSecret { method: AuthMethod::from(method.to_owned()) });
    }
}

#[test]
fn t23_a_key_of_the_wrong_family_stops_before_the_call() {
    let key = KeyRef { algorithm: Algorithm::Rs384, ..KEY };
    let asked = json!({"token_endpoint_auth_method": "private_key_jwt"});
    let error = choose(asked, json!({"client_id": "c"}), Some(key)).unwrap_err();
    assert_eq!(error.to_string(), "the key cannot sign `RS384`; it can sign ES384");
}

#[test]
fn tc_084_jku_is_the_registered_jwks_uri_and_absent_otherwise() {
    for (uri, jku) in
        [(json!("https://app.example/jwks"), Some("https://app.example/jwks")), (json!(7), None)]
    {
        let asked = json!({"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": uri});
        let chosen = choose(asked, json!({"client_id": "c"}), Some(KEY)).unwrap();
        let Credentials::PrivateKeyJwt(profile) = chosen.credentials else { panic!("not a key client") };
        assert_eq!(profile.jku(), jku);
    }
}

#[test]
fn choices_per_server_are_taken_over() {
    let answer =
        json!({"client_id": "c", "client_secret": "s", "token_endpoint_auth_method": "client_secret_basic"});
    let registration = registration(json!({}), answer);
    let mut choice = Choice::default();
    choice.basic_encoding = BasicEncoding::Raw;
    choice.client_id_in_body = ClientIdInBody::Sent;
    let chosen = Credentials::choose(&registration, None, &choice).unwrap();
    let Credentials::Secret { placement, .. } = chosen.credentials else { panic!("not a secret client") };
    assert_eq!(placement, SecretPlacement::BasicWithClientId(BasicEncoding::Raw));
}
