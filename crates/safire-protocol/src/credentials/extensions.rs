//! What a token request says of its circumstances, UDAP Client Authorization Grants §4.

use std::fmt;
use std::fmt::Write as _;

use aws_lc_rs::digest;
use serde_json::Map;
use serde_json::Value;

use crate::registration::push_value;

/// The key name of the B2B authorization extension object, UDAP Security 2.0 §5.2.1.1.
pub const HL7_B2B: &str = "hl7-b2b";
/// The key name of the object with which a TEFCA individual access service says for whom it asks.
pub const TEFCA_IAS: &str = "tefca_ias";

/// Authorization extension objects by their key names: an open map, as communities define their own.
///
/// The objects may name patients, so `Debug` shows the key names alone.
#[derive(Clone, Default, PartialEq)]
pub struct AuthorizationExtensions(Map<String, Value>);

impl AuthorizationExtensions {
    /// No extension.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an object that a community defines, in place of one under the same name.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, object: Map<String, Value>) -> Self {
        self.0.insert(name.into(), Value::Object(object));
        self
    }

    /// The object under this name.
    #[must_use]
    pub fn object(&self, name: &str) -> Option<&Map<String, Value>> {
        self.0.get(name).and_then(Value::as_object)
    }

    /// The key names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// A text that is equal for equal objects and tells nothing of them: what tells the tokens of one circumstance from
    /// those of another. `None` without any object.
    #[must_use]
    pub fn digest(&self) -> Option<String> {
        if self.0.is_empty() {
            return None;
        }
        let mut text = String::from("safire-authorization-extensions-1\n");
        push_value(&mut text, &Value::Object(self.0.clone()));
        let digest = digest::digest(&digest::SHA256, text.as_bytes());
        // Half of it: that is long enough to be unique, and short enough for a name.
        Some(digest.as_ref().iter().take(16).fold(String::with_capacity(32), |mut hex, byte| {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        }))
    }

    /// Those that are sent where `is_sent` says so.
    pub(super) fn only(&self, is_sent: impl Fn(&str) -> bool) -> Map<String, Value> {
        let sent = self.0.iter().filter(|(name, _)| is_sent(name));
        sent.map(|(name, object)| (name.clone(), object.clone())).collect()
    }
}

impl fmt::Debug for AuthorizationExtensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.names().collect();
        f.debug_tuple("AuthorizationExtensions").field(&names).finish()
    }
}
