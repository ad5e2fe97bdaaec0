//! CPU time of the calling thread, so that a figure does not depend on who else runs.

use std::time::Duration;

/// CPU time that the calling thread has used, from the kernel's scheduler statistics.
///
/// # Panics
/// Where `/proc/thread-self/schedstat` is missing, that is, not on Linux.
#[must_use]
#[expect(clippy::expect_used, reason = "a bench without its clock measures nothing")]
pub fn thread_cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("needs Linux");
    let nanoseconds = text.split_whitespace().next().and_then(|first| first.parse().ok()).expect("a number");
    Duration::from_nanos(nanoseconds)
}
