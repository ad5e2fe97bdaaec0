//! Faults of discovery documents, after those that were met in the field.

use http::StatusCode;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::kind::Act;
use super::kind::Kind;
use super::kind::Scene;
use super::kind::Wants;
use crate::endpoint::Endpoint;
use crate::reply::Reply;

pub(super) const FAULTS: &[Kind] = &[
    Kind::new(
        "string-array-member",
        Act::Edit(string_array_member),
        "`code_challenge_methods_supported` as a string",
    )
    .at(HERE),
    Kind::new("null-arrays", Act::Edit(null_arrays), "two array members are null").at(HERE),
    Kind::new(
        "old-auth-methods-member",
        Act::Edit(old_auth_methods),
        "`token_endpoint_auth_methods` in place of `…_supported`",
    )
    .at(HERE),
    Kind::new(
        "missing-required",
        Act::Edit(missing_required),
        "only the endpoints: the other required members are missing",
    )
    .at(HERE),
    Kind::new(
        "relative-endpoints",
        Act::Edit(relative_endpoints),
        "endpoints as absolute paths without a host",
    )
    .at(HERE),
    Kind::new(
        "http-endpoints",
        Act::Edit(http_endpoints),
        "endpoints on http, at a host that is not loopback",
    )
    .at(HERE),
    Kind::new("other-host-endpoints", Act::Edit(other_host), "endpoints below the URL given")
        .at(HERE)
        .wants(Wants::Url),
    Kind::new("no-registration-endpoint", Act::Edit(no_registration), "`registration_endpoint` is missing")
        .at(HERE),
    Kind::new("no-token-endpoint", Act::Edit(no_token), "`token_endpoint` is missing").at(HERE),
    Kind::new("smart-404", Act::Instead(smart_404), "the SMART document is absent, its siblings are there")
        .at(HERE),
];

const HERE: &[Endpoint] = &[Endpoint::Discovery];

const ENDPOINTS: [&str; 5] = [
    "authorization_endpoint",
    "token_endpoint",
    "registration_endpoint",
    "introspection_endpoint",
    "revocation_endpoint",
];

fn string_array_member(members: &mut Map<String, Value>, _: &Scene<'_>) {
    members.insert("code_challenge_methods_supported".to_owned(), json!("S256"));
}

fn null_arrays(members: &mut Map<String, Value>, _: &Scene<'_>) {
    members.insert("token_endpoint_auth_signing_alg_values_supported".to_owned(), Value::Null);
    members.insert("scopes_supported".to_owned(), Value::Null);
}

fn old_auth_methods(members: &mut Map<String, Value>, _: &Scene<'_>) {
    if let Some(methods) = members.shift_remove("token_endpoint_auth_methods_supported") {
        members.insert("token_endpoint_auth_methods".to_owned(), methods);
    }
}

fn missing_required(members: &mut Map<String, Value>, _: &Scene<'_>) {
    members.retain(|name, _| ENDPOINTS.contains(&name.as_str()));
}

fn relative_endpoints(members: &mut Map<String, Value>, scene: &Scene<'_>) {
    // The issuer of a tenant has a path, which belongs to the relative URL.
    let host = scene.origin.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    each_endpoint(members, |url| url.strip_prefix(&host).unwrap_or(url).to_owned());
}

fn http_endpoints(members: &mut Map<String, Value>, scene: &Scene<'_>) {
    each_endpoint(members, |url| url.replacen(scene.origin, "http://plain.invalid", 1));
}

fn other_host(members: &mut Map<String, Value>, scene: &Scene<'_>) {
    let Some(base) = scene.value else { return };
    each_endpoint(members, |url| url.replacen(scene.origin, base.trim_end_matches('/'), 1));
}

fn no_registration(members: &mut Map<String, Value>, _: &Scene<'_>) {
    members.shift_remove("registration_endpoint");
}

fn no_token(members: &mut Map<String, Value>, _: &Scene<'_>) {
    members.shift_remove("token_endpoint");
}

fn smart_404(scene: &Scene<'_>) -> Option<Reply> {
    scene
        .path
        .ends_with("/smart-configuration")
        .then(|| Reply::new(StatusCode::NOT_FOUND).with_body("text/plain", "not found\n"))
}

fn each_endpoint(members: &mut Map<String, Value>, change: impl Fn(&str) -> String) {
    for name in ENDPOINTS {
        if let Some(Value::String(url)) = members.get_mut(name) {
            *url = change(url);
        }
    }
}
