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
    /// To which request it came.
    pub to: AnswerTo,
    /// What is known of its registration access token.
    pub token: Trial,
    /// What is known of its client secret.
    pub secret: Trial,
    body: Zeroizing<Vec<u8>>,
}

/// To which request an answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum AnswerTo {
    /// The registration itself, RFC 7591 §3.1, or the form of a portal.
    #[default]
    Registration,
    /// A read, RFC 7592 §2.1.
    Read,
    /// An update, RFC 7592 §2.2.
    Update,
}

/// What is known of a credential that an answer brought: some servers show a hash, or a dead value, in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_enums, reason = "nothing, yes or no")]
pub enum Trial {
    /// It was not used yet.
    #[default]
    Untried,
    /// The server took it.
    Works,
    /// The server did not take it, while an older one was taken.
    Refused,
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
        let (to, token, secret) = (AnswerTo::default(), Trial::default(), Trial::default());
        Self { status, content_type, received_at, to, token, secret, body: Zeroizing::new(body) }
    }

    /// The same, to another request than the registration.
    #[must_use]
    pub const fn to(mut self, request: AnswerTo) -> Self {
        self.to = request;
        self
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
            .field("to", &self.to)
            .field("token", &self.token)
            .field("secret", &self.secret)
            .field("body", &format_args!("[redacted, {} bytes]", self.body.len()))
            .finish()
    }
}
