//! What a server granted, typed.

use std::borrow::Cow;

use serde_json::Value;

use super::member_reader::MemberReader;
use crate::auth_method::AuthMethod;
use crate::deviation::Severity;

/// The metadata that a server registered, RFC 7591 §3.2.1, with the defaults of §2 where the RFC has one.
///
/// Null, `""` and what has the wrong kind count as absent; the raw members stay in the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GrantedMetadata {
    /// Where the user may be sent back to.
    pub redirect_uris: Vec<String>,
    /// How the client must prove itself, where the server says so.
    pub token_endpoint_auth_method: Option<AuthMethod>,
    /// The grants; `authorization_code` where the server does not say.
    pub grant_types: Vec<String>,
    /// The response types; `code` where the server does not say.
    pub response_types: Vec<String>,
    /// The name that users see.
    pub client_name: Option<String>,
    /// The client's home page.
    pub client_uri: Option<String>,
    /// The client's logo.
    pub logo_uri: Option<String>,
    /// The scopes, separated by blanks.
    pub scope: Option<String>,
    /// Who answers for the client.
    pub contacts: Vec<String>,
    /// The terms of service.
    pub tos_uri: Option<String>,
    /// The privacy policy.
    pub policy_uri: Option<String>,
    /// Where the server takes the client's keys from.
    pub jwks_uri: Option<String>,
    /// The software's own identifier.
    pub software_id: Option<String>,
    /// The software's version.
    pub software_version: Option<String>,
}

/// The same, borrowed from the answer: most callers never ask for more than the client id.
pub(super) struct Granted<'a> {
    pub(super) redirect_uris: Vec<&'a str>,
    pub(super) token_endpoint_auth_method: Option<AuthMethod>,
    pub(super) grant_types: Vec<&'a str>,
    pub(super) response_types: Vec<&'a str>,
    pub(super) scope: Option<Cow<'a, str>>,
    pub(super) contacts: Vec<&'a str>,
    client_name: Option<&'a str>,
    client_uri: Option<&'a str>,
    logo_uri: Option<&'a str>,
    tos_uri: Option<&'a str>,
    policy_uri: Option<&'a str>,
    jwks_uri: Option<&'a str>,
    software_id: Option<&'a str>,
    software_version: Option<&'a str>,
}

impl<'a> Granted<'a> {
    pub(super) fn read(reader: &mut MemberReader<'a>, asked: Option<&AuthMethod>) -> Self {
        let granted = Self {
            redirect_uris: reader.list("redirect_uris").unwrap_or_default(),
            token_endpoint_auth_method: read_method(reader, asked),
            grant_types: reader.list("grant_types").unwrap_or_else(|| vec!["authorization_code"]),
            response_types: reader.list("response_types").unwrap_or_else(|| vec!["code"]),
            client_name: reader.text("client_name"),
            client_uri: reader.text("client_uri"),
            logo_uri: reader.text("logo_uri"),
            scope: read_scope(reader),
            contacts: reader.list("contacts").unwrap_or_default(),
            tos_uri: reader.text("tos_uri"),
            policy_uri: reader.text("policy_uri"),
            jwks_uri: reader.text("jwks_uri"),
            software_id: reader.text("software_id"),
            software_version: reader.text("software_version"),
        };
        for uri in &granted.redirect_uris {
            if !uri.contains(':') {
                reader.note(
                    "redirect-uri-not-absolute",
                    Severity::Warning,
                    "redirect_uris",
                    "a redirect URI has no scheme, expected an absolute URI",
                );
            }
        }
        granted
    }
}

impl From<Granted<'_>> for GrantedMetadata {
    fn from(granted: Granted<'_>) -> Self {
        let list = |items: Vec<&str>| items.into_iter().map(str::to_owned).collect();
        let text = |text: Option<&str>| text.map(str::to_owned);
        Self {
            redirect_uris: list(granted.redirect_uris),
            token_endpoint_auth_method: granted.token_endpoint_auth_method,
            grant_types: list(granted.grant_types),
            response_types: list(granted.response_types),
            client_name: text(granted.client_name),
            client_uri: text(granted.client_uri),
            logo_uri: text(granted.logo_uri),
            scope: granted.scope.map(Cow::into_owned),
            contacts: list(granted.contacts),
            tos_uri: text(granted.tos_uri),
            policy_uri: text(granted.policy_uri),
            jwks_uri: text(granted.jwks_uri),
            software_id: text(granted.software_id),
            software_version: text(granted.software_version),
        }
    }
}

/// Some servers answer with an array; then the method that was asked for is the one, if it is among them.
fn read_method(reader: &mut MemberReader<'_>, asked: Option<&AuthMethod>) -> Option<AuthMethod> {
    const NAME: &str = "token_endpoint_auth_method";
    let Value::Array(items) = reader.value(NAME)? else {
        return reader.text(NAME).map(|name| AuthMethod::from(name.to_owned()));
    };
    let names: Vec<&str> = items.iter().filter_map(Value::as_str).map(str::trim).collect();
    let among = asked.map(AuthMethod::as_str).filter(|asked| names.contains(asked));
    let chosen = among.or_else(|| names.first().copied()).filter(|name| !name.is_empty());
    reader.note(
        "array-in-place-of-string",
        Severity::Warning,
        NAME,
        format!("`{NAME}` is an array of {}, expected a string", items.len()),
    );
    chosen.map(|name| AuthMethod::from(name.to_owned()))
}

/// Some servers answer with an array, or with `scopes`.
fn read_scope<'a>(reader: &mut MemberReader<'a>) -> Option<Cow<'a, str>> {
    let (name, value) = match (reader.value("scope"), reader.value("scopes")) {
        (Some(Value::Array(items)), _) => ("scope", items),
        (None, Some(Value::Array(items))) => ("scopes", items),
        _ => return reader.text("scope").map(Cow::Borrowed),
    };
    let scopes: Vec<&str> = value.iter().filter_map(Value::as_str).map(str::trim).collect();
    let detail = format!("`{name}` is an array, expected the string `scope` with blanks between");
    reader.note("array-in-place-of-string", Severity::Warning, name, detail);
    Some(Cow::Owned(scopes.join(" ")))
}
