//! Faults of registration answers: T1 to T10 and their kin from the field.

use http::StatusCode;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::kind::Act;
use super::kind::Kind;
use super::kind::Scene;
use crate::endpoint::Endpoint;
use crate::reply::Reply;

pub(super) const FAULTS: &[Kind] = &[
    Kind::new("status-200", Act::After(status_200), "200 in place of 201, as in T1").at(HERE),
    edit(
        "secret-without-expiry",
        |m, _| take(m, "client_secret_expires_at"),
        "a secret without its expiry, as in T2",
    ),
    edit("nulls", nulls, "members that are null or empty, as in T3"),
    edit("only-client-id", only_client_id, "nothing but `client_id` and its time (and the secret), as in T4"),
    edit("no-client-id", |m, _| take(m, "client_id"), "`client_id` is missing"),
    edit("null-client-id", |m, _| put(m, "client_id", Value::Null), "`client_id` is null"),
    edit("blank-client-id", |m, _| put(m, "client_id", json!("  ")), "`client_id` is blank"),
    edit("object-client-id", |m, _| put(m, "client_id", json!({"value": "x"})), "`client_id` is an object"),
    edit("numeric-client-id", numeric_client_id, "`client_id` is a number of 19 digits"),
    edit("long-client-id", long_client_id, "`client_id` has 2,048 characters"),
    edit(
        "odd-client-id",
        odd_client_id,
        "`client_id` `1PpG/Q 1` and a secret with `+:/=%` and an umlaut, as in T22",
    ),
    edit("fewer-scopes", fewer_scopes, "one scope less than asked, as in T8"),
    edit("other-redirect-uris", other_redirect_uris, "other redirect URIs than asked, as in T8"),
    edit("other-method", other_method, "`client_secret_post` and a secret, whatever was asked, as in T7"),
    edit(
        "unknown-method",
        |m, _| put(m, METHOD, json!("tls_client_auth")),
        "a method that was not asked, as in T7",
    ),
    edit("method-array", method_array, "the method within an array"),
    edit("no-method", |m, _| take(m, METHOD), "the method is missing"),
    edit("string-arrays", string_arrays, "`redirect_uris` and `grant_types` as strings"),
    edit("secret-for-key-client", secret_for_key_client, "a secret although the client has keys"),
    edit("string-expiry", |m, _| put(m, EXPIRY, json!("0")), "`client_secret_expires_at` as a string"),
    edit(
        "past-expiry",
        |m, _| put(m, EXPIRY, json!(1_000_000_000)),
        "`client_secret_expires_at` is in the past",
    ),
    edit("millisecond-times", millisecond_times, "times in milliseconds"),
];

const HERE: &[Endpoint] = &[Endpoint::Register];
const EXPIRY: &str = "client_secret_expires_at";
const METHOD: &str = "token_endpoint_auth_method";

const fn edit(
    name: &'static str,
    change: fn(&mut Map<String, Value>, &Scene<'_>),
    summary: &'static str,
) -> Kind {
    Kind::new(name, Act::Edit(change), summary).at(HERE)
}

fn put(members: &mut Map<String, Value>, name: &str, value: Value) {
    members.insert(name.to_owned(), value);
}

fn take(members: &mut Map<String, Value>, name: &str) {
    members.shift_remove(name);
}

fn status_200(mut reply: Reply, _: &Scene<'_>) -> Reply {
    if reply.status == StatusCode::CREATED {
        reply.status = StatusCode::OK;
    }
    reply
}

fn nulls(members: &mut Map<String, Value>, _: &Scene<'_>) {
    put(members, "contacts", Value::Null);
    put(members, "logo_uri", Value::Null);
    put(members, "tos_uri", json!(""));
    put(members, "sector_identifier_uri", Value::Null);
}

fn only_client_id(members: &mut Map<String, Value>, _: &Scene<'_>) {
    members.retain(|name, _| {
        ["client_id", "client_id_issued_at", "client_secret", EXPIRY].contains(&name.as_str())
    });
}

fn numeric_client_id(members: &mut Map<String, Value>, scene: &Scene<'_>) {
    put(members, "client_id", json!(9_007_199_254_740_993_000_u64 + scene.before));
}

fn long_client_id(members: &mut Map<String, Value>, _: &Scene<'_>) {
    if let Some(Value::String(id)) = members.get_mut("client_id") {
        id.push_str(&"x".repeat(2048_usize.saturating_sub(id.len())));
    }
}

fn odd_client_id(members: &mut Map<String, Value>, _: &Scene<'_>) {
    put(members, "client_id", json!("1PpG/Q 1"));
    if members.contains_key("client_secret") {
        put(members, "client_secret", json!("s+e:c/r=e%t \u{fc}"));
    }
}

fn fewer_scopes(members: &mut Map<String, Value>, _: &Scene<'_>) {
    if let Some(Value::String(scope)) = members.get_mut("scope") {
        let mut scopes: Vec<&str> = scope.split_ascii_whitespace().collect();
        scopes.pop();
        *scope = scopes.join(" ");
    }
}

fn other_redirect_uris(members: &mut Map<String, Value>, _: &Scene<'_>) {
    put(members, "redirect_uris", json!(["https://other.example.com/callback"]));
}

fn other_method(members: &mut Map<String, Value>, _: &Scene<'_>) {
    put(members, METHOD, json!("client_secret_post"));
    secret(members);
}

fn method_array(members: &mut Map<String, Value>, _: &Scene<'_>) {
    if let Some(method) = members.get_mut(METHOD) {
        *method = json!([method.take()]);
    }
}

fn string_arrays(members: &mut Map<String, Value>, _: &Scene<'_>) {
    for name in ["redirect_uris", "grant_types"] {
        if let Some(value) = members.get_mut(name)
            && let Some(items) = value.as_array()
        {
            let text: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            *value = json!(text.join(" "));
        }
    }
}

fn secret_for_key_client(members: &mut Map<String, Value>, _: &Scene<'_>) {
    secret(members);
}

fn secret(members: &mut Map<String, Value>) {
    if !members.contains_key("client_secret") {
        put(members, "client_secret", json!(crate::random::token().unwrap_or_default()));
        put(members, EXPIRY, json!(0));
    }
}

fn millisecond_times(members: &mut Map<String, Value>, _: &Scene<'_>) {
    let now = crate::clock::now().as_seconds();
    put(members, "client_id_issued_at", json!(now * 1000));
    if members.contains_key(EXPIRY) {
        put(members, EXPIRY, json!((now + 86_400) * 1000));
    }
}
