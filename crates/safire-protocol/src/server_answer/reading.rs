//! Finds the error in whatever shape a server gave it.

use bytes::Bytes;
use http::HeaderMap;
use http::Response;
use http::header;
use serde_json::Map;
use serde_json::Value;
use url::Url;

use super::BodyKind;
use super::ServerAnswer;
use super::http_date;
use super::redaction::clean;
use super::redaction::secrets_within;
use crate::json::JsonError;
use crate::json::JsonObject;

/// The most characters of a text that are shown.
const TEXT_LIMIT: usize = 300;
/// The most characters of a code or a name that are shown.
const NAME_LIMIT: usize = 100;
/// The most member names that are listed.
const MEMBERS_LIMIT: usize = 50;
/// How much of a text body is looked at.
const LOOK_AT: usize = 16 * 1024;

impl ServerAnswer {
    /// Reads an answer that was not what we wanted.
    ///
    /// The error is found as RFC 6749 §5.2 and RFC 7591 §3.2.2 put it, and in the shapes that servers use in
    /// their place: an object under `error`, `errorCode`/`errorSummary`, `statusmessage`, an
    /// `OperationOutcome`, RFC 9457 problem details, the `WWW-Authenticate` header of RFC 6750 §3.
    #[must_use]
    pub fn read(response: &Response<Bytes>) -> Self {
        Self::read_hiding(response, &[])
    }

    /// The same, with the secrets that the request carried: a server that echoes them does not get them shown.
    pub(crate) fn read_hiding(response: &Response<Bytes>, secrets: &[&str]) -> Self {
        let headers = response.headers();
        let mut answer = Self::of_body(
            response.status().as_u16(),
            text_of(headers, header::CONTENT_TYPE),
            response.body(),
            secrets,
        );
        if answer.error.is_none() {
            answer.read_challenge(headers, secrets);
        }
        answer.location = text_of(headers, header::LOCATION).and_then(origin_of);
        answer.retry_after = text_of(headers, header::RETRY_AFTER).and_then(|text| text.trim().parse().ok());
        answer.date = text_of(headers, header::DATE).and_then(http_date::parse);
        answer
    }

    /// The same for an answer of which only status, content type and body are kept.
    pub(crate) fn of_body(status: u16, content_type: Option<&str>, body: &[u8], secrets: &[&str]) -> Self {
        let mut answer = Self {
            status,
            content_type: content_type.map(|text| clean(text, secrets, NAME_LIMIT)),
            kind: BodyKind::Text,
            error: None,
            error_description: None,
            error_uri: None,
            excerpt: None,
            members: Vec::new(),
            location: None,
            retry_after: None,
            date: None,
        };
        match JsonObject::parse(body) {
            Ok(object) => answer.read_object(&object.members, secrets),
            Err(JsonError::Empty) => answer.kind = BodyKind::Empty,
            Err(JsonError::NotAnObject(_)) => answer.kind = BodyKind::JsonOther,
            Err(JsonError::TooDeep | JsonError::Malformed { .. }) => answer.read_text(body, secrets),
        }
        answer
    }

    fn read_object(&mut self, members: &Map<String, Value>, secrets: &[&str]) {
        self.kind = BodyKind::JsonObject;
        let mut hidden = secrets.to_vec();
        for (name, value) in members {
            if let (Value::String(text), true) = (value, super::is_secret_member(name)) {
                hidden.push(text);
            } else {
                secrets_within(value, &mut hidden);
            }
        }
        let show = |text: Option<&str>, limit| text.map(|text| clean(text, &hidden, limit));
        let (error, description) = find_error(members);
        self.error = show(error, NAME_LIMIT);
        self.error_description = show(description, TEXT_LIMIT);
        self.error_uri =
            text(members, "error_uri").map(|uri| clean(&without_query(uri), &hidden, TEXT_LIMIT));
        self.members =
            members.keys().take(MEMBERS_LIMIT).map(|name| clean(name, secrets, NAME_LIMIT)).collect();
    }

    fn read_text(&mut self, body: &[u8], secrets: &[&str]) {
        let text = String::from_utf8_lossy(body.get(..LOOK_AT).unwrap_or(body));
        let start = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
        if start.starts_with('<') {
            self.kind = BodyKind::Html;
            self.excerpt = title_of(start)
                .map(|title| clean(&title, secrets, TEXT_LIMIT))
                .filter(|title| !title.is_empty());
        } else if !start.starts_with(['{', '[', '"']) && !start.contains('\u{fffd}') {
            // Broken JSON may hold a secret of any form: nothing of it is shown.
            self.excerpt = Some(clean(start, secrets, TEXT_LIMIT)).filter(|text| !text.is_empty());
        }
    }

    /// RFC 6750 §3: `Bearer error="invalid_token", error_description="…"`.
    fn read_challenge(&mut self, headers: &HeaderMap, secrets: &[&str]) {
        for value in headers.get_all(header::WWW_AUTHENTICATE) {
            let Ok(challenge) = value.to_str() else { continue };
            if let Some(error) = parameter(challenge, "error") {
                self.error = Some(clean(error, secrets, NAME_LIMIT));
                if self.error_description.is_none() {
                    self.error_description = parameter(challenge, "error_description")
                        .map(|text| clean(text, secrets, TEXT_LIMIT));
                }
                return;
            }
        }
    }
}

/// The code and the description, wherever they are.
fn find_error(members: &Map<String, Value>) -> (Option<&str>, Option<&str>) {
    if let Some(Value::Object(inner)) = members.get("error") {
        let code = first(inner, &["code", "error", "type", "status", "errorCode"]);
        return (code, first(inner, &["error_description", "description", "message", "detail"]));
    }
    if members.get("resourceType").and_then(Value::as_str) == Some("OperationOutcome") {
        return outcome(members);
    }
    let code = first(members, &["error", "errorCode", "statusmessage", "error_code", "code"]);
    let description = first(
        members,
        &["error_description", "errorSummary", "description", "message", "detail", "title", "msg", "reason"],
    )
    .or_else(|| nested_message(members));
    (code, description)
}

/// FHIR's own error resource: the code of the first issue and its text.
fn outcome(members: &Map<String, Value>) -> (Option<&str>, Option<&str>) {
    let Some(Value::Object(issue)) = members.get("issue").and_then(|issues| issues.get(0)) else {
        return (None, None);
    };
    let details = issue.get("details").and_then(Value::as_object);
    let description =
        text(issue, "diagnostics").or_else(|| details.and_then(|details| text(details, "text")));
    (text(issue, "code"), description)
}

/// `{"errors": [{"message": …}]}` or `{"errors": ["…"]}`.
fn nested_message(members: &Map<String, Value>) -> Option<&str> {
    match members.get("errors")?.get(0)? {
        Value::String(message) => Some(message),
        Value::Object(inner) => first(inner, &["error_description", "description", "message", "detail"]),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    }
}

fn first<'a>(members: &'a Map<String, Value>, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| text(members, name))
}

fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    members.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
}

fn text_of(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn origin_of(location: &str) -> Option<String> {
    let url = Url::parse(location).ok()?;
    let host = url.host_str()?;
    Some(match url.port() {
        Some(port) => format!("{}://{host}:{port}", url.scheme()),
        None => format!("{}://{host}", url.scheme()),
    })
}

fn without_query(uri: &str) -> String {
    let uri = uri.split(['?', '#']).next().unwrap_or_default();
    match uri.split_once("://") {
        Some((scheme, rest)) => {
            let (authority, path) = rest.split_once('/').map_or((rest, None), |(a, p)| (a, Some(p)));
            let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
            match path {
                Some(path) => format!("{scheme}://{host}/{path}"),
                None => format!("{scheme}://{host}"),
            }
        }
        None => uri.to_owned(),
    }
}

fn title_of(page: &str) -> Option<String> {
    let lower = page.to_ascii_lowercase();
    let open = lower.find("<title")?;
    let start = open + lower.get(open..)?.find('>')? + 1;
    let end = start + lower.get(start..)?.find("</")?;
    let title = page.get(start..end)?;
    Some(title.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\""))
}

/// The quoted or bare value of `name=` in a challenge.
fn parameter<'a>(challenge: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = challenge;
    loop {
        let at = rest.find(name)?;
        let (before, found) = rest.split_at(at);
        let after = found.get(name.len()..)?;
        let starts = before.is_empty() || before.ends_with([' ', ',', '\t']);
        if let (true, Some(value)) = (starts, after.strip_prefix('=')) {
            return match value.strip_prefix('"') {
                Some(quoted) => quoted.split('"').next(),
                None => value.split([',', ' ']).next(),
            }
            .filter(|value| !value.is_empty());
        }
        rest = after;
    }
}
