//! The rules for client metadata, RFC 7591 §2.

use safire_protocol::jose::Jwk;
use safire_protocol::json::JsonObject;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::keys;
use super::redirect;
use crate::discovery::ALGORITHMS;
use crate::discovery::ID_TOKEN_ALGORITHMS;
use crate::discovery::METHODS;
use crate::state::State;

/// Metadata that can be registered, with the defaults of RFC 7591 filled in.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) metadata: Map<String, Value>,
    pub(super) method: String,
    pub(super) keys: Vec<Jwk>,
}

/// Why not, RFC 7591 §3.2.2.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(super) error: &'static str,
    pub(super) description: String,
}

impl Refusal {
    pub(crate) fn metadata(description: impl Into<String>) -> Self {
        Self { error: "invalid_client_metadata", description: description.into() }
    }

    fn redirect(state: &State, description: impl Into<String>) -> Self {
        Self { error: state.profile.redirect_error, description: description.into() }
    }
}

impl Checked {
    /// Whether the client shows a secret at the token endpoint.
    pub(super) fn wants_secret(&self) -> bool {
        self.method.starts_with("client_secret_")
    }
}

/// Checks every rule and fills in the defaults.
pub(super) fn check(state: &State, object: JsonObject) -> Result<Checked, Refusal> {
    let mut metadata = object.members;
    // RFC 7591 §2: members that the server does not understand are ignored.
    metadata.retain(|name, _| type_of(name).is_some());
    for (name, value) in &metadata {
        check_type(name, value)?;
    }
    if metadata.contains_key("software_statement") {
        return Err(Refusal {
            error: "unapproved_software_statement",
            description: "this server trusts no issuer of software statements".to_owned(),
        });
    }
    let grants = check_grants(&mut metadata)?;
    check_redirects(state, &metadata, &grants)?;
    let method = check_method(&mut metadata, &grants)?;
    check_id_token_algorithm(&metadata)?;
    let keys = check_keys(&metadata, &method)?;
    metadata.entry("scope").or_insert_with(|| {
        let usual = if grants.iter().any(|grant| grant == AUTHORIZATION_CODE) {
            "openid fhirUser launch launch/patient launch/encounter patient/*.rs offline_access"
        } else {
            "system/*.rs"
        };
        json!(state.scopes.express(usual))
    });
    Ok(Checked { metadata, method, keys })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Text,
    Uri,
    Texts,
    Object,
}

/// The type of a member that is understood; language tags (§2.2) do not change it.
fn type_of(name: &str) -> Option<Type> {
    Some(match name.split('#').next().unwrap_or_default() {
        "token_endpoint_auth_method"
        | "token_endpoint_auth_signing_alg"
        | "client_name"
        | "scope"
        | "software_id"
        | "software_version"
        | "software_statement"
        | "application_type"
        | "id_token_signed_response_alg" => Type::Text,
        "client_uri" | "logo_uri" | "tos_uri" | "policy_uri" | "jwks_uri" | "initiate_login_uri" => Type::Uri,
        "redirect_uris" | "grant_types" | "response_types" | "contacts" => Type::Texts,
        "jwks" => Type::Object,
        _ => return None,
    })
}

fn check_type(name: &str, value: &Value) -> Result<(), Refusal> {
    let (fits, wanted) = match type_of(name) {
        None => return Ok(()),
        Some(Type::Text) => {
            (value.as_str().is_some_and(|text| !text.is_empty()), "a string that is not empty")
        }
        Some(Type::Uri) => (value.as_str().is_some_and(is_web), "an http or https URL"),
        Some(Type::Texts) => {
            let fits = value.as_array().is_some_and(|items| items.iter().all(Value::is_string));
            (fits, "an array of strings")
        }
        Some(Type::Object) => (value.is_object(), "an object"),
    };
    if fits { Ok(()) } else { Err(Refusal::metadata(format!("`{name}` must be {wanted}"))) }
}

fn is_web(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// RFC 7591 §2.1: grant types and response types belong together.
fn check_grants(metadata: &mut Map<String, Value>) -> Result<Vec<String>, Refusal> {
    let grants = texts(metadata, "grant_types").unwrap_or_else(|| vec![AUTHORIZATION_CODE.to_owned()]);
    if grants.is_empty() {
        return Err(Refusal::metadata("`grant_types` is empty"));
    }
    if let Some(unknown) = grants.iter().find(|grant| !GRANTS.contains(&grant.as_str())) {
        return Err(Refusal::metadata(format!("the grant type `{unknown}` is not supported")));
    }
    let code = grants.iter().any(|grant| grant == AUTHORIZATION_CODE);
    if !code && grants.iter().any(|grant| grant == "refresh_token") {
        return Err(Refusal::metadata("`refresh_token` needs the grant type `authorization_code`"));
    }
    let responses = texts(metadata, "response_types")
        .unwrap_or_else(|| if code { vec!["code".to_owned()] } else { Vec::new() });
    if let Some(unknown) = responses.iter().find(|response| *response != "code") {
        return Err(Refusal::metadata(format!("the response type `{unknown}` is not supported")));
    }
    if code == responses.is_empty() {
        return Err(Refusal::metadata(
            "the grant type `authorization_code` and the response type `code` go together, neither without the other",
        ));
    }
    metadata.insert("grant_types".to_owned(), json!(grants));
    metadata.insert("response_types".to_owned(), json!(responses));
    Ok(grants)
}

fn check_redirects(state: &State, metadata: &Map<String, Value>, grants: &[String]) -> Result<(), Refusal> {
    let listed = metadata.get("redirect_uris").and_then(Value::as_array);
    let uris: Vec<&str> = listed.into_iter().flatten().filter_map(Value::as_str).collect();
    if uris.is_empty() && grants.iter().any(|grant| grant == AUTHORIZATION_CODE) {
        return Err(Refusal::redirect(state, "`redirect_uris` is required for `authorization_code`"));
    }
    for uri in uris {
        if let Some(fault) = redirect::fault(uri) {
            return Err(Refusal::redirect(
                state,
                format!("the redirect URI `{}` {fault}", uri.escape_debug()),
            ));
        }
    }
    Ok(())
}

fn check_method(metadata: &mut Map<String, Value>, grants: &[String]) -> Result<String, Refusal> {
    let method = metadata
        .entry("token_endpoint_auth_method")
        .or_insert_with(|| json!("client_secret_basic"))
        .as_str()
        .unwrap_or_default()
        .to_owned();
    if !METHODS.contains(&method.as_str()) {
        return Err(Refusal::metadata(format!("the method `{method}` is not supported")));
    }
    // RFC 6749 §4.4: client credentials are for confidential clients only.
    if method == "none" && grants.iter().any(|grant| grant == "client_credentials") {
        return Err(Refusal::metadata("a client without authentication cannot use `client_credentials`"));
    }
    match metadata.get("token_endpoint_auth_signing_alg").and_then(Value::as_str) {
        Some(algorithm) if !ALGORITHMS.contains(&algorithm) => {
            Err(Refusal::metadata(format!("the algorithm `{algorithm}` is not supported")))
        }
        Some(_) | None => Ok(method),
    }
}

fn check_id_token_algorithm(metadata: &Map<String, Value>) -> Result<(), Refusal> {
    match metadata.get("id_token_signed_response_alg").and_then(Value::as_str) {
        Some(algorithm) if !ID_TOKEN_ALGORITHMS.contains(&algorithm) => {
            Err(Refusal::metadata(format!("id tokens are not signed with `{algorithm}`")))
        }
        Some(_) | None => Ok(()),
    }
}

fn check_keys(metadata: &Map<String, Value>, method: &str) -> Result<Vec<Jwk>, Refusal> {
    let (jwks, uri) = (metadata.get("jwks"), metadata.get("jwks_uri"));
    if jwks.is_some() && uri.is_some() {
        return Err(Refusal::metadata("`jwks` and `jwks_uri` exclude each other"));
    }
    let keys = jwks.map(keys::read).transpose()?;
    if method == "private_key_jwt" && uri.is_none() && keys.as_ref().is_none_or(Vec::is_empty) {
        return Err(Refusal::metadata("`private_key_jwt` needs `jwks` with a signing key, or `jwks_uri`"));
    }
    Ok(keys.unwrap_or_default())
}

fn texts(metadata: &Map<String, Value>, name: &str) -> Option<Vec<String>> {
    let items = metadata.get(name)?.as_array()?;
    Some(items.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

const AUTHORIZATION_CODE: &str = "authorization_code";
const GRANTS: [&str; 3] = [AUTHORIZATION_CODE, "client_credentials", "refresh_token"];
