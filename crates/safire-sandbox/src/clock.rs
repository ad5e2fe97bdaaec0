//! The sandbox's one look at the clock.

use std::time::SystemTime;
use std::time::UNIX_EPOCH;

use safire_protocol::time::UnixTime;

/// The present second.
#[expect(clippy::disallowed_methods, reason = "a server has no caller to ask for the time")]
pub(crate) fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixTime::from_seconds(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
