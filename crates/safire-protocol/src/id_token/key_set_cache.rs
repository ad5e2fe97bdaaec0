use super::KeySet;
use crate::time::UnixTime;

/// The keys of an issuer with their age: tells when they are to be fetched, and fetches nothing itself.
#[derive(Debug, Clone)]
pub struct KeySetCache {
    keys: KeySet,
    policy: RefetchPolicy,
    fetched_at: UnixTime,
    tried_at: UnixTime,
}

/// How often keys may be fetched, and how long they are believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefetchPolicy {
    /// Seconds that must lie between two attempts, so that tokens with invented key names cannot make us a hammer.
    pub min_interval: i64,
    /// Seconds after which keys are fetched anew although nothing is wrong: a withdrawn key must go.
    pub max_age: i64,
}

/// Whether keys may be fetched now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
#[expect(clippy::exhaustive_enums, reason = "now or later")]
pub enum Refetch {
    /// Fetch them.
    Allowed,
    /// They were fetched just now; the token stays refused.
    NotBefore(UnixTime),
}

impl Default for RefetchPolicy {
    /// Once a minute at most, once a day at least.
    fn default() -> Self {
        Self { min_interval: 60, max_age: 24 * 60 * 60 }
    }
}

impl RefetchPolicy {
    /// A policy of these two times in seconds.
    #[must_use]
    pub const fn new(min_interval: i64, max_age: i64) -> Self {
        Self { min_interval, max_age }
    }

    /// Whether an attempt may follow the one at `tried_at`.
    ///
    /// A clock that was set back does not lock anybody out: an attempt in the future counts as none.
    pub const fn decide(&self, tried_at: UnixTime, now: UnixTime) -> Refetch {
        let next = tried_at.plus_seconds(self.min_interval);
        let waited = now.as_seconds() >= next.as_seconds() || now.as_seconds() < tried_at.as_seconds();
        if waited { Refetch::Allowed } else { Refetch::NotBefore(next) }
    }
}

impl KeySetCache {
    /// Keys that were fetched at `now`.
    #[must_use]
    pub const fn new(keys: KeySet, policy: RefetchPolicy, now: UnixTime) -> Self {
        Self { keys, policy, fetched_at: now, tried_at: now }
    }

    /// The keys as they were fetched last.
    #[must_use]
    pub const fn keys(&self) -> &KeySet {
        &self.keys
    }

    /// Whether the keys are so old that they are to be fetched before the next token is checked.
    #[must_use]
    pub fn is_stale(&self, now: UnixTime) -> bool {
        now >= self.fetched_at.plus_seconds(self.policy.max_age) && self.refetch(now) == Refetch::Allowed
    }

    /// Whether the keys may be fetched because a token names one that is not among them.
    pub const fn refetch(&self, now: UnixTime) -> Refetch {
        self.policy.decide(self.tried_at, now)
    }

    /// Takes the keys of a fetch that came about.
    pub fn fetched(&mut self, keys: KeySet, now: UnixTime) {
        self.keys = keys;
        self.fetched_at = now;
        self.tried_at = now;
    }

    /// Notes a fetch that failed: the keys stay, and the next attempt waits like every other.
    pub const fn failed(&mut self, now: UnixTime) {
        self.tried_at = now;
    }
}
