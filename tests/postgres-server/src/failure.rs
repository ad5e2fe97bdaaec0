//! Why there is no server.

use std::fmt;

/// A server that should run and does not, or a statement that it refused; the text holds what it wrote.
pub struct Failure(String);

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    pub(crate) fn of(doing: &str) -> impl Fn(std::io::Error) -> Self + '_ {
        move |error| Self(format!("{doing}: {error}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

// `unwrap()` in a test prints `Debug`: the lines of the server's log must stay lines.
impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Failure {}

/// Something outside this repository is missing, so the server is left out.
#[derive(Debug)]
pub(crate) struct Missing(pub(crate) String);
