//! Transcripts with every secret masked: what a person may see of an exchange.

use http::HeaderMap;
use http::HeaderName;
use http::Uri;
use http::header;
use serde_json::Value;
use url::Url;
use url::form_urlencoded;

use crate::server_answer::REDACTED;
use crate::server_answer::clean;
use crate::server_answer::is_secret_member;
use crate::server_answer::mask_value;
use crate::server_answer::secrets_within;

/// Header texts longer than this are clipped.
const HEADER_LIMIT: usize = 2_000;

/// The headers in their order; credentials are masked, of `Authorization` only the scheme is shown.
#[must_use]
pub fn mask_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| {
            let text = String::from_utf8_lossy(value.as_bytes());
            (name.as_str().to_owned(), mask_header(name, &text))
        })
        .collect()
}

fn mask_header(name: &HeaderName, text: &str) -> String {
    if *name == header::AUTHORIZATION || *name == header::PROXY_AUTHORIZATION {
        // A value without a scheme is a bare credential.
        return match text.trim().split_once(' ') {
            Some((scheme, _)) if is_scheme(scheme) => format!("{scheme} {REDACTED}"),
            _ => REDACTED.to_owned(),
        };
    }
    if *name == header::WWW_AUTHENTICATE || *name == header::PROXY_AUTHENTICATE {
        return clean(text, &[], HEADER_LIMIT);
    }
    if *name == header::LOCATION || *name == header::CONTENT_LOCATION || *name == header::REFERER {
        return mask_reference(text);
    }
    let named = |part: &str| name.as_str().contains(part);
    if *name == header::COOKIE || *name == header::SET_COOKIE {
        return REDACTED.to_owned();
    }
    if ["token", "secret", "api-key", "apikey", "auth", "password", "session", "dpop"].into_iter().any(named)
    {
        return REDACTED.to_owned();
    }
    text.chars().filter(|c| !c.is_control()).take(HEADER_LIMIT).collect()
}

fn is_scheme(text: &str) -> bool {
    let known = ["basic", "bearer", "dpop", "digest", "negotiate", "ntlm", "token", "apikey", "ssws"];
    known.iter().any(|scheme| text.eq_ignore_ascii_case(scheme))
}

/// A body: JSON and forms with their secrets masked, anything else as `N bytes of TYPE`.
#[must_use]
pub fn mask_body(content_type: Option<&str>, body: &[u8]) -> String {
    let media = content_type.and_then(|text| text.split(';').next()).map(str::trim).unwrap_or_default();
    if body.is_empty() {
        return String::new();
    }
    if media.eq_ignore_ascii_case("application/x-www-form-urlencoded")
        && let Ok(text) = std::str::from_utf8(body)
    {
        return mask_pairs(text);
    }
    let text = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    match serde_json::from_slice::<Value>(text) {
        Ok(mut value) if value.is_object() || value.is_array() => {
            mask_json(&mut value);
            value.to_string()
        }
        // A lone string, or broken JSON, may be a secret as a whole.
        _ => {
            let media: String = media.chars().filter(|c| !c.is_control()).take(100).collect();
            let media = if media.is_empty() { "unknown type" } else { &media };
            format!("{} bytes of {media}", body.len())
        }
    }
}

/// A URL without user information, its secret query parameters masked.
#[must_use]
pub fn mask_url(url: &Url) -> String {
    let mut shown = url.clone();
    // These fail only for URLs that cannot have user information, which then have none.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    let query = shown.query().map(mask_pairs);
    shown.set_query(None);
    // A fragment may carry tokens (RFC 6749 §4.2.2).
    let fragment = shown.fragment().map(mask_pairs);
    shown.set_fragment(None);
    let mut text = String::from(shown);
    if let Some(query) = query {
        text = format!("{text}?{query}");
    }
    if let Some(fragment) = fragment {
        text = format!("{text}#{fragment}");
    }
    text
}

/// The same for the address of a request.
#[must_use]
pub fn mask_uri(uri: &Uri) -> String {
    mask_reference(&uri.to_string())
}

/// A URL that may be relative.
fn mask_reference(text: &str) -> String {
    if let Ok(url) = Url::parse(text) {
        return mask_url(&url);
    }
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    match text.split_once(['?', '#']) {
        Some((path, rest)) => format!("{path}?{}", mask_pairs(rest)),
        None => text,
    }
}

fn mask_pairs(text: &str) -> String {
    let is_form = text.split('&').all(|pair| pair.contains('=') || pair.is_empty());
    if !is_form {
        return REDACTED.to_owned();
    }
    text.split('&')
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let read = form_urlencoded::parse(name.as_bytes()).next();
            let read = read.map(|(name, _)| name.into_owned()).unwrap_or_default();
            if value.is_empty() || !is_masked_parameter(&read) {
                pair.to_owned()
            } else {
                format!("{name}={REDACTED}")
            }
        })
        .collect::<Vec<_>>()
        .join("&")
}

fn mask_json(value: &mut Value) {
    let secrets: Vec<String> = {
        let mut found = Vec::new();
        secrets_within(value, &mut found);
        found.into_iter().map(str::to_owned).collect()
    };
    mask_value(value, is_masked_member);
    let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
    clean_messages(value, &secrets);
}

/// Servers echo credentials in their messages, too.
fn clean_messages(value: &mut Value, secrets: &[&str]) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                if let (Value::String(text), true) = (&mut *value, is_message(name)) {
                    *text = clean(text, secrets, HEADER_LIMIT);
                } else {
                    clean_messages(value, secrets);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| clean_messages(item, secrets)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_message(name: &str) -> bool {
    matches!(
        name,
        "error"
            | "error_description"
            | "errorSummary"
            | "statusmessage"
            | "description"
            | "message"
            | "msg"
            | "detail"
            | "title"
            | "diagnostics"
            | "reason"
    )
}

/// A software statement is replayable, so it counts as a secret here; who is behind a token is nobody's to pass on
/// with a transcript (RFC 7662 §5).
fn is_masked_member(name: &str) -> bool {
    is_secret_member(name) || matches!(name, "software_statement" | "username")
}

/// In forms and queries `code` is an authorization code; in JSON it is an error's name. `token` is the one to be
/// introspected or revoked, `launch` stands for the EHR's session.
fn is_masked_parameter(name: &str) -> bool {
    is_masked_member(name) || matches!(name, "code" | "token" | "launch")
}
