//! The local rules: what is wrong before anything is sent.

use serde_json::Value;
use url::Url;

use super::metadata::ClientMetadata;
use super::metadata_error::MetadataError;
use crate::auth_method::AuthMethod;
use crate::client_profile::ClientProfile;
use crate::url::UrlPolicy;
use crate::url::display_url;
use crate::url::is_loopback;

impl ClientMetadata {
    /// Checks the rules that need no server, RFC 7591 §2 and §5.
    ///
    /// A software statement may carry what is missing here (RFC 7591 §2.3), so with one nothing counts as
    /// missing.
    ///
    /// # Errors
    /// [`MetadataError`] for the first rule that is broken.
    pub fn check(&self, policy: &UrlPolicy) -> Result<(), MetadataError> {
        for uri in self.redirect_uris.iter().flatten() {
            check_redirect_uri(uri)?;
        }
        if self.jwks.is_some() && self.jwks_uri.is_some() {
            return Err(MetadataError::KeysTwice);
        }
        let keys = match &self.jwks {
            Some(set) => check_key_set(set)?,
            None => 0,
        };
        if let Some(uri) = &self.jwks_uri {
            policy.check_given("jwks_uri", uri)?;
        }
        match self.profile() {
            ClientProfile::Standard => {}
            ClientProfile::EpicDynamic => return self.check_epic(keys),
        }
        if self.software_statement.is_some() {
            return Ok(());
        }
        let by_key = self.token_endpoint_auth_method == Some(AuthMethod::PrivateKeyJwt);
        if by_key && keys == 0 && self.jwks_uri.is_none() {
            return Err(MetadataError::KeysNeeded);
        }
        match self.redirect_grant() {
            Some(grant) if self.redirect_uris.as_ref().is_none_or(Vec::is_empty) => {
                Err(MetadataError::RedirectUrisNeeded { grant })
            }
            _ => Ok(()),
        }
    }

    /// The grant that sends the user back; the RFC's default is one.
    fn redirect_grant(&self) -> Option<&'static str> {
        let Some(grants) = &self.grant_types else { return Some("authorization_code") };
        ["authorization_code", "implicit"].into_iter().find(|name| grants.iter().any(|grant| grant == name))
    }
}

/// RFC 6749 §3.1.2, RFC 8252 §7: absolute, without a fragment; https, loopback http or a private-use scheme.
pub(crate) fn check_redirect_uri(text: &str) -> Result<(), MetadataError> {
    let shown = || {
        let text = text.split(['?', '#']).next().unwrap_or_default();
        text.chars().filter(|c| !c.is_control()).take(120).collect::<String>()
    };
    let refuse = |reason| Err(MetadataError::RedirectUri { uri: shown(), reason });
    if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return refuse("contains blanks or control characters");
    }
    let Ok(url) = Url::parse(text) else { return refuse("is not an absolute URI") };
    if url.fragment().is_some() {
        return refuse("has a fragment, which RFC 6749 §3.1.2 forbids");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(MetadataError::RedirectUri {
            uri: display_url(&url),
            reason: "has user information, which it must not",
        });
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(&url) => Ok(()),
        "http" => refuse("is http on an address that is not loopback"),
        "javascript" | "data" | "file" | "vbscript" | "blob" | "about" | "ftp" | "ws" | "wss" => {
            refuse("has a scheme that cannot receive an answer safely")
        }
        _ => Ok(()),
    }
}

/// The number of keys in a set that is well formed and public.
fn check_key_set(set: &Value) -> Result<usize, MetadataError> {
    let not_a_set = |reason| MetadataError::NotAJwkSet { reason };
    let members = set.as_object().ok_or_else(|| not_a_set("it is not an object"))?;
    let keys = members.get("keys").and_then(Value::as_array);
    let keys = keys.ok_or_else(|| not_a_set("it has no `keys` array"))?;
    for key in keys {
        let key = key.as_object().ok_or_else(|| not_a_set("a key is not an object"))?;
        if !key.get("kty").is_some_and(Value::is_string) {
            return Err(not_a_set("a key has no `kty`"));
        }
    }
    let mut private: Vec<String> = Vec::new();
    for path in safire_jose::private_members(set) {
        let name = path.rsplit('.').next().unwrap_or_default();
        if !private.iter().any(|seen| seen == name) {
            private.push(name.to_owned());
        }
    }
    if private.is_empty() { Ok(keys.len()) } else { Err(MetadataError::PrivateMember { members: private }) }
}
