//! What comes of a success, RFC 7592 §3: what is new replaces, what is not shown stays.

use safire_protocol::registration::AnswerTo;
use safire_protocol::registration::ClientMetadata;
use safire_protocol::registration::Registration;
use safire_protocol::registration::SecretExpiry;
use safire_protocol::registration::SecretsShown;
use safire_protocol::registration::management::DeleteRequest;
use safire_protocol::registration::management::ManagementError;
use safire_protocol::registration::management::ReadRequest;
use safire_protocol::registration::management::UpdateRequest;
use safire_protocol::time::UnixTime;
use serde_json::Value;
use serde_json::json;
use url::Url;

use super::NOW;
use super::assert_deviation;
use super::codes;
use super::json;
use super::management_requests::SECRET;
use super::management_requests::TOKEN;
use super::management_requests::URI;
use super::management_requests::held;
use super::management_requests::registered;
use super::response;

fn read(body: &Value) -> Result<Registration, ManagementError> {
    ReadRequest::new(Url::parse(URI).unwrap(), &held()).unwrap().accept(&json(200, body), NOW)
}

fn updated(metadata: &ClientMetadata, body: &Value) -> Registration {
    let step = UpdateRequest::new(Url::parse(URI).unwrap(), &held(), metadata).unwrap();
    step.accept(&json(200, body), NOW).unwrap()
}

fn secret(registration: &Registration) -> Option<&str> {
    registration.client_secret().map(|secret| secret.expose_secret())
}

fn token(registration: &Registration) -> Option<&str> {
    registration.registration_access_token().map(|token| token.expose_secret())
}

#[test]
fn a_whole_answer_has_no_deviation() {
    let registration = read(&registered()).unwrap();
    assert!(codes(&registration).is_empty(), "{:?}", registration.deviations());
    assert_eq!(registration.answer().to, AnswerTo::Read);
    assert_eq!((secret(&registration), token(&registration)), (Some(SECRET), Some(TOKEN)));
}

#[test]
fn t11_new_credentials_replace_the_old_ones_which_are_held_until_the_new_ones_work() {
    let mut body = registered();
    body["registration_access_token"] = json!("planted-second-token");
    body["client_secret"] = json!("planted-second-secret");
    body["client_secret_expires_at"] = json!(1_760_000_000);
    body["registration_client_uri"] = json!("https://auth.example.org/elsewhere");
    let registration = updated(&ClientMetadata::new().client_name("Sample"), &body);
    assert_eq!(token(&registration), Some("planted-second-token"));
    assert_eq!(registration.superseded_token().unwrap().expose_secret(), TOKEN);
    assert_eq!(secret(&registration), Some("planted-second-secret"));
    assert_eq!(registration.superseded_secret().unwrap().expose_secret(), SECRET);
    let expiry = SecretExpiry::At(UnixTime::from_seconds(1_760_000_000));
    assert_eq!(registration.client_secret_expires_at(), expiry);
    assert_eq!(registration.registration_client_uri(), Some("https://auth.example.org/elsewhere"));
    assert!(!format!("{registration:?}").contains("planted"), "{registration:?}");
}

#[test]
fn what_an_answer_does_not_show_stays() {
    for gone in [Value::Null, json!(""), json!("********"), json!("[redacted]")] {
        let mut body = registered();
        for name in
            ["client_secret", "registration_access_token", "registration_client_uri", "client_id_issued_at"]
        {
            body[name] = gone.clone();
        }
        body["client_secret_expires_at"] = Value::Null;
        if gone.as_str().is_some_and(|text| !text.is_empty()) {
            body["registration_client_uri"] = Value::Null;
            body["client_id_issued_at"] = Value::Null;
        }
        let registration = read(&body).unwrap();
        assert_eq!((secret(&registration), token(&registration)), (Some(SECRET), Some(TOKEN)), "{gone}");
        assert_eq!(registration.registration_client_uri(), Some(URI));
        assert_eq!(registration.client_secret_expires_at(), SecretExpiry::Never);
        assert_eq!(registration.client_id_issued_at(), Some(UnixTime::from_seconds(1_750_000_000)));
        let told = codes(&registration);
        assert!(told.iter().any(|(code, member, _)| *member == "client_secret"
            && matches!(*code, "null-member" | "empty-member" | "credential-masked")));
        assert!(!told.iter().any(|(code, ..)| *code == "secret-missing"), "{told:?}");
    }
}

#[test]
fn a_read_that_shows_little_removes_nothing() {
    let registration = read(&json!({"client_id": "c1", "client_name": "Renamed there"})).unwrap();
    let granted = registration.granted();
    assert_eq!(granted.scope.as_deref(), Some("system/*.rs"));
    assert_eq!(granted.grant_types, ["client_credentials"]);
    assert_eq!(granted.client_name.as_deref(), Some("Renamed there"));
    let shown = registration.registered_json(SecretsShown::Masked);
    assert_eq!(shown["registration_access_token"], "[redacted]");
    assert_eq!(shown["scope"], "system/*.rs");
}

#[test]
fn an_update_that_shows_little_is_read_like_a_registration() {
    let metadata = ClientMetadata::new().scope("system/Patient.rs");
    let registration = updated(&metadata, &json!({"client_id": "c1"}));
    assert_eq!(registration.granted().scope, None, "what the server granted now is not known");
    assert_eq!((secret(&registration), token(&registration)), (Some(SECRET), Some(TOKEN)));
}

#[test]
fn differences_are_those_from_the_update() {
    let metadata = ClientMetadata::new().client_name("Renamed").scope("system/*.rs system/*.cud");
    let registration = updated(&metadata, &registered());
    let members: Vec<&str> = registration.differences().iter().map(|d| &*d.member).collect();
    assert_eq!(members, ["client_name", "scope"]);
    assert_eq!(Value::Object(registration.requested().clone()), Value::Object(metadata.to_json()));
}

#[test]
fn an_answer_without_client_id_is_the_clients_own() {
    let registration = read(&json!({"client_name": "Sample"})).unwrap();
    assert_eq!(registration.client_id().as_str(), "c1");
    assert_deviation(&registration, "client-id-not-echoed", "client_id", "warning");
}

#[test]
fn another_client_is_not_ours() {
    let error = read(&json!({"client_id": "c2", "client_secret": "planted-foreign"})).unwrap_err();
    assert!(matches!(error, ManagementError::OtherClient { .. }), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("planted"), "{error:?}");
}

#[test]
fn other_statuses_of_success_are_told() {
    let step = ReadRequest::new(Url::parse(URI).unwrap(), &held()).unwrap();
    let registration = step.accept(&json(201, &registered()), NOW).unwrap();
    let codes = codes(&registration);
    assert_eq!(codes.iter().map(|(code, ..)| *code).collect::<Vec<_>>(), ["status-not-200"]);
}

#[test]
fn any_success_of_a_delete_is_one() {
    let step = DeleteRequest::new(Url::parse(URI).unwrap(), &held()).unwrap();
    let told = |status, body: &'static str| {
        let deleted = step.accept(&response(status, "application/json", body)).unwrap();
        deleted.deviations.iter().map(|d| (d.code, d.severity.to_string())).collect::<Vec<_>>()
    };
    assert!(told(204, "").is_empty());
    assert_eq!(told(200, "{}"), [("status-not-204", "info".to_owned())]);
    assert_eq!(told(202, ""), [("status-not-204", "warning".to_owned())]);
    let error = step.accept(&json(200, &json!({"error": "access_denied"}))).unwrap_err();
    assert!(matches!(error, ManagementError::ErrorInSuccess { .. }), "{error:?}");
}
