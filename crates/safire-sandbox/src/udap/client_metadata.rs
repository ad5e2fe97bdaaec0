//! The rules for the claims of a software statement, UDAP Security 2.0 §3.1.

use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use url::Host;
use url::Url;

use super::signed::strings;
use crate::discovery::SCOPES;
use crate::scope;

/// What a software statement asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// A registration, new or in place of an older one.
    Register,
    /// The end of the registration (§3.4).
    Cancel,
}

/// Metadata that can be registered.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) wish: Wish,
    pub(super) metadata: Map<String, Value>,
}

/// Checks every rule; the scopes are narrowed to those that there are.
pub(super) fn check(claims: &Map<String, Value>) -> Result<Checked, String> {
    let mut metadata = claims.clone();
    // §3.2.3: the claims of RFC 7519 are no registration parameters; RFC 7591 §2: what is not understood is ignored.
    metadata.retain(|name, _| KNOWN.contains(&name.as_str()));
    text(&metadata, "client_name")?;
    contacts(&metadata)?;
    if text(&metadata, "token_endpoint_auth_method")? != "private_key_jwt" {
        return Err("`token_endpoint_auth_method` must be private_key_jwt".to_owned());
    }
    for name in ["client_uri", "tos_uri", "policy_uri"] {
        if let Some(value) = metadata.get(name)
            && !value.as_str().is_some_and(is_web)
        {
            return Err(format!("`{name}` must be an absolute web URL"));
        }
    }
    let asked = text(&metadata, "scope")?.to_owned();
    let grants = list(&metadata, "grant_types")?.ok_or("`grant_types` is missing")?;
    if grants.is_empty() {
        return Ok(Checked { wish: Wish::Cancel, metadata });
    }
    let code = check_grants(&grants)?;
    check_responses(&metadata, code)?;
    check_redirects(&metadata, code)?;
    check_logo(&metadata, code)?;
    metadata.insert("scope".to_owned(), json!(narrowed(&asked, code)?));
    Ok(Checked { wish: Wish::Register, metadata })
}

/// Either of the two grants, and `refresh_token` with one of them only. Says whether it is the code.
pub(super) fn check_grants(grants: &[String]) -> Result<bool, String> {
    let has = |name: &str| grants.iter().any(|grant| grant == name);
    if let Some(unknown) = grants.iter().find(|grant| !GRANTS.contains(&grant.as_str())) {
        return Err(format!("the grant type `{unknown}` is not supported"));
    }
    match (has("authorization_code"), has("client_credentials")) {
        (true, true) => Err("`grant_types` has authorization_code and client_credentials".to_owned()),
        (false, false) => {
            Err("`grant_types` has neither authorization_code nor client_credentials".to_owned())
        }
        (false, true) if has("refresh_token") => {
            Err("`refresh_token` needs the grant type authorization_code".to_owned())
        }
        (code, _) => Ok(code),
    }
}

fn check_responses(metadata: &Map<String, Value>, code: bool) -> Result<(), String> {
    match (metadata.get("response_types"), code) {
        (None, false) => Ok(()),
        (Some(value), true) if *value == json!(["code"]) => Ok(()),
        (_, true) => Err("`response_types` must be [\"code\"]".to_owned()),
        (Some(_), false) => Err("`response_types` goes with authorization_code only".to_owned()),
    }
}

fn check_redirects(metadata: &Map<String, Value>, code: bool) -> Result<(), String> {
    match (list(metadata, "redirect_uris")?, code) {
        (None, false) => Ok(()),
        (Some(_), false) => Err("`redirect_uris` goes with authorization_code only".to_owned()),
        (None, true) => Err("`redirect_uris` is missing".to_owned()),
        (Some(uris), true) if uris.is_empty() => Err("`redirect_uris` is empty".to_owned()),
        (Some(uris), true) => match uris.iter().find(|uri| !is_secure(uri) || uri.contains('#')) {
            None => Ok(()),
            Some(bad) => Err(format!("the redirect URI `{}` must use https", bad.escape_debug())),
        },
    }
}

fn check_logo(metadata: &Map<String, Value>, code: bool) -> Result<(), String> {
    let Some(logo) = metadata.get("logo_uri") else {
        return if code { Err("`logo_uri` is missing".to_owned()) } else { Ok(()) };
    };
    let logo = logo.as_str().filter(|logo| is_secure(logo)).ok_or("`logo_uri` must be an https URL")?;
    let path = Url::parse(logo).map(|url| url.path().to_ascii_lowercase()).unwrap_or_default();
    if [".png", ".jpg", ".jpeg", ".gif"].iter().any(|ending| path.ends_with(ending)) {
        return Ok(());
    }
    Err("`logo_uri` must name a PNG, JPG or GIF file".to_owned())
}

/// §7.3: a part of what was asked may be granted; nothing of it is an error.
fn narrowed(asked: &str, code: bool) -> Result<String, String> {
    let supported = SCOPES.join(" ");
    let granted: Vec<&str> = asked
        .split_ascii_whitespace()
        .filter(|wanted| *wanted == TIERED || scope::covers(&supported, wanted))
        .filter(|wanted| scope::is_system(wanted) != code)
        .collect();
    if granted.is_empty() {
        Err("none of the scopes can be granted".to_owned())
    } else {
        Ok(granted.join(" "))
    }
}

fn contacts(metadata: &Map<String, Value>) -> Result<(), String> {
    let contacts = list(metadata, "contacts")?.ok_or("`contacts` is missing")?;
    if let Some(bad) = contacts.iter().find(|contact| Url::parse(contact).is_err()) {
        return Err(format!("the contact `{}` is no URI", bad.escape_debug()));
    }
    let is_mail = |contact: &String| {
        let address = contact.strip_prefix("mailto:").unwrap_or_default();
        address.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
    };
    if contacts.iter().any(is_mail) { Ok(()) } else { Err("`contacts` has no mailto address".to_owned()) }
}

fn text<'a>(metadata: &'a Map<String, Value>, name: &str) -> Result<&'a str, String> {
    let value = metadata.get(name).ok_or_else(|| format!("`{name}` is missing"))?;
    let text = value.as_str().filter(|text| !text.trim().is_empty());
    text.ok_or_else(|| format!("`{name}` must be a string that is not empty"))
}

fn list(metadata: &Map<String, Value>, name: &str) -> Result<Option<Vec<String>>, String> {
    let Some(value) = metadata.get(name) else { return Ok(None) };
    strings(value).map(Some).ok_or_else(|| format!("`{name}` must be an array of strings"))
}

/// An absolute http or https URL.
pub(super) fn is_web(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// The guide wants https; http on loopback is for tests, as everything here.
fn is_secure(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| match url.scheme() {
        "https" => url.has_host(),
        "http" => is_loopback(&url),
        _ => false,
    })
}

/// Whether a URL leads to this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}

/// The scope that asks for Tiered OAuth (§6.1).
pub(super) const TIERED: &str = "udap";

const GRANTS: [&str; 3] = ["authorization_code", "client_credentials", "refresh_token"];

const KNOWN: [&str; 13] = [
    "client_name",
    "contacts",
    "grant_types",
    "response_types",
    "redirect_uris",
    "logo_uri",
    "token_endpoint_auth_method",
    "scope",
    "client_uri",
    "tos_uri",
    "policy_uri",
    "software_id",
    "software_version",
];
