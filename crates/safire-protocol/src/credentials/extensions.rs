//! What a token request says of its circumstances, UDAP Client Authorization Grants §4.

use std::fmt;

use serde_json::Map;
use serde_json::Value;

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
