//! Who changes a store.

use std::fmt;
use std::fs;

/// Who changes a store, in the words that its history keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor(String);

impl Actor {
    /// An actor with a name of the caller's, such as a user of an application. It is kept in clear.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        let name: String = name.into();
        // Control characters would end a line of a listing, and PostgreSQL keeps no NUL.
        Self(name.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect())
    }

    /// This process: `HOST pid PID uid UID`, as far as the system tells.
    #[must_use]
    pub fn this_process() -> Self {
        let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let mut text = host.trim().to_owned();
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&format!("pid {}", std::process::id()));
        if let Some(user) = user() {
            text.push_str(&format!(" uid {user}"));
        }
        Self::named(text)
    }

    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A process's folder belongs to its user.
#[cfg(unix)]
fn user() -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").ok().map(|folder| folder.uid())
}

#[cfg(not(unix))]
fn user() -> Option<u32> {
    None
}
