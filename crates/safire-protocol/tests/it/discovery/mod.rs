//! SMART discovery and its stand-ins.

mod arbitrary;
mod endpoint_use;
mod failure;
mod form;
mod issuer_document;
mod judgement;
mod locations;
mod members;
mod predicates;
mod profile_json;
mod quirks;
mod stand_ins;

use bytes::Bytes;
use safire_protocol::discovery::DiscoveryError;
use safire_protocol::discovery::Location;
use safire_protocol::discovery::locations;
use safire_protocol::server_profile::ProfileSource;
use safire_protocol::server_profile::ServerProfile;
use safire_protocol::url::FhirBase;
use safire_protocol::url::LoopbackHttp;
use serde_json::Value;

fn base() -> FhirBase {
    FhirBase::parse("https://fhir.example.com/r4", LoopbackHttp::Refused).unwrap()
}

fn location(source: ProfileSource) -> Location {
    locations(&base()).into_iter().find(|location| location.source == source).unwrap()
}

fn answer(status: u16, content_type: &str, body: impl Into<Bytes>) -> http::Response<Bytes> {
    let mut builder = http::Response::builder().status(status);
    if !content_type.is_empty() {
        builder = builder.header("content-type", content_type);
    }
    builder.body(body.into()).unwrap()
}

fn accept_from(
    source: ProfileSource,
    response: &http::Response<Bytes>,
) -> Result<ServerProfile, DiscoveryError> {
    let location = location(source);
    location.accept(&base(), &location.url, response)
}

fn accept(response: &http::Response<Bytes>) -> Result<ServerProfile, DiscoveryError> {
    accept_from(ProfileSource::SmartConfiguration, response)
}

/// A SMART document served as it should be.
fn profile(document: &Value) -> ServerProfile {
    accept(&answer(200, "application/json", document.to_string())).unwrap()
}

fn file(name: &str) -> Bytes {
    let path = format!("{}/../../testdata/discovery/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}")).into()
}

fn conformant() -> Value {
    serde_json::from_slice(&file("conformant.json")).unwrap()
}

/// The conformant document with members replaced; `null` takes one out.
fn conformant_but(changes: &Value) -> Value {
    let mut document = conformant();
    let members = document.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            members.shift_remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    document
}

/// `code member` of each deviation, in order.
fn deviations(profile: &ServerProfile) -> Vec<String> {
    profile.deviations.iter().map(|d| format!("{} {}", d.code, d.member.as_deref().unwrap_or("-"))).collect()
}
