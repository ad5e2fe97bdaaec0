//! An answer, before it goes on the wire.

use bytes::Bytes;
use http::HeaderMap;
use http::HeaderName;
use http::HeaderValue;
use http::StatusCode;
use http::header::CACHE_CONTROL;
use http::header::CONTENT_TYPE;
use http::header::PRAGMA;
use serde::Serialize;

/// A status, headers, and a body that need not be delivered properly.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Content,
}

/// How the body is delivered.
#[derive(Debug)]
pub(crate) enum Content {
    /// Properly.
    Whole(Bytes),
    /// Half of it, then a connection reset.
    Half(Bytes),
    /// A blank every now and then, for ever.
    Endless,
    /// That many bytes, streamed.
    Huge(u64),
}

impl Reply {
    pub(crate) fn new(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: Content::Whole(Bytes::new()) }
    }

    pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Self {
        // invariant: what is serialised here are maps with text keys and plain structs, which cannot fail.
        let bytes = serde_json::to_vec(value).unwrap_or_default();
        Self::new(status).with_body("application/json", bytes)
    }

    /// JSON that is written already.
    pub(crate) fn of_json(status: StatusCode, bytes: Bytes) -> Self {
        Self::new(status).with_body("application/json", bytes)
    }

    pub(crate) fn with_body(mut self, media_type: &'static str, body: impl Into<Bytes>) -> Self {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        self.body = Content::Whole(body.into());
        self
    }

    pub(crate) fn with_header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    /// RFC 6749 §5.1, RFC 7591 §3.2.1: an answer with secrets is not to be cached.
    pub(crate) fn no_store(mut self) -> Self {
        self.headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        self.headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
        self
    }

    /// An OAuth error object.
    pub(crate) fn oauth_error(status: StatusCode, error: &str, description: &str) -> Self {
        Self::json(status, &OAuthError { error, error_description: description }).no_store()
    }

    /// The bytes of a body that is delivered whole, else nothing.
    pub(crate) fn bytes(&self) -> Bytes {
        match &self.body {
            Content::Whole(bytes) | Content::Half(bytes) => bytes.clone(),
            Content::Endless | Content::Huge(_) => Bytes::new(),
        }
    }
}

#[derive(Serialize)]
struct OAuthError<'a> {
    error: &'a str,
    error_description: &'a str,
}
