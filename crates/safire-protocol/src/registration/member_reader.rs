//! Reads members that may have another kind than they should, and notes it.

use serde_json::Map;
use serde_json::Value;

use super::timestamp;
use crate::deviation::Deviation;
use crate::deviation::Severity;
use crate::json::kind_of;
use crate::time::UnixTime;

/// The members of an answer and what was odd about those read so far.
pub(super) struct MemberReader<'a> {
    members: &'a Map<String, Value>,
    pub(super) deviations: Vec<Deviation>,
}

/// Whether a member counts as absent (field practice: null, `""`, and `{}` for `jwks`).
pub(super) fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) => false,
    }
}

impl<'a> MemberReader<'a> {
    pub(super) const fn new(members: &'a Map<String, Value>) -> Self {
        Self { members, deviations: Vec::new() }
    }

    /// The member, unless it counts as absent.
    pub(super) fn value(&self, name: &str) -> Option<&'a Value> {
        self.members.get(name).filter(|value| !is_absent(value))
    }

    /// A string member; another kind is noted and not used.
    pub(super) fn text(&mut self, name: &str) -> Option<&'a str> {
        let value = self.value(name)?;
        if let Value::String(text) = value {
            return Some(self.trimmed(name, text)).filter(|text| !text.is_empty());
        }
        self.wrong_kind(name, "a string", value);
        None
    }

    /// An array of strings. A string in its place is one item, or for grants and types items between blanks.
    pub(super) fn list(&mut self, name: &str) -> Option<Vec<&'a str>> {
        match self.value(name)? {
            Value::Array(items) => {
                let mut list = Vec::with_capacity(items.len());
                for item in items {
                    match item {
                        Value::String(text) => list.push(self.trimmed(name, text)),
                        Value::Null
                        | Value::Bool(_)
                        | Value::Number(_)
                        | Value::Array(_)
                        | Value::Object(_) => self.wrong_kind(name, "an array of strings", item),
                    }
                }
                Some(list)
            }
            Value::String(text) => {
                self.note(
                    "string-in-place-of-array",
                    Severity::Warning,
                    name,
                    format!("`{name}` is a string, expected an array of strings"),
                );
                Some(if matches!(name, "grant_types" | "response_types") {
                    text.split_ascii_whitespace().collect()
                } else {
                    vec![text.trim()]
                })
            }
            other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) => {
                self.wrong_kind(name, "an array of strings", other);
                None
            }
        }
    }

    /// A point in time; 0 stays 0.
    pub(super) fn time(&mut self, name: &str) -> Option<UnixTime> {
        let read = timestamp::read(self.value(name)?);
        if let Some((code, seen)) = read.oddity {
            let severity = if read.seconds.is_some() { Severity::Info } else { Severity::Warning };
            let detail = format!("`{name}` is {seen}, expected a number of seconds since 1970");
            self.note(code, severity, name, detail);
        }
        read.seconds.map(UnixTime::from_seconds)
    }

    pub(super) fn note(
        &mut self,
        code: &'static str,
        severity: Severity,
        member: &str,
        detail: impl Into<String>,
    ) {
        self.note_by(code, severity, "RFC 7591 §3.2.1", member, detail);
    }

    pub(super) fn note_by(
        &mut self,
        code: &'static str,
        severity: Severity,
        section: &'static str,
        member: &str,
        detail: impl Into<String>,
    ) {
        self.deviations.push(Deviation::new(code, severity, section, detail).of_member(member));
    }

    pub(super) fn wrong_kind(&mut self, name: &str, expected: &str, seen: &Value) {
        let detail = format!("`{name}` has {}, expected {expected}; it is not used", kind_of(seen));
        self.note("wrong-kind", Severity::Warning, name, detail);
    }

    fn trimmed(&mut self, name: &str, text: &'a str) -> &'a str {
        let trimmed = text.trim();
        if trimmed.len() != text.len() {
            self.note(
                "blanks-around-value",
                Severity::Warning,
                name,
                format!("`{name}` has blanks around its value; they are left out"),
            );
        }
        trimmed
    }
}
