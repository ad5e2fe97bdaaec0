//! What a server answered to a registration, byte for byte.

use std::fmt;

use bytes::Bytes;
use http::Response;
use http::header;
use serde_json::Map;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::time::UnixTime;

/// The raw answer: what is stored, and what everything else about a registration is read from.
#[derive(Clone)]
#[non_exhaustive]
pub struct Answer {
    /// The HTTP status; `None` for a client that was registered by hand, in a portal.
    pub status: Option<u16>,
    /// The content type as sent.
    pub content_type: Option<String>,
    /// When it came.
    pub received_at: UnixTime,
    body: Zeroizing<Vec<u8>>,
}

impl Answer {
    /// An answer from its parts, as a store keeps them.
    #[must_use]
    pub fn new(
        status: Option<u16>,
        content_type: Option<String>,
        body: Vec<u8>,
        received_at: UnixTime,
    ) -> Self {
        Self { status, content_type, received_at, body: Zeroizing::new(body) }
    }

    /// The answer that just came.
    #[must_use]
    pub fn from_response(response: &Response<Bytes>, received_at: UnixTime) -> Self {
        let content_type = response.headers().get(header::CONTENT_TYPE);
        let content_type = content_type.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        Self::new(Some(response.status().as_u16()), content_type, response.body().to_vec(), received_at)
    }

    /// What a portal showed, written down by a person.
    #[must_use]
    pub fn by_hand(members: Map<String, Value>, received_at: UnixTime) -> Self {
        Self::new(None, None, Value::Object(members).to_string().into_bytes(), received_at)
    }

    /// The body, secrets and all.
    #[must_use]
    pub fn expose_body(&self) -> &[u8] {
        &self.body
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("content_type", &self.content_type)
            .field("received_at", &self.received_at)
            .field("body", &format_args!("[redacted, {} bytes]", self.body.len()))
            .finish()
    }
}
