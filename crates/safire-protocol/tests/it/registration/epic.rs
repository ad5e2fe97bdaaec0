//! T14: what a dynamic client of Epic sends, and what becomes of each refusal.

use safire_protocol::client_profile::ClientProfile;
use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::jose::Algorithm;
use safire_protocol::jose::Jwk;
use safire_protocol::jose::JwkSet;
use safire_protocol::jose::PrivateKey;
use safire_protocol::registration::ClientMetadata;
use safire_protocol::registration::RegistrationRequest;
use safire_protocol::url::LoopbackHttp;
use safire_protocol::url::UrlPolicy;
use serde_json::json;
use url::Url;

use super::ENDPOINT;
use super::NOW;
use super::json as answer;
use super::response;
use super::step;

fn key() -> Jwk {
    PrivateKey::generate(Algorithm::Rs384).unwrap().public_jwk().clone()
}

fn metadata(key: &Jwk) -> ClientMetadata {
    ClientMetadata::epic_dynamic_client("app-1", &JwkSet::from_keys([key.clone()]))
}

#[test]
fn t14_the_body_is_the_app_and_the_bare_key() {
    let key = key();
    let members = key.to_json();
    let (kid, n) = (key.kid().unwrap(), members["n"].as_str().unwrap());
    let request = step(&metadata(&key), Some("Bearer planted-user-token")).request();
    let expected = format!(
        r#"{{"jwks":{{"keys":[{{"kty":"RSA","e":"AQAB","n":"{n}","kid":"{kid}"}}]}},"software_id":"app-1"}}"#
    );
    assert_eq!(std::str::from_utf8(request.body()).unwrap(), expected);
    assert_eq!(request.headers()["authorization"], "Bearer planted-user-token");
    assert_eq!(request.headers()["content-type"], "application/json");
}

#[test]
fn t14_a_key_without_a_name_is_named_by_its_thumbprint() {
    let mut members = key().to_json();
    members.as_object_mut().unwrap().remove("kid");
    let nameless = Jwk::parse(&members).unwrap();
    let sent = metadata(&nameless).to_json();
    assert_eq!(sent["jwks"]["keys"][0]["kid"], nameless.thumbprint());
}

#[test]
fn the_profiles_own_rules_hold_in_place_of_the_general_ones() {
    let policy = UrlPolicy::new(LoopbackHttp::Refused);
    let metadata = metadata(&key());
    assert_eq!(metadata.profile(), ClientProfile::EpicDynamic);
    assert_eq!(metadata.check(&policy), Ok(()), "no redirect URI is needed: the app has them");
    let code = |metadata: ClientMetadata| metadata.check(&policy).unwrap_err().code();
    assert_eq!(code(metadata.software_id(" ")), "metadata-software-id-needed");
    let none = ClientMetadata::epic_dynamic_client("app-1", &JwkSet::from_keys([]));
    assert_eq!(code(none), "metadata-keys-needed");
}

#[test]
fn without_the_token_of_a_login_nothing_is_sent() {
    let url = Url::parse(ENDPOINT).unwrap();
    let error = RegistrationRequest::new(url, &metadata(&key()), None).unwrap_err();
    assert_eq!((error.code(), error.fault()), ("registration-user-token-needed", Fault::Caller));
    assert!(error.is_definite_refusal() && error.hint().unwrap().contains("log in"));
}

#[test]
fn t14_404_is_not_supported_and_every_other_status_is_the_real_error() {
    let step = step(&metadata(&key()), Some("Bearer planted-user-token"));
    let error = step.accept(&response(404, "text/html", "<title>Not Found</title>"), NOW).unwrap_err();
    assert_eq!((error.code(), error.fault()), ("registration-not-offered", Fault::Server));
    assert!(error.to_string().contains("not supported") && error.to_string().contains("404"), "{error}");
    assert!(error.is_definite_refusal() && error.hint().unwrap().contains("does not offer dynamic clients"));
    for (status, said) in [
        (400, "invalid_client_metadata"),
        (401, "invalid_token"),
        (403, "access_denied"),
        (410, "gone"),
        (500, "server_error"),
    ] {
        let error = step.accept(&answer(status, &json!({ "error": said })), NOW).unwrap_err();
        assert_eq!(error.code(), "registration-refused", "{status}");
        let told = error.server_answer().unwrap();
        assert_eq!((told.status, told.error.as_deref()), (status, Some(said)));
        assert!(!format!("{error} {error:?}").contains("planted-user-token"), "{error:?}");
    }
    let denied = step.accept(&answer(401, &json!({"error": "invalid_token"})), NOW).unwrap_err();
    assert!(denied.hint().unwrap().contains("the app's own client id"), "{:?}", denied.hint());
    // For every other client 404 stays what it was.
    let plain = ClientMetadata::new().redirect_uris(["https://app.example.com/cb"]);
    let error = super::accept(&plain, &response(404, "", "")).unwrap_err();
    assert_eq!(error.code(), "registration-refused");
}
