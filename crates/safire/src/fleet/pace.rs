//! How fast one host is asked. No clock and no randomness here: both come in.

use std::time::Duration;

/// How fast hosts are asked.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "callers write it out")]
pub struct PaceLimits {
    /// Requests under way at once, over all hosts.
    pub requests: usize,
    /// Requests under way at one host.
    pub per_host: usize,
    /// The shortest time between the beginnings of two requests at one host.
    pub interval: Duration,
    /// The longest pause that a server may ask for; one that asks for more gets its answer kept as it is.
    pub longest_pause: Duration,
    /// How often a GET is sent again after a pause that its server asked for.
    pub repetitions: u32,
}

impl Default for PaceLimits {
    /// 64 requests, 8 of them at one host; pauses of up to two minutes, three repetitions.
    fn default() -> Self {
        Self {
            requests: 64,
            per_host: 8,
            interval: Duration::ZERO,
            longest_pause: Duration::from_secs(120),
            repetitions: 3,
        }
    }
}

/// When one host may be asked next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HostPace {
    next: Duration,
    paused_until: Duration,
}

impl HostPace {
    /// A host that was not asked yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { next: Duration::ZERO, paused_until: Duration::ZERO }
    }

    /// Takes the next place in the row: how long to wait from `now` until it is this request's turn.
    pub fn reserve(&mut self, now: Duration, interval: Duration) -> Duration {
        let turn = now.max(self.next).max(self.paused_until);
        self.next = turn.saturating_add(interval);
        turn.saturating_sub(now)
    }

    /// Whether a pause began while a request waited for its turn: how long it lasts from `now`.
    #[must_use]
    pub fn pause_left(&self, now: Duration) -> Option<Duration> {
        let left = self.paused_until.saturating_sub(now);
        (!left.is_zero()).then_some(left)
    }

    /// The server asked for a pause (RFC 9110 §10.2.3). `jitter`, 0 to 255, makes it up to a quarter longer, so
    /// that those who wait do not come back all at once; and they come back one after the other.
    pub fn pause(&mut self, now: Duration, pause: Duration, jitter: u8) {
        let longer = pause.saturating_add(pause.saturating_mul(u32::from(jitter)) / 1020);
        self.paused_until = self.paused_until.max(now.saturating_add(longer));
    }

    /// Whether nothing is remembered that still matters.
    #[must_use]
    pub fn is_idle(&self, now: Duration) -> bool {
        self.next <= now && self.paused_until <= now
    }
}
