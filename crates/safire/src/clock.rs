//! The one place that reads the clock.

use std::fmt::Debug;
use std::sync::OnceLock;
use std::time::Duration;
use std::time::Instant;
use std::time::SystemTime;
use std::time::UNIX_EPOCH;

use safire_protocol::time::UnixTime;

/// Tells the time. Tests bring their own.
pub trait Clock: Send + Sync + Debug {
    /// The wall clock, for what is written into messages and stores.
    fn now(&self) -> UnixTime;

    /// Time since some fixed point, never going back, for measuring ages.
    fn elapsed(&self) -> Duration;
}

/// The clock of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock(());

impl SystemClock {
    /// The clock of the operating system.
    #[must_use]
    pub const fn new() -> Self {
        Self(())
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the sanctioned reader")]
    fn now(&self) -> UnixTime {
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        UnixTime::from_seconds(i64::try_from(seconds).unwrap_or(i64::MAX))
    }

    #[expect(clippy::disallowed_methods, reason = "this is the sanctioned reader")]
    fn elapsed(&self) -> Duration {
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    }
}
