//! The members of client metadata, RFC 7591 §2.

use std::fmt;

use serde_json::Map;
use serde_json::Value;

use super::metadata_error::MetadataError;
use crate::auth_method::AuthMethod;
use crate::json::kind_of;

/// The members of client metadata, RFC 7591 §2: what is `None` here is not sent.
///
/// Names with a language tag (`client_name#fr`, RFC 7591 §2.2) and any other member go into
/// [`extra`](Self::extra).
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct MetadataMembers {
    /// Where the user is sent back to.
    pub redirect_uris: Option<Vec<String>>,
    /// How the client proves itself at the token endpoint.
    pub token_endpoint_auth_method: Option<AuthMethod>,
    /// The grants that it uses; the default of the RFC is `authorization_code`.
    pub grant_types: Option<Vec<String>>,
    /// The response types that it uses. Some servers want an empty list of a `client_credentials` client.
    pub response_types: Option<Vec<String>>,
    /// The name that users see.
    pub client_name: Option<String>,
    /// The client's home page.
    pub client_uri: Option<String>,
    /// The client's logo.
    pub logo_uri: Option<String>,
    /// The scopes, separated by blanks.
    pub scope: Option<String>,
    /// Who answers for the client.
    pub contacts: Option<Vec<String>>,
    /// The terms of service.
    pub tos_uri: Option<String>,
    /// The privacy policy.
    pub policy_uri: Option<String>,
    /// Where the client's public keys are.
    pub jwks_uri: Option<String>,
    /// The client's public keys.
    pub jwks: Option<Value>,
    /// The software, the same for all its instances.
    pub software_id: Option<String>,
    /// The version of the software.
    pub software_version: Option<String>,
    /// A signed statement about the software, RFC 7591 §2.3.
    pub software_statement: Option<String>,
    /// Every other member, sent as it is.
    pub extra: Map<String, Value>,
}

impl MetadataMembers {
    /// Sets one member from JSON; a null removes it.
    ///
    /// # Errors
    /// [`MetadataError::WrongKind`] when a member of RFC 7591 §2 is not a string or an array of strings where it
    /// must be.
    pub fn set(&mut self, name: impl Into<String>, value: Value) -> Result<(), MetadataError> {
        let name = name.into();
        match name.as_str() {
            "redirect_uris" => self.redirect_uris = list(&name, value)?,
            "token_endpoint_auth_method" => {
                self.token_endpoint_auth_method = text(&name, value)?.map(AuthMethod::from);
            }
            "grant_types" => self.grant_types = list(&name, value)?,
            "response_types" => self.response_types = list(&name, value)?,
            "client_name" => self.client_name = text(&name, value)?,
            "client_uri" => self.client_uri = text(&name, value)?,
            "logo_uri" => self.logo_uri = text(&name, value)?,
            "scope" => self.scope = text(&name, value)?,
            "contacts" => self.contacts = list(&name, value)?,
            "tos_uri" => self.tos_uri = text(&name, value)?,
            "policy_uri" => self.policy_uri = text(&name, value)?,
            "jwks_uri" => self.jwks_uri = text(&name, value)?,
            "jwks" => self.jwks = Some(value).filter(|value| !value.is_null()),
            "software_id" => self.software_id = text(&name, value)?,
            "software_version" => self.software_version = text(&name, value)?,
            "software_statement" => self.software_statement = text(&name, value)?,
            _ if value.is_null() => {
                self.extra.shift_remove(&name);
            }
            _ => {
                self.extra.insert(name, value);
            }
        }
        Ok(())
    }

    /// The members as they are sent: no null, and an empty array only where the caller wrote one.
    #[must_use]
    pub fn to_json(&self) -> Map<String, Value> {
        let method = self.token_endpoint_auth_method.as_ref().map(|method| Value::from(method.as_str()));
        let members = [
            ("redirect_uris", self.redirect_uris.as_deref().map(Value::from)),
            ("token_endpoint_auth_method", method),
            ("grant_types", self.grant_types.as_deref().map(Value::from)),
            ("response_types", self.response_types.as_deref().map(Value::from)),
            ("client_name", self.client_name.as_deref().map(Value::from)),
            ("client_uri", self.client_uri.as_deref().map(Value::from)),
            ("logo_uri", self.logo_uri.as_deref().map(Value::from)),
            ("scope", self.scope.as_deref().map(Value::from)),
            ("contacts", self.contacts.as_deref().map(Value::from)),
            ("tos_uri", self.tos_uri.as_deref().map(Value::from)),
            ("policy_uri", self.policy_uri.as_deref().map(Value::from)),
            ("jwks_uri", self.jwks_uri.as_deref().map(Value::from)),
            ("jwks", self.jwks.clone()),
            ("software_id", self.software_id.as_deref().map(Value::from)),
            ("software_version", self.software_version.as_deref().map(Value::from)),
            ("software_statement", self.software_statement.as_deref().map(Value::from)),
        ];
        let named = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        let extra = self.extra.iter().map(|(name, value)| (name.clone(), value.clone()));
        named.chain(extra).filter(|(_, value)| !value.is_null()).collect()
    }
}

/// Names only: a statement or an extra member may hold a secret, and a `jwks` a private key by mistake.
impl fmt::Debug for MetadataMembers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members: Vec<String> = self.to_json().into_iter().map(|(name, _)| name).collect();
        f.debug_tuple("MetadataMembers").field(&members).finish()
    }
}

fn text(member: &str, value: Value) -> Result<Option<String>, MetadataError> {
    match value {
        Value::String(text) => Ok(Some(text)),
        Value::Null => Ok(None),
        other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            Err(MetadataError::WrongKind {
                member: member.to_owned(),
                expected: "a string",
                seen: kind_of(&other),
            })
        }
    }
}

fn list(member: &str, value: Value) -> Result<Option<Vec<String>>, MetadataError> {
    const EXPECTED: &str = "an array of strings";
    let wrong = |seen| MetadataError::WrongKind { member: member.to_owned(), expected: EXPECTED, seen };
    match value {
        Value::Null => Ok(None),
        Value::Array(items) => items
            .into_iter()
            .map(|item| match item {
                Value::String(text) => Ok(text),
                other @ (Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::Array(_)
                | Value::Object(_)) => Err(wrong(match kind_of(&other) {
                    "null" => "an array with a null",
                    _ => "an array with other values",
                })),
            })
            .collect::<Result<_, _>>()
            .map(Some),
        other @ (Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
            Err(wrong(kind_of(&other)))
        }
    }
}
