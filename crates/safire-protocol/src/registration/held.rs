//! The credentials of a registration over several answers: what an answer does not show stays as it was.

use serde_json::Map;
use serde_json::Value;

use super::answer::Answer;
use super::answer::AnswerTo;
use super::answer::Trial;
use super::client_id;
use super::member_reader::MemberReader;
use super::member_reader::is_absent;
use super::registration::Registration;
use super::registration::SecretExpiry;
use crate::deviation::Deviation;
use crate::deviation::Severity;
use crate::json::kind_of;
use crate::secret::ClientSecret;
use crate::secret::RegistrationAccessToken;
use crate::time::UnixTime;

const SECRET: &str = "client_secret";
const EXPIRES: &str = "client_secret_expires_at";
const TOKEN: &str = "registration_access_token";
const URI: &str = "registration_client_uri";
const ISSUED: &str = "client_id_issued_at";

/// What is in force after an answer.
pub(super) struct Held {
    pub(super) secret: Option<ClientSecret>,
    pub(super) superseded_secret: Option<ClientSecret>,
    pub(super) secret_expires_at: SecretExpiry,
    pub(super) token: Option<RegistrationAccessToken>,
    pub(super) superseded_token: Option<RegistrationAccessToken>,
    pub(super) uri: Option<String>,
    pub(super) issued_at: Option<UnixTime>,
}

impl Held {
    /// Reads them from members that [`complete`] has completed.
    pub(super) fn read(reader: &mut MemberReader<'_>, answer: &Answer, held: Option<&Registration>) -> Self {
        let secret = read_secret(reader, answer.expose_body())
            // The digits of a number stand in the body that it came in.
            .or_else(|| held.and_then(|held| held.client_secret.clone()));
        let secret_expires_at = match reader.time(EXPIRES) {
            None => SecretExpiry::Unknown,
            Some(time) if time.as_seconds() == 0 => SecretExpiry::Never,
            Some(time) => SecretExpiry::At(time),
        };
        let token = reader.text(TOKEN).map(RegistrationAccessToken::new);
        let superseded_secret = before(
            answer.secret,
            (secret.as_ref(), held.and_then(|held| held.client_secret.as_ref())),
            held.and_then(|held| held.superseded_secret.as_ref()),
            ClientSecret::expose_secret,
        );
        let superseded_token = before(
            answer.token,
            (token.as_ref(), held.and_then(|held| held.registration_access_token.as_ref())),
            held.and_then(|held| held.superseded_token.as_ref()),
            RegistrationAccessToken::expose_secret,
        );
        let uri = reader.text(URI).map(str::to_owned);
        let issued_at = reader.time(ISSUED);
        Self { secret, superseded_secret, secret_expires_at, token, superseded_token, uri, issued_at }
    }
}

/// The credential to fall back to: the one held before, where this answer brought another; none once it works.
fn before<T: Clone>(
    trial: Trial,
    (now, held): (Option<&T>, Option<&T>),
    earlier: Option<&T>,
    text: fn(&T) -> &str,
) -> Option<T> {
    match (trial, held) {
        (Trial::Works, _) => None,
        (Trial::Untried | Trial::Refused, Some(held)) if now.map(text) != Some(text(held)) => {
            Some(held.clone())
        }
        (Trial::Untried | Trial::Refused, _) => earlier.cloned(),
    }
}

/// Puts in what stands of earlier answers: credentials always; metadata where a read, which changes nothing, leaves
/// them out.
pub(super) fn complete(members: &mut Map<String, Value>, answer: &Answer, held: Option<&Registration>) {
    if answer.secret == Trial::Refused {
        members.shift_remove(SECRET);
    }
    if answer.token == Trial::Refused {
        members.shift_remove(TOKEN);
    }
    let Some(held) = held else { return };
    let shows_secret = shows(members, SECRET);
    for (name, value) in &held.registered {
        let stands = match name.as_str() {
            SECRET => !shows_secret,
            // The time belongs to the secret that it came with.
            EXPIRES => !shows_secret && members.get(EXPIRES).is_none_or(is_absent),
            TOKEN | URI | ISSUED => !shows(members, name),
            "client_id" => members.get(name).is_none_or(is_absent),
            _ => answer.to == AnswerTo::Read && !members.contains_key(name),
        };
        if stands {
            members.insert(name.clone(), value.clone());
        }
    }
}

/// What is odd about the credentials of an answer to who manages a registration.
pub(super) fn note(
    members: &Map<String, Value>,
    answer: &Answer,
    held: Option<&Registration>,
) -> Vec<Deviation> {
    let mut found = Vec::new();
    if held.is_none() {
        return found;
    }
    let mut note = |code, severity, member: &str, detail: String| {
        found.push(Deviation::new(code, severity, "RFC 7592 §3", detail).of_member(member));
    };
    if members.get("client_id").is_none_or(is_absent) {
        let detail = "the answer names no `client_id`, expected the client's own";
        note("client-id-not-echoed", Severity::Warning, "client_id", detail.to_owned());
    }
    for (name, trial) in [(SECRET, answer.secret), (TOKEN, answer.token)] {
        let Some(value) = members.get(name).filter(|value| !is_absent(value)) else { continue };
        if trial == Trial::Refused || value.as_str().is_some_and(is_mask) {
            let detail = format!("`{name}` is not the value itself: the one that works is kept");
            note("credential-masked", Severity::Warning, name, detail);
        }
    }
    found
}

/// Whether the member is there with something that can be a value.
fn shows(members: &Map<String, Value>, name: &str) -> bool {
    members.get(name).is_some_and(|value| match value {
        Value::String(text) => !text.trim().is_empty() && !is_mask(text),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            !is_absent(other)
        }
    })
}

/// `********` and what else servers write where they do not show a value.
fn is_mask(text: &str) -> bool {
    let text = text.trim();
    let words = ["[redacted]", "redacted", "[hidden]", "hidden"];
    !text.is_empty()
        && (text.chars().all(|c| matches!(c, '*' | '•' | '●' | 'x' | 'X' | '.'))
            || words.iter().any(|word| text.eq_ignore_ascii_case(word)))
}

/// A secret of any length; a whole number is taken by its digits, as for the client id.
fn read_secret(reader: &mut MemberReader<'_>, body: &[u8]) -> Option<ClientSecret> {
    match reader.value(SECRET)? {
        // A secret is used byte for byte: nothing is trimmed.
        Value::String(text) => Some(ClientSecret::new(text.as_str())).filter(|_| !text.trim().is_empty()),
        Value::Number(_) => {
            let secret = client_id::digits(SECRET, body).map(ClientSecret::new);
            let detail = format!("`{SECRET}` is a number, expected a string");
            reader.note("number-in-place-of-string", Severity::Warning, SECRET, detail);
            secret
        }
        other @ (Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
            let detail = format!("`{SECRET}` is {}, expected a string; it cannot be used", kind_of(other));
            reader.note("client-secret-unusable", Severity::Error, SECRET, detail);
            None
        }
    }
}
