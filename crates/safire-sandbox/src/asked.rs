//! A request, read whole.

use bytes::Bytes;
use http::HeaderMap;
use http::HeaderName;
use http::Method;
use http::header::CONTENT_TYPE;

/// A request with its body.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Asked {
    /// A header's value, where it is text and there once.
    pub(crate) fn header(&self, name: &HeaderName) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let first = values.next()?.to_str().ok()?;
        values.next().is_none().then_some(first)
    }

    /// The media type without its parameters, in lower case.
    pub(crate) fn media_type(&self) -> Option<String> {
        let value = self.header(&CONTENT_TYPE)?;
        Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
    }

    /// What follows the scheme in the `Authorization` header; the scheme's case is free (RFC 9110 §11.1).
    pub(crate) fn authorization(&self, scheme: &str) -> Option<&str> {
        let (found, rest) = self.header(&http::header::AUTHORIZATION)?.split_once(' ')?;
        found.eq_ignore_ascii_case(scheme).then(|| rest.trim())
    }
}
