//! What was sent to manage a registration and has no answer yet.

use std::fmt;

use safire_protocol::registration::Answer;
use safire_protocol::registration::management::Operation;
use safire_protocol::time::UnixTime;
use serde_json::Map;
use serde_json::Value;

/// What was sent to manage a registration (RFC 7592) and has no answer that could be used: it is in doubt whether the
/// server did it, and whether its answer held new credentials.
#[derive(Clone)]
#[non_exhaustive]
pub struct Pending {
    /// What was sent.
    pub operation: Operation,
    /// When.
    pub since: UnixTime,
    /// The metadata of an update.
    pub requested: Option<Map<String, Value>>,
    /// The answer that could not be used, byte for byte.
    pub answer: Option<Answer>,
    /// Why there is no usable answer, in words that may be shown; `None` while it is awaited.
    pub note: Option<String>,
}

impl Pending {
    /// What is about to be sent.
    #[must_use]
    pub const fn new(operation: Operation, since: UnixTime, requested: Option<Map<String, Value>>) -> Self {
        Self { operation, since, requested, answer: None, note: None }
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members: Option<Vec<&String>> = self.requested.as_ref().map(|members| members.keys().collect());
        f.debug_struct("Pending")
            .field("operation", &self.operation)
            .field("since", &self.since)
            .field("requested", &members)
            .field("answer", &self.answer)
            .field("note", &self.note)
            .finish()
    }
}
