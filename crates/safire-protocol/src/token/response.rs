//! The token answer, RFC 6749 §5.1, read tolerantly.

use std::fmt;

use bytes::Bytes;
use http::Response;
use http::StatusCode;
use http::header::CACHE_CONTROL;
use http::header::CONTENT_TYPE;
use serde_json::Map;
use serde_json::Value;

use super::error::TokenError;
use super::error::UnusableToken;
use super::request::TokenRequest;
use super::sent_assertion::SentAssertion;
use super::smart_rules::lifetime;
use super::smart_rules::scope_text;
use super::smart_rules::smart_deviations;
use crate::deviation::Deviation;
use crate::deviation::Severity;
use crate::json::ByteOrderMark;
use crate::json::JsonObject;
use crate::json::kind_of;
use crate::registration::SecretsShown;
use crate::secret::AccessToken;
use crate::secret::IdToken;
use crate::secret::RefreshToken;
use crate::server_answer::ServerAnswer;
use crate::time::UnixTime;

const SECTION: &str = "RFC 6749 §5.1";

/// A token, and what came with it. `Debug` shows no value of the answer that could be a secret.
#[derive(Clone)]
#[non_exhaustive]
pub struct TokenResponse {
    /// The token.
    pub access_token: AccessToken,
    /// Its type as the server spelled it; `Bearer` where it said nothing.
    pub token_type: String,
    /// When it ends; `None` where that is unknown.
    pub expires_at: Option<UnixTime>,
    /// What was granted; `None` where that is unknown.
    pub scope: Option<String>,
    /// The token for the next one.
    pub refresh_token: Option<RefreshToken>,
    /// Who logged in.
    pub id_token: Option<IdToken>,
    /// Every other member as it came, such as `patient`.
    pub extra: Map<String, Value>,
    /// Where the answer departs from the specifications.
    pub deviations: Vec<Deviation>,
}

impl TokenResponse {
    pub(super) fn read(
        step: &TokenRequest,
        response: &Response<Bytes>,
        now: UnixTime,
    ) -> Result<Self, TokenError> {
        let status = response.status();
        if status.is_redirection() {
            return Err(TokenError::redirected(step, response));
        }
        if !status.is_success() {
            return Err(TokenError::refused(step, response, now));
        }
        let unusable = |reason| TokenError::unusable(step, response, reason);
        let object =
            JsonObject::parse(response.body()).map_err(|error| unusable(UnusableToken::Json(error)))?;
        let access_token = match object.members.get("access_token") {
            Some(Value::String(text)) if !text.trim().is_empty() => AccessToken::new(text.as_str()),
            // An error with the status of a success is still an error.
            _ if object.members.get("error").is_some_and(|error| !error.is_null()) => {
                return Err(TokenError::refused(step, response, now));
            }
            None | Some(Value::Null | Value::String(_)) => {
                return Err(unusable(UnusableToken::NoAccessToken));
            }
            Some(other) => return Err(unusable(UnusableToken::AccessTokenNotText(kind_of(other)))),
        };
        let mut deviations = form_deviations(response, &object, &access_token);
        deviations.extend(smart_deviations(step.grant().flow(), &object.members));
        let mut members = object.members;
        members.remove("access_token");
        let token_type = match members.remove("token_type") {
            Some(Value::String(text)) if !text.trim().is_empty() => text,
            _ => "Bearer".to_owned(),
        };
        let scope = members.remove("scope").as_ref().and_then(scope_text);
        if let Some(deviation) = narrowed(step.grant().scope(step.credentials()), scope.as_deref()) {
            deviations.push(deviation);
        }
        let seconds = members.remove("expires_in").as_ref().and_then(lifetime);
        Ok(Self {
            access_token,
            token_type,
            expires_at: seconds.map(|seconds| now.plus_seconds(seconds)),
            scope,
            refresh_token: text(&mut members, "refresh_token").map(RefreshToken::new),
            id_token: text(&mut members, "id_token").map(IdToken::new),
            extra: members,
            deviations,
        })
    }

    /// The answer as JSON: `expires_at` in place of `expires_in`, tokens masked unless they are to be shown.
    #[must_use]
    pub fn to_json(&self, show: SecretsShown) -> Map<String, Value> {
        let secret = |text: &str| match show {
            SecretsShown::Shown => Value::from(text),
            SecretsShown::Masked => Value::from("[redacted]"),
        };
        let mut json = Map::new();
        json.insert("access_token".to_owned(), secret(self.access_token.expose_secret()));
        json.insert("token_type".to_owned(), Value::from(self.token_type.as_str()));
        json.insert("expires_at".to_owned(), Value::from(self.expires_at.map(UnixTime::as_seconds)));
        json.insert("scope".to_owned(), Value::from(self.scope.as_deref()));
        if let Some(token) = &self.refresh_token {
            json.insert("refresh_token".to_owned(), secret(token.expose_secret()));
        }
        if let Some(token) = &self.id_token {
            json.insert("id_token".to_owned(), secret(token.expose_secret()));
        }
        for (name, value) in &self.extra {
            json.insert(name.clone(), value.clone());
        }
        json
    }
}

impl fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Of what a server adds, nobody knows what is secret: its names only.
        let extra: Vec<&String> = self.extra.keys().collect();
        f.debug_struct("TokenResponse")
            .field("access_token", &self.access_token)
            .field("expires_at", &self.expires_at)
            .field("scope", &self.scope)
            .field("refresh_token", &self.refresh_token)
            .field("id_token", &self.id_token)
            .field("extra", &extra)
            .field("deviations", &self.deviations)
            .finish_non_exhaustive()
    }
}

/// What is odd about the form of the answer.
fn form_deviations(response: &Response<Bytes>, object: &JsonObject, token: &AccessToken) -> Vec<Deviation> {
    let mut found = Vec::new();
    let mut report = |code, severity, section, detail: &str| {
        found.push(Deviation::new(code, severity, section, detail));
    };
    if response.status() != StatusCode::OK {
        let detail = format!("the status is {}; 200 was expected", response.status().as_u16());
        report("status-not-200", Severity::Info, SECTION, &detail);
    }
    if !is_json(response) {
        report(
            "content-type",
            Severity::Warning,
            SECTION,
            "the content type is not `application/json`; the body is JSON all the same",
        );
    }
    if !header(response, &CACHE_CONTROL).to_ascii_lowercase().contains("no-store") {
        report(
            "cache-control-missing",
            Severity::Info,
            SECTION,
            "no `Cache-Control: no-store` came with the token",
        );
    }
    match object.byte_order_mark {
        ByteOrderMark::Present => report(
            "byte-order-mark",
            Severity::Info,
            "RFC 8259 §8.1",
            "a byte order mark stands before the JSON",
        ),
        ByteOrderMark::Absent => {}
    }
    if !object.doubled.is_empty() {
        report(
            "duplicate-member",
            Severity::Warning,
            "RFC 8259 §4",
            "a member came more than once; the last one counts",
        );
    }
    if object.members.get("error").is_some_and(|error| !error.is_null()) {
        report("error-beside-token", Severity::Warning, SECTION, "an `error` came together with a token");
    }
    if !token.expose_secret().bytes().all(|byte| (0x20..=0x7e).contains(&byte)) {
        report(
            "access-token-characters",
            Severity::Error,
            "RFC 6749 Appendix A.12",
            "`access_token` has characters that no header can carry",
        );
    }
    found
}

/// Which of the scopes asked for were not granted. A server may narrow them (RFC 6749 §3.3).
pub(super) fn narrowed(asked: Option<&str>, granted: Option<&str>) -> Option<Deviation> {
    let granted: Vec<&str> = granted?.split_ascii_whitespace().collect();
    let left_out: Vec<&str> =
        asked?.split_ascii_whitespace().filter(|scope| !granted.contains(scope)).collect();
    (!left_out.is_empty()).then(|| {
        Deviation::new(
            "scope-narrowed",
            Severity::Info,
            "RFC 6749 §3.3",
            format!("not granted under the name asked for: {}", left_out.join(" ")),
        )
        .of_member("scope")
    })
}

/// Takes a member out where it is a text with something in it.
fn text(members: &mut Map<String, Value>, name: &str) -> Option<String> {
    match members.get_mut(name) {
        Some(Value::String(text)) if !text.trim().is_empty() => {
            let text = std::mem::take(text);
            members.remove(name);
            Some(text)
        }
        _ => None,
    }
}

fn is_json(response: &Response<Bytes>) -> bool {
    let value = header(response, &CONTENT_TYPE).to_ascii_lowercase();
    let kind = value.split(';').next().unwrap_or_default().trim();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

fn header<'a>(response: &'a Response<Bytes>, name: &http::HeaderName) -> &'a str {
    response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

impl TokenError {
    fn redirected(step: &TokenRequest, response: &Response<Bytes>) -> Self {
        Self::Redirected {
            endpoint: crate::url::display_url(step.endpoint()),
            answer: Box::new(ServerAnswer::read(response)),
        }
    }

    fn refused(step: &TokenRequest, response: &Response<Bytes>, now: UnixTime) -> Self {
        let answer = ServerAnswer::read(response);
        let clock_offset = answer.date.map(|date| now.as_seconds().saturating_sub(date));
        Self::Refused {
            endpoint: crate::url::display_url(step.endpoint()),
            answer: Box::new(answer),
            grant_type: step.grant().grant_type(),
            method: step.credentials().method(),
            assertion: SentAssertion::of(step.credentials(), step.endpoint()).map(Box::new),
            clock_offset,
        }
    }

    fn unusable(step: &TokenRequest, response: &Response<Bytes>, reason: UnusableToken) -> Self {
        Self::Unusable {
            endpoint: crate::url::display_url(step.endpoint()),
            answer: Box::new(ServerAnswer::read(response)),
            reason,
        }
    }
}
