//! Who is at fault when something fails, and what every error of Safire can answer.

use std::borrow::Cow;
use std::fmt;

use crate::server_answer::ServerAnswer;

/// Who has to act so that a failure goes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// The application or the person: an input, a setting, a missing key.
    Caller,
    /// The FHIR server or its authorization server.
    Server,
    /// A certificate or a signature that is not trusted.
    Trust,
    /// The way between: names, connections, time.
    Network,
    /// The place where credentials are kept.
    Store,
    /// Safire itself.
    Bug,
}

impl Fault {
    /// The stable name used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Caller => "caller",
            Self::Server => "server",
            Self::Trust => "trust",
            Self::Network => "network",
            Self::Store => "store",
            Self::Bug => "bug",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What each error of Safire answers, so that it ends the search instead of starting one.
///
/// The `Display` text says what was tried and what came back; these methods say the rest.
pub trait Diagnose: std::error::Error {
    /// A stable kebab-case name, listed in the reference.
    fn code(&self) -> &'static str;

    /// Who has to act.
    fn fault(&self) -> Fault;

    /// Whether the same call may succeed later, unchanged.
    fn is_retryable(&self) -> bool {
        false
    }

    /// The likely cause and the next step.
    fn hint(&self) -> Option<Cow<'_, str>> {
        None
    }

    /// The URL concerned, without its query and user information.
    fn endpoint(&self) -> Option<&str> {
        None
    }

    /// What the server answered, where it answered.
    fn server_answer(&self) -> Option<&ServerAnswer> {
        None
    }
}
