//! A failing answer, read for people: what a server said and what of it may be shown.

use serde::Serialize;

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
