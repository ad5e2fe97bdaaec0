//! Which fleet a run works on: the same list with the same template is the same fleet, on every machine.

use std::fmt;
use std::fmt::Write as _;

use aws_lc_rs::digest;

/// What is done with each server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FleetKind {
    /// It is asked what it offers.
    Discover,
    /// A client is registered there.
    Register,
}

impl FleetKind {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Discover => "discover",
            Self::Register => "register",
        }
    }

    /// Reads the stable name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Discover, Self::Register].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// The name of a fleet: `f` and 32 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FleetId(String);

impl FleetId {
    /// Reads an id; `None` when the text does not have its form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix('f')?;
        let formed = rest.len() == 32
            && rest.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        formed.then(|| Self(text.to_owned()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FleetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Makes a [`FleetId`] of all that decides what a fleet does, piece by piece.
#[derive(Clone)]
pub struct FleetHasher(digest::Context);

impl FleetHasher {
    /// Begins with the kind.
    #[must_use]
    pub fn new(kind: FleetKind) -> Self {
        let mut hasher = Self(digest::Context::new(&digest::SHA256));
        hasher.0.update(b"safire fleet 1\0");
        hasher.part(kind.as_str().as_bytes());
        hasher
    }

    /// Adds one whole part, told apart from the next by its length.
    pub fn part(&mut self, bytes: &[u8]) {
        self.0.update(&(bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    /// Adds bytes of the list itself. It comes last, in pieces of any size.
    pub fn content(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The id.
    #[must_use]
    pub fn finish(self) -> FleetId {
        let hash = self.0.finish();
        let mut text = String::from("f");
        for byte in hash.as_ref().iter().take(16) {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        FleetId(text)
    }
}

impl fmt::Debug for FleetHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FleetHasher")
    }
}
