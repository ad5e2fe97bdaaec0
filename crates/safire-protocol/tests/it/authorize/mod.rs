mod arbitrary;
mod callback;
mod launch;
mod pending;
mod pkce;
mod planted_secrets;
mod request;
mod request_rules;
mod state;

use safire_protocol::authorize::AuthorizationRequest;
use safire_protocol::authorize::PendingAuthorization;
use safire_protocol::authorize::RANDOM_BYTES;
use safire_protocol::authorize::Randomness;
use safire_protocol::discovery::locations;
use safire_protocol::identifier::ClientId;
use safire_protocol::server_profile::ServerProfile;
use safire_protocol::time::UnixTime;
use safire_protocol::url::FhirBase;
use safire_protocol::url::LoopbackHttp;
use serde_json::Value;
use serde_json::json;
use url::Url;

const BASE: &str = "https://fhir.example.com/r4";
const REDIRECT: &str = "https://app.example.com/callback";
const SCOPE: &str = "launch/patient patient/*.rs";
const ISSUER: &str = "https://auth.example.com";
const NOW: UnixTime = UnixTime::from_seconds(1_790_000_000);

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn base(text: &str) -> FhirBase {
    FhirBase::parse(text, LoopbackHttp::Allowed).unwrap()
}

fn random(byte: u8) -> Randomness {
    Randomness::from_bytes(&[byte; RANDOM_BYTES])
}

fn at(endpoint: &str, base_url: &str, redirect: &str, scope: &str) -> AuthorizationRequest {
    let id = ClientId::parse("client-1").unwrap();
    AuthorizationRequest::new(
        base(base_url),
        url(endpoint),
        url("https://auth.example.com/token"),
        id,
        redirect,
        scope,
    )
}

fn request() -> AuthorizationRequest {
    at("https://auth.example.com/authorize", BASE, REDIRECT, SCOPE)
}

/// The profile that a document with these members makes.
fn profile(members: &Value) -> ServerProfile {
    let mut document = json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://auth.example.com/authorize",
        "token_endpoint": "https://auth.example.com/token",
        "capabilities": ["launch-standalone"],
    });
    for (name, value) in members.as_object().unwrap() {
        document[name] = value.clone();
    }
    let base = base(BASE);
    let location = locations(&base).remove(0);
    let response = http::Response::builder()
        .header("content-type", "application/json")
        .body(bytes::Bytes::from(document.to_string()))
        .unwrap();
    location.accept(&base, &location.url, &response).unwrap()
}

/// The values of a parameter in a URL, decoded.
fn values(url: &Url, name: &str) -> Vec<String> {
    url.query_pairs().filter(|(found, _)| found == name).map(|(_, value)| value.into_owned()).collect()
}

fn value(url: &Url, name: &str) -> String {
    let mut found = values(url, name);
    assert_eq!(found.len(), 1, "{name} in {url}");
    found.remove(0)
}

/// A pending authorization, and the state that its callback has to have.
fn pending() -> (PendingAuthorization, String) {
    pending_of(request())
}

fn pending_of(request: AuthorizationRequest) -> (PendingAuthorization, String) {
    let (_, pending) = request.url(&random(7), NOW).unwrap();
    let state = pending.state().expose_secret().to_owned();
    (pending, state)
}
