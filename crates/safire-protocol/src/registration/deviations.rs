//! Where answers depart from RFC 7591 and RFC 7592, and how much it matters.

use serde_json::Value;
use url::Url;

use super::answer::Answer;
use super::answer::AnswerTo;
use super::member_reader::MemberReader;
use super::member_reader::is_absent;
use super::registration::SecretExpiry;
use crate::auth_method::AuthMethod;
use crate::deviation::Deviation;
use crate::deviation::Severity;
use crate::json::ByteOrderMark;
use crate::json::JsonObject;
use crate::secret::ClientSecret;
use crate::secret::RegistrationAccessToken;
use crate::url::is_loopback;

const ANSWER: &str = "RFC 7591 §3.2.1";
/// The most odd members that are told.
const MOST: usize = 64;

/// What is odd about status, content type and JSON.
pub(super) fn of_form(object: &JsonObject, answer: &Answer) -> Vec<Deviation> {
    let reader = &mut MemberReader::new(&object.members);
    if let Some(status) = answer.status {
        match answer.to {
            AnswerTo::Registration => of_status(reader, status),
            AnswerTo::Read | AnswerTo::Update => of_management_status(reader, status),
        }
        of_content_type(reader, answer.content_type.as_deref());
    }
    if object.byte_order_mark == ByteOrderMark::Present {
        let detail = "the body begins with a byte order mark, which must not be sent";
        reader.deviations.push(Deviation::new("byte-order-mark", Severity::Info, "RFC 8259 §8.1", detail));
    }
    for name in object.doubled.iter().take(MOST) {
        let name = &shown(name);
        let detail = format!("`{name}` comes more than once; the last one counts");
        reader.note_by("duplicate-member", Severity::Error, "RFC 8259 §4", name, detail);
    }
    let mut notes = 0;
    for (name, value) in &object.members {
        if let Some((code, severity, section, what)) = oddity(name, value) {
            // A body of nothing but nulls must not grow into a report many times its size.
            notes += 1;
            if notes > MOST {
                break;
            }
            let name = shown(name);
            reader.note_by(code, severity, section, &name, format!("`{name}` {what}"));
        }
    }
    std::mem::take(&mut reader.deviations)
}

/// What is odd about one member, whatever the others say.
fn oddity(name: &str, value: &Value) -> Option<(&'static str, Severity, &'static str, &'static str)> {
    match value {
        Value::Null => Some(("null-member", Severity::Info, ANSWER, "is null; it counts as absent")),
        Value::String(text) if text.is_empty() => {
            Some(("empty-member", Severity::Info, ANSWER, "is an empty string; it counts as absent"))
        }
        Value::Object(members) if members.is_empty() && name == "jwks" => {
            Some(("empty-member", Severity::Info, ANSWER, "is an empty object; it counts as absent"))
        }
        Value::Number(_) if name == "client_id" => {
            let what = "is a number, expected a string; its digits are kept";
            Some(("numeric-client-id", Severity::Warning, ANSWER, what))
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            (name == "error" && !is_absent(value)).then_some((
                "error-beside-client-id",
                Severity::Error,
                "RFC 7591 §3.2.2",
                "stands beside a usable `client_id`",
            ))
        }
    }
}

/// A name as it may be shown: servers choose the names of their own members.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(100).collect()
}

fn of_status(reader: &mut MemberReader<'_>, status: u16) {
    let (code, severity) = match status {
        201 => return,
        200 => ("status-200", Severity::Info),
        202 => ("status-202", Severity::Warning),
        203 => ("status-203", Severity::Warning),
        _ => ("status-2xx", Severity::Warning),
    };
    let detail = format!("the status is {status}, expected 201");
    reader.deviations.push(Deviation::new(code, severity, ANSWER, detail));
}

fn of_management_status(reader: &mut MemberReader<'_>, status: u16) {
    if status != 200 {
        let detail = format!("the status is {status}, expected 200");
        let deviation = Deviation::new("status-not-200", Severity::Info, "RFC 7592 §3", detail);
        reader.deviations.push(deviation);
    }
}

fn of_content_type(reader: &mut MemberReader<'_>, content_type: Option<&str>) {
    let media = content_type.map(|text| text.split(';').next().unwrap_or_default().trim());
    let detail = match media {
        Some(media) if media.eq_ignore_ascii_case("application/json") => return,
        Some(media) => {
            let media: String = media.chars().filter(|c| !c.is_control()).take(60).collect();
            format!("the content type is `{media}`, expected `application/json`")
        }
        None => "there is no content type, expected `application/json`".to_owned(),
    };
    reader.deviations.push(Deviation::new("content-type", Severity::Warning, ANSWER, detail));
}

/// What is odd about the secret; `methods` are the one that the answer names and the one that was asked for.
pub(super) fn of_secret(
    answer: &Answer,
    secret: Option<&ClientSecret>,
    expiry: SecretExpiry,
    methods: (Option<&AuthMethod>, Option<&AuthMethod>),
    found: &mut Vec<Deviation>,
) {
    let by_hand = answer.status.is_none();
    let (named, asked) = methods;
    let mut note = |code, severity, member: &str, detail: String| {
        found.push(Deviation::new(code, severity, ANSWER, detail).of_member(member));
    };
    if secret.is_some() {
        // RFC 7591 §3.2.1: REQUIRED if a secret is issued. A person who writes it down need not know.
        if expiry == SecretExpiry::Unknown && !by_hand {
            let detail = "a client secret came without a usable `client_secret_expires_at`: when it stops \
                          working is unknown";
            note("secret-without-expiry", Severity::Error, "client_secret_expires_at", detail.to_owned());
        }
        if let Some(method @ (AuthMethod::None | AuthMethod::PrivateKeyJwt)) = named.or(asked) {
            let detail = format!("a client secret came for a client of method `{method}`: kept, not used");
            note("secret-not-used", Severity::Warning, "client_secret", detail);
        }
    } else if let Some(method @ (AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost)) = named {
        let detail = format!("the method is `{method}`, but no client secret came");
        note("secret-missing", Severity::Error, "client_secret", detail);
    }
    if let Some(AuthMethod::Other(name)) = named {
        let name: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
        let detail = format!("the method `{name}` is not one that this client speaks");
        note("unknown-auth-method", Severity::Error, "token_endpoint_auth_method", detail);
    }
    match expiry {
        SecretExpiry::At(time) if time <= answer.received_at => {
            let detail = "`client_secret_expires_at` lies in the past".to_owned();
            note("secret-expired", Severity::Warning, "client_secret_expires_at", detail);
        }
        SecretExpiry::At(_) | SecretExpiry::Never | SecretExpiry::Unknown => {}
    }
}

/// What is odd about how the registration is managed: its URL and its token.
pub(super) fn of_management(
    management: (Option<&str>, Option<&RegistrationAccessToken>),
    found: &mut Vec<Deviation>,
) {
    const NAME: &str = "registration_client_uri";
    let mut note = |code, severity, member: &str, detail: &str| {
        found.push(Deviation::new(code, severity, "RFC 7592 §3", detail).of_member(member));
    };
    let (url, token) = (management.0, management.1.is_some());
    match url {
        None if token => note(
            "management-url-missing",
            Severity::Warning,
            NAME,
            "a `registration_access_token` came without `registration_client_uri`: the registration cannot \
             be managed",
        ),
        None => {}
        Some(text) => {
            match Url::parse(text) {
                Ok(url) if url.scheme() == "https" => {}
                Ok(url) if url.scheme() == "http" && is_loopback(&url) => {}
                Ok(_) => {
                    let detail = "`registration_client_uri` is not https: the token is not sent there";
                    note("management-url-not-https", Severity::Warning, NAME, detail);
                }
                Err(_) => {
                    let detail = "`registration_client_uri` is not an absolute URL";
                    note("management-url-malformed", Severity::Warning, NAME, detail);
                }
            }
            if !token {
                let detail = "`registration_client_uri` came without a `registration_access_token`";
                note("management-token-missing", Severity::Info, "registration_access_token", detail);
            }
        }
    }
}
