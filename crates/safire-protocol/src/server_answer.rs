//! A failing answer, read for people: what a server said and what of it may be shown.

mod http_date;
mod reading;
mod redaction;

use std::fmt;

use serde::Serialize;

pub(crate) use http_date::days_from_civil;
pub(crate) use redaction::REDACTED;
pub(crate) use redaction::clean;
pub(crate) use redaction::is_secret_member;
pub(crate) use redaction::mask_value;
pub(crate) use redaction::secrets_within;

/// What a server answered when it was not what we wanted.
///
/// Its texts are clipped, free of control characters and of anything that looks like a credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ServerAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The content type as sent.
    pub content_type: Option<String>,
    /// What the body turned out to be.
    pub kind: BodyKind,
    /// The OAuth error code, wherever the server put it.
    pub error: Option<String>,
    /// The OAuth error description, wherever the server put it.
    pub error_description: Option<String>,
    /// The OAuth error URI.
    pub error_uri: Option<String>,
    /// The beginning of a text body, or the title of a page; never a JSON value.
    pub excerpt: Option<String>,
    /// The names of the members of a JSON body, without their values.
    pub members: Vec<String>,
    /// Scheme and host of a `Location` header.
    pub location: Option<String>,
    /// `Retry-After` in seconds, where it is a number.
    pub retry_after: Option<u64>,
    /// The server's `Date` header as seconds since 1970, for clock questions.
    pub date: Option<i64>,
}

/// What a body turned out to be, whatever its content type says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum BodyKind {
    /// No body, or white space.
    Empty,
    /// A JSON object.
    JsonObject,
    /// JSON, but not an object.
    JsonOther,
    /// A page.
    Html,
    /// Anything else.
    Text,
}

impl fmt::Display for ServerAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP {}", self.status)?;
        if let Some(location) = &self.location {
            write!(f, ", a redirect to {location}")?;
        }
        match (&self.error, &self.error_description) {
            (Some(error), Some(text)) => return write!(f, ", error {error:?}: {text:?}"),
            (Some(error), None) => {
                write!(f, ", error {error:?}")?;
                return match &self.error_uri {
                    Some(uri) => write!(f, " ({uri})"),
                    None => Ok(()),
                };
            }
            (None, Some(text)) => return write!(f, ", no error code: {text:?}"),
            (None, None) => {}
        }
        match (self.kind, &self.excerpt) {
            (BodyKind::Empty, _) => f.write_str(", an empty body"),
            (BodyKind::JsonObject, _) if self.members.is_empty() => f.write_str(", an empty JSON object"),
            (BodyKind::JsonObject, _) => write!(f, ", a JSON object with {}", self.members.join(", ")),
            (BodyKind::JsonOther, _) => f.write_str(", JSON that is not an object"),
            (BodyKind::Html, Some(title)) => write!(f, ", an HTML page in place of JSON: {title:?}"),
            (BodyKind::Html, None) => f.write_str(", an HTML page in place of JSON"),
            (BodyKind::Text, Some(text)) => write!(f, ", text in place of JSON: {text:?}"),
            (BodyKind::Text, None) => f.write_str(", text in place of JSON"),
        }
    }
}
