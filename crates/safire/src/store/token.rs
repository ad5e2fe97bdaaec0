//! One token as it is kept.

use std::fmt;

use safire_protocol::time::UnixTime;
use safire_protocol::token::StoredTokenError;
use safire_protocol::token::TokenResponse;
use zeroize::Zeroizing;

use super::content::ContentError;
use super::record::RecordId;

/// Which token: of which registration, and in which of its slots.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(clippy::exhaustive_structs, reason = "a key has these two parts")]
pub struct TokenKey {
    /// The registration that it was obtained with.
    pub record: RecordId,
    /// The slot.
    pub slot: TokenSlot,
}

/// What tells the tokens of one registration apart. It is stored in clear: no secret, no person's name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenSlot(String);

impl TokenSlot {
    /// The one login of an application that has one user, such as a native app.
    #[must_use]
    pub fn login() -> Self {
        Self("login".to_owned())
    }

    /// The login of one session of an application with many users; `session` is the application's own name for it.
    #[must_use]
    pub fn session(session: &str) -> Self {
        Self(format!("login {session}"))
    }

    /// The token that the client has for itself; the order of the scopes does not matter.
    #[must_use]
    pub fn backend(scope: Option<&str>) -> Self {
        let mut scopes: Vec<&str> = scope.unwrap_or_default().split_ascii_whitespace().collect();
        scopes.sort_unstable();
        scopes.dedup();
        let mut slot = "backend".to_owned();
        for scope in scopes {
            slot.push(' ');
            slot.push_str(scope);
        }
        Self(slot)
    }

    /// The same for one circumstance of several, such as one purpose of use: a token is for that alone. `context` names
    /// it without telling anything of it.
    #[must_use]
    pub fn within(self, context: &str) -> Self {
        Self(format!("{} in {context}", self.0))
    }

    /// Reads what [`Self::as_str`] gave.
    #[must_use]
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The slot as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TokenSlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The last token of a slot, and what became of it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TokenRecord {
    /// Which token.
    pub key: TokenKey,
    /// One more at each change; whoever waits for a renewal sees by it that there was one.
    pub generation: u64,
    /// When it last changed.
    pub updated_at: UnixTime,
    /// The token itself: sealed at rest.
    pub token: TokenResponse,
    /// Whether it can be renewed.
    pub standing: Standing,
}

/// Whether a login still leads to tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Standing {
    /// As far as is known.
    Good,
    /// The server refused its refresh token: nobody needs to ask again.
    LoginNeeded,
}

impl TokenRecord {
    /// The first token of a slot.
    #[must_use]
    pub const fn new(key: TokenKey, token: TokenResponse, now: UnixTime) -> Self {
        Self { key, generation: 1, updated_at: now, token, standing: Standing::Good }
    }

    /// The record after this one.
    #[must_use]
    pub fn next(&self, token: TokenResponse, now: UnixTime) -> Self {
        let generation = self.generation.saturating_add(1);
        Self { key: self.key.clone(), generation, updated_at: now, token, standing: Standing::Good }
    }

    /// The form at rest of what is sealed. Wiped when dropped.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let token = self.token.to_bytes();
        let mut bytes = Zeroizing::new(Vec::with_capacity(1 + token.len()));
        bytes.push(match self.standing {
            Standing::Good => GOOD,
            Standing::LoginNeeded => LOGIN_NEEDED,
        });
        bytes.extend_from_slice(&token);
        bytes
    }

    /// Reads the form at rest.
    ///
    /// # Errors
    /// [`ContentError`] when it is newer than this version or damaged.
    pub fn from_bytes(
        key: TokenKey,
        generation: u64,
        updated_at: UnixTime,
        bytes: &[u8],
    ) -> Result<Self, ContentError> {
        let damaged = ContentError::Damaged { what: "a token is not what was written" };
        let (standing, token) = match bytes.split_first() {
            Some((&GOOD, token)) => (Standing::Good, token),
            Some((&LOGIN_NEEDED, token)) => (Standing::LoginNeeded, token),
            Some(_) | None => return Err(damaged),
        };
        let token = TokenResponse::from_bytes(token).map_err(|error| match error {
            StoredTokenError::NewerForm { found, known } => ContentError::NewerForm { found, known },
            StoredTokenError::Damaged | _ => damaged,
        })?;
        Ok(Self { key, generation, updated_at, token, standing })
    }
}

const GOOD: u8 = b'g';
const LOGIN_NEEDED: u8 = b'l';
