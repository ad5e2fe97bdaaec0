//! What a server did that the specification does not say: reported, not refused.

use std::fmt;

use serde::Serialize;

/// How much a deviation or a difference matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Severity {
    /// Worth knowing; nothing to do.
    Info,
    /// Works now, may surprise later.
    Warning,
    /// The client will probably not do what was meant. A strict caller refuses it.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// One departure from a specification that was read all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Deviation {
    /// A stable kebab-case name, such as `status-200`.
    pub code: &'static str,
    /// The JSON member concerned, where it is one.
    pub member: Option<String>,
    /// What was seen and what was expected, in one line.
    pub detail: String,
    /// The section of the specification, such as `RFC 7591 §3.2.1`.
    pub section: &'static str,
    /// How much it matters.
    pub severity: Severity,
}

impl Deviation {
    /// A deviation of the whole answer.
    #[must_use]
    pub fn new(
        code: &'static str,
        severity: Severity,
        section: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self { code, member: None, detail: detail.into(), section, severity }
    }

    /// The same deviation, said of one member.
    #[must_use]
    pub fn of_member(mut self, member: impl Into<String>) -> Self {
        self.member = Some(member.into());
        self
    }
}
