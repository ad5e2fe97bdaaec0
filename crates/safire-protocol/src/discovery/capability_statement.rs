//! `<base>/metadata`: the endpoints in the `oauth-uris` extension, from before SMART 2.

use serde_json::Map;
use serde_json::Value;

use super::hosts;
use super::reader::Reader;
use super::section;
use crate::deviation::Deviation;
use crate::deviation::Severity;
use crate::server_profile::ProfileSource;
use crate::server_profile::ServerProfile;
use crate::url::FhirBase;

const OAUTH_URIS: &str = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris";
const CAPABILITIES: &str = "http://fhir-registry.smarthealthit.org/StructureDefinition/capabilities";

/// Reads a CapabilityStatement, or `None` when it has no `oauth-uris` extension with an endpoint.
pub(super) fn read(
    base: &FhirBase,
    source_url: String,
    members: Map<String, Value>,
    deviations: Vec<Deviation>,
) -> Option<ServerProfile> {
    let mut reader = Reader::new(&members, base, section::CAPABILITY_STATEMENT, deviations);
    let uris = security_extensions(&members).find(|extension| is_named(extension, OAUTH_URIS))?;
    let mut endpoint = |name: &str, member: &'static str| {
        let uri =
            items(uris.get("extension")).find(|extension| is_named(extension, name)).and_then(uri_of)?;
        Some(reader.absolute(member, uri))
    };
    let mut profile = ServerProfile {
        source: ProfileSource::CapabilityStatement,
        source_url,
        issuer: None,
        authorization_endpoint: endpoint("authorize", "authorization_endpoint"),
        token_endpoint: endpoint("token", "token_endpoint"),
        registration_endpoint: endpoint("register", "registration_endpoint"),
        management_endpoint: endpoint("manage", "management_endpoint"),
        introspection_endpoint: endpoint("introspect", "introspection_endpoint"),
        revocation_endpoint: endpoint("revoke", "revocation_endpoint"),
        jwks_uri: None,
        capabilities: capabilities(&members),
        grant_types_supported: None,
        token_endpoint_auth_methods_supported: None,
        token_endpoint_auth_signing_alg_values_supported: None,
        response_types_supported: None,
        code_challenge_methods_supported: None,
        associated_endpoints: Vec::new(),
        user_access_brand_bundle: None,
        user_access_brand_identifier: None,
        deviations: Vec::new(),
        raw: Map::new(),
    };
    if reader.endpoints.is_empty() && profile.token_endpoint.is_none() {
        return None;
    }
    judge(&mut reader, &profile);
    hosts::judge(&mut reader, &profile);
    profile.deviations = reader.deviations;
    profile.raw = members;
    Some(profile)
}

fn judge(reader: &mut Reader<'_>, profile: &ServerProfile) {
    let detail =
        "read from the CapabilityStatement, which SMART 2 replaced by `.well-known/smart-configuration`";
    reader.deviations.push(Deviation::new(
        "deprecated-source",
        Severity::Warning,
        section::SMART_WELL_KNOWN,
        detail,
    ));
    for (member, there, severity) in [
        ("authorization_endpoint", profile.authorization_endpoint.is_some(), Severity::Warning),
        ("token_endpoint", profile.token_endpoint.is_some(), Severity::Error),
    ] {
        if !there {
            reader.note("missing-required-member", severity, member, "a required member is missing");
        }
    }
}

/// Every extension of every `rest[].security`, arrays or not.
fn security_extensions(members: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    items(members.get("rest"))
        .flat_map(|rest| items(rest.get("security")))
        .flat_map(|security| items(security.get("extension")))
}

fn capabilities(members: &Map<String, Value>) -> Vec<String> {
    security_extensions(members)
        .filter(|extension| is_named(extension, CAPABILITIES))
        .filter_map(|extension| extension.get("valueCode")?.as_str())
        .map(str::to_owned)
        .collect()
}

/// The items of an array; anything else counts as an array of one.
fn items(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let slice = match value {
        None | Some(Value::Null) => [].as_slice(),
        Some(Value::Array(items)) => items.as_slice(),
        Some(value) => std::slice::from_ref(value),
    };
    slice.iter()
}

/// Whether the extension has this URL. Servers change scheme and host of it; the last segment stays.
fn is_named(extension: &Value, url: &str) -> bool {
    let last = |url: &str| url.trim_end_matches('/').rsplit('/').next().map(str::to_owned);
    extension.get("url").and_then(Value::as_str).is_some_and(|seen| seen == url || last(seen) == last(url))
}

fn uri_of(extension: &Value) -> Option<&str> {
    ["valueUri", "valueUrl", "valueString"]
        .into_iter()
        .find_map(|name| extension.get(name)?.as_str())
        .filter(|uri| !uri.trim().is_empty())
}
