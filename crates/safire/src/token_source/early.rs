//! When a token is renewed: some time before it ends.

use std::time::Duration;

use safire_protocol::time::UnixTime;

/// How long before its end a token is renewed at the most, where nothing else was asked for.
const MARGIN: i64 = 60;
/// Nor before this part of its lifetime is all that is left.
const PART: i64 = 5;

/// How long before its end a token is renewed: a margin, less a random part of up to half of it that each source draws
/// for itself, so that a fleet does not come all at once.
#[derive(Debug, Clone, Copy)]
pub(super) struct EarlyRenewal {
    margin: Option<Duration>,
    jitter: u16,
}

impl EarlyRenewal {
    pub(super) const fn new(margin: Option<Duration>, jitter: u16) -> Self {
        Self { margin, jitter }
    }

    /// From when on a token is due that was obtained and ends at these times.
    pub(super) fn due_at(self, obtained: UnixTime, end: UnixTime) -> UnixTime {
        let lifetime = end.as_seconds().saturating_sub(obtained.as_seconds()).max(0);
        let margin = match self.margin {
            // A margin as long as the lifetime would renew at each call.
            Some(margin) => i64::try_from(margin.as_secs()).unwrap_or(i64::MAX).min(lifetime / 2),
            None => MARGIN.min(lifetime / PART),
        };
        let later = i128::from(margin / 2) * i128::from(self.jitter) / i128::from(u16::MAX);
        let later = i64::try_from(later).unwrap_or(0);
        end.plus_seconds(later.saturating_sub(margin))
    }
}

/// How long a renewal that failed waits, in seconds, while the token in hand is still good for `left`.
pub(super) fn pause_after_failure(left: i64) -> i64 {
    (left / 4).clamp(1, 30)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn before(margin: Option<u64>, jitter: u16, lifetime: i64) -> i64 {
        let early = EarlyRenewal::new(margin.map(Duration::from_secs), jitter);
        let obtained = UnixTime::from_seconds(1_790_000_000);
        let end = obtained.plus_seconds(lifetime);
        end.as_seconds() - early.due_at(obtained, end).as_seconds()
    }

    #[test]
    fn the_margin_is_a_minute_or_a_fifth_of_the_lifetime() {
        let cases = [(3600, 60), (300, 60), (299, 59), (100, 20), (5, 1), (4, 0), (1, 0), (0, 0), (-5, 0)];
        for (lifetime, expected) in cases {
            assert_eq!(before(None, 0, lifetime), expected, "{lifetime}");
        }
    }

    #[test]
    fn a_given_margin_is_never_more_than_half_the_lifetime() {
        for (margin, lifetime, expected) in [(300, 3600, 300), (300, 60, 30), (0, 60, 0), (u64::MAX, 60, 30)]
        {
            assert_eq!(before(Some(margin), 0, lifetime), expected, "{margin} {lifetime}");
        }
    }

    #[test]
    fn the_jitter_takes_up_to_half_of_the_margin() {
        let all: Vec<i64> = (0..=u16::MAX).map(|jitter| before(None, jitter, 3600)).collect();
        assert!(all.iter().all(|before| (30..=60).contains(before)));
        assert!((30..=60).all(|before| all.contains(&before)), "each second is drawn by somebody");
    }

    #[test]
    fn no_number_is_too_large() {
        let early = EarlyRenewal::new(Some(Duration::MAX), u16::MAX);
        let (start, end) = (UnixTime::from_seconds(i64::MIN), UnixTime::from_seconds(i64::MAX));
        assert!(early.due_at(start, end) <= end);
        assert_eq!(early.due_at(end, start), start);
    }

    #[test]
    fn a_failure_waits_a_second_at_least_and_half_a_minute_at_most() {
        for (left, expected) in [(-1, 1), (0, 1), (3, 1), (8, 2), (60, 15), (3600, 30)] {
            assert_eq!(pause_after_failure(left), expected, "{left}");
        }
    }
}
