//! Who may renew a token now: one of all processes that share the store.

use std::fmt;
use std::time::Duration;

use safire_protocol::time::UnixTime;

use super::token::TokenKey;

/// Who asks for a lease: a random name, new for each one that may renew.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LeaseOwner(String);

impl LeaseOwner {
    /// Makes a name of 128 random bits.
    #[must_use]
    pub fn from_random(random: [u8; 16]) -> Self {
        Self(format!("{:032x}", u128::from_be_bytes(random)))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LeaseOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The wish to be the one who renews.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "callers write it out")]
pub struct Claim {
    /// The token to be renewed.
    pub key: TokenKey,
    /// Who would renew it.
    pub owner: LeaseOwner,
    /// The time now. A store whose machines share no clock uses its own.
    pub now: UnixTime,
    /// How long the lease lasts if its owner dies: longer than any renewal takes.
    pub term: Duration,
}

/// The answer to a [`Claim`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "ours or not")]
pub enum Claimed {
    /// The lease is the claimant's, newly or still.
    Ours,
    /// Another one has it.
    Theirs {
        /// When it ends on its own.
        until: UnixTime,
    },
}
