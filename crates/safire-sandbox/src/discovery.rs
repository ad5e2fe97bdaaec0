//! The discovery documents.

use http::StatusCode;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::endpoint::JWKS_PATH;
use crate::fault::Strike;
use crate::fhir;
use crate::reply::Reply;
use crate::state::State;

/// The document of a path, or `None` when there is none.
pub(crate) fn document(state: &State, path: &str, strike: Option<Strike<'_>>) -> Option<Reply> {
    let path = path.strip_prefix("/moved").unwrap_or(path);
    let (mut members, media_type) = match path {
        "/fhir/.well-known/smart-configuration" => (smart(state), "application/json"),
        "/.well-known/openid-configuration" | "/fhir/.well-known/openid-configuration" => {
            (openid(state), "application/json")
        }
        "/.well-known/oauth-authorization-server"
        | "/.well-known/oauth-authorization-server/fhir"
        | "/fhir/.well-known/oauth-authorization-server" => (oauth(state), "application/json"),
        "/fhir/metadata" => (smart(state), "application/fhir+json"),
        _ => return None,
    };
    state.advertised.advertise(&mut members);
    (state.profile.discovery)(&mut members);
    if let Some(strike) = strike {
        strike.edit(&mut members);
    }
    let body =
        if path == "/fhir/metadata" { capability_statement(state, &members) } else { Value::Object(members) };
    let reply = Reply::json(StatusCode::OK, &body);
    Some(reply.with_header(http::header::CONTENT_TYPE, media_type))
}

/// SMART App Launch 2.2, "Metadata".
fn smart(state: &State) -> Map<String, Value> {
    let mut members = oauth(state);
    members.insert("capabilities".to_owned(), json!(CAPABILITIES));
    members
}

/// RFC 8414 §2.
fn oauth(state: &State) -> Map<String, Value> {
    let issuer = &state.issuer;
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    put("issuer", json!(issuer));
    put("jwks_uri", json!(format!("{issuer}{JWKS_PATH}")));
    put("authorization_endpoint", json!(format!("{issuer}/authorize")));
    put("token_endpoint", json!(state.token_endpoint()));
    put("registration_endpoint", json!(format!("{issuer}/register")));
    put("token_endpoint_auth_methods_supported", json!(METHODS));
    put("token_endpoint_auth_signing_alg_values_supported", json!(ALGORITHMS));
    for name in ["introspection", "revocation"] {
        put(&format!("{name}_endpoint_auth_methods_supported"), json!(METHODS));
    }
    put("introspection_endpoint", json!(format!("{issuer}/introspect")));
    put("revocation_endpoint", json!(format!("{issuer}/revoke")));
    put("grant_types_supported", json!(["authorization_code", "client_credentials", "refresh_token"]));
    put("scopes_supported", json!(SCOPES));
    put("response_types_supported", json!(["code"]));
    put("response_modes_supported", json!(["query"]));
    put("code_challenge_methods_supported", json!(["S256"]));
    put("authorization_response_iss_parameter_supported", json!(true));
    members
}

/// OpenID Connect Discovery 1.0 §3.
fn openid(state: &State) -> Map<String, Value> {
    let mut members = oauth(state);
    members.insert("subject_types_supported".to_owned(), json!(["public"]));
    members.insert("id_token_signing_alg_values_supported".to_owned(), json!(ID_TOKEN_ALGORITHMS));
    members
}

/// A CapabilityStatement with the `oauth-uris` extension of SMART 1.0.
fn capability_statement(state: &State, members: &Map<String, Value>) -> Value {
    let uris: Vec<Value> = [
        ("authorize", "authorization_endpoint"),
        ("token", "token_endpoint"),
        ("register", "registration_endpoint"),
        ("introspect", "introspection_endpoint"),
        ("revoke", "revocation_endpoint"),
    ]
    .into_iter()
    .filter_map(|(url, member)| Some(json!({"url": url, "valueUri": members.get(member)?})))
    .collect();
    let resources: Vec<Value> = fhir::TYPES
        .iter()
        .map(|kind| json!({"type": kind, "interaction": [{"code": "read"}, {"code": "search-type"}]}))
        .collect();
    json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-01-01",
        "kind": "instance",
        "implementation": {"description": "Safire sandbox", "url": format!("{}/fhir", state.issuer)},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [{
            "mode": "server",
            "security": {
                "extension": [{
                    "url": "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris",
                    "extension": uris,
                }],
                "service": [{"coding": [{
                    "system": "http://terminology.hl7.org/CodeSystem/restful-security-service",
                    "code": "SMART-on-FHIR",
                }]}],
            },
            "resource": resources,
        }],
    })
}

/// The authentication methods that the token endpoint takes.
pub(crate) const METHODS: [&str; 4] =
    ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"];

/// The algorithms that assertions may be signed with.
pub(crate) const ALGORITHMS: [&str; 7] = ["RS384", "ES384", "RS256", "ES256", "RS512", "PS256", "PS384"];

/// The algorithms that id tokens are signed with.
pub(crate) const ID_TOKEN_ALGORITHMS: [&str; 2] = ["RS256", "ES384"];

/// The scopes that are granted.
pub(crate) const SCOPES: [&str; 15] = [
    "openid",
    "fhirUser",
    "profile",
    "launch",
    "launch/patient",
    "launch/encounter",
    "offline_access",
    "online_access",
    "patient/*.rs",
    "patient/Patient.rs",
    "user/*.rs",
    "user/Patient.rs",
    "system/*.rs",
    "system/Patient.rs",
    "system/Observation.rs",
];

const CAPABILITIES: [&str; 19] = [
    "launch-ehr",
    "launch-standalone",
    "authorize-post",
    "sso-openid-connect",
    "client-public",
    "client-confidential-symmetric",
    "client-confidential-asymmetric",
    "context-banner",
    "context-style",
    "context-ehr-patient",
    "context-ehr-encounter",
    "context-standalone-patient",
    "context-standalone-encounter",
    "permission-offline",
    "permission-online",
    "permission-patient",
    "permission-user",
    "permission-v1",
    "permission-v2",
];
