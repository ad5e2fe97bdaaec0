//! The JSON documents of SMART, OpenID Connect Discovery and RFC 8414: one reader for the three.

use serde_json::Map;
use serde_json::Value;

use super::consistency;
use super::hosts;
use super::reader::Reader;
use super::reader::owned;
use super::section;
use crate::deviation::Deviation;
use crate::deviation::Severity;
use crate::json::kind_of;
use crate::server_profile::AssociatedEndpoint;
use crate::server_profile::ProfileSource;
use crate::server_profile::ServerProfile;
use crate::url::FhirBase;

const METHODS: &str = "token_endpoint_auth_methods_supported";
const OLD_METHODS: &str = "token_endpoint_auth_methods";
const MOST_FAULTS: usize = 20;
const ALGORITHMS: &str = "token_endpoint_auth_signing_alg_values_supported";

/// Reads and judges a document, or `None` when it names nothing that an authorization server has.
pub(crate) fn read(
    source: ProfileSource,
    base: &FhirBase,
    source_url: String,
    members: Map<String, Value>,
    deviations: Vec<Deviation>,
) -> Option<ServerProfile> {
    let mut reader = Reader::new(&members, base, section::metadata_of(source), deviations);
    let mut profile = typed(&mut reader, source, source_url);
    if !names_anything(&profile) {
        return None;
    }
    consistency::judge(&mut reader, &profile);
    hosts::judge(&mut reader, &profile);
    profile.deviations = reader.deviations;
    profile.raw = members;
    Some(profile)
}

/// Whether there is anything to go on: an endpoint, an issuer or a capability.
pub(super) const fn names_anything(profile: &ServerProfile) -> bool {
    profile.authorization_endpoint.is_some()
        || profile.token_endpoint.is_some()
        || profile.registration_endpoint.is_some()
        || profile.management_endpoint.is_some()
        || profile.introspection_endpoint.is_some()
        || profile.revocation_endpoint.is_some()
        || profile.jwks_uri.is_some()
        || profile.issuer.is_some()
        || !profile.capabilities.is_empty()
}

fn typed(reader: &mut Reader<'_>, source: ProfileSource, source_url: String) -> ServerProfile {
    // Judged here, typed when somebody asks: it is by far the longest list.
    reader.texts("scopes_supported");
    ServerProfile {
        source,
        source_url,
        issuer: reader.text("issuer").map(str::to_owned),
        authorization_endpoint: reader.endpoint("authorization_endpoint"),
        token_endpoint: reader.endpoint("token_endpoint"),
        registration_endpoint: reader.endpoint("registration_endpoint"),
        management_endpoint: reader.endpoint("management_endpoint"),
        introspection_endpoint: reader.endpoint("introspection_endpoint"),
        revocation_endpoint: reader.endpoint("revocation_endpoint"),
        jwks_uri: reader.endpoint("jwks_uri"),
        capabilities: reader.list("capabilities").unwrap_or_default(),
        grant_types_supported: reader.list("grant_types_supported"),
        token_endpoint_auth_methods_supported: methods(reader),
        token_endpoint_auth_signing_alg_values_supported: reader.list(ALGORITHMS),
        response_types_supported: reader.list("response_types_supported"),
        code_challenge_methods_supported: reader.list("code_challenge_methods_supported"),
        associated_endpoints: associated(reader),
        user_access_brand_bundle: reader.text("user_access_brand_bundle").map(str::to_owned),
        user_access_brand_identifier: reader.members.get("user_access_brand_identifier").cloned(),
        deviations: Vec::new(),
        raw: Map::new(),
    }
}

/// The member of today, else the one from before SMART 1.0 (`token_endpoint_auth_methods`).
fn methods(reader: &mut Reader<'_>) -> Option<Vec<String>> {
    if let Some(methods) = reader.list(METHODS) {
        return Some(methods);
    }
    let methods = reader.list(OLD_METHODS)?;
    let detail = format!("the old member; read as `{METHODS}`, which is missing");
    reader.note("old-member", Severity::Info, OLD_METHODS, detail);
    Some(methods)
}

fn associated(reader: &mut Reader<'_>) -> Vec<AssociatedEndpoint> {
    const MEMBER: &str = "associated_endpoints";
    let members = reader.members;
    let items = match members.get(MEMBER) {
        None => return Vec::new(),
        Some(Value::Array(items)) => items.as_slice(),
        Some(Value::Null) => {
            reader.note("null-member", Severity::Info, MEMBER, "null; read as absent");
            return Vec::new();
        }
        Some(value) => std::slice::from_ref(value),
    };
    let mut endpoints = Vec::with_capacity(items.len());
    let before = reader.deviations.len();
    for item in items {
        let Some(url) = item.get("url").and_then(Value::as_str).filter(|url| !url.trim().is_empty()) else {
            let detail = format!("{} without a `url`; left out", kind_of(item));
            reader.note("wrong-element-type", Severity::Warning, MEMBER, detail);
            continue;
        };
        let url = reader.absolute(MEMBER, url);
        let capabilities = match item.get("capabilities") {
            Some(Value::Array(items)) => owned(reader.strings(MEMBER, items)),
            Some(Value::String(text)) => vec![text.clone()],
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => Vec::new(),
        };
        endpoints.push(AssociatedEndpoint { url, capabilities });
    }
    // A hostile list may be as long as the body allows; nobody reads more than a few of its faults.
    reader.deviations.truncate(before + MOST_FAULTS);
    endpoints
}
