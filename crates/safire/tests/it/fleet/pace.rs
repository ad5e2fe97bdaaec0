//! How fast a host is asked, without any clock.

use std::time::Duration;

use safire::fleet::HostPace;

const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

#[test]
fn requests_begin_no_closer_than_the_interval() {
    let mut pace = HostPace::new();
    let waits: Vec<Duration> = (0..4).map(|_| pace.reserve(ms(1000), ms(100))).collect();
    assert_eq!(waits, [ms(0), ms(100), ms(200), ms(300)]);
    // Time that nobody used is not saved up.
    assert_eq!(pace.reserve(ms(5000), ms(100)), ms(0));
    assert_eq!(pace.reserve(ms(5000), ms(100)), ms(100));
}

#[test]
fn without_an_interval_nobody_waits() {
    let mut pace = HostPace::new();
    assert!((0..10).all(|_| pace.reserve(ms(7), Duration::ZERO).is_zero()));
    assert!(pace.is_idle(ms(7)));
}

#[test]
fn a_pause_holds_for_all_and_they_come_back_one_after_the_other() {
    let mut pace = HostPace::new();
    pace.pause(ms(1000), Duration::from_secs(3), 0);
    assert_eq!(pace.pause_left(ms(1500)), Some(ms(2500)));
    assert_eq!(pace.reserve(ms(1500), ms(50)), ms(2500));
    assert_eq!(pace.reserve(ms(1500), ms(50)), ms(2550));
    assert!(!pace.is_idle(ms(3999)));
    assert_eq!(pace.pause_left(ms(4000)), None);
}

#[test]
fn jitter_makes_a_pause_longer_by_up_to_a_quarter_and_never_shorter() {
    for (jitter, longest) in [(0, 4000), (51, 4200), (255, 5000)] {
        let mut pace = HostPace::new();
        pace.pause(ms(0), ms(4000), jitter);
        assert_eq!(pace.pause_left(ms(0)), Some(ms(longest)));
    }
}

#[test]
fn a_shorter_pause_does_not_end_a_longer_one() {
    let mut pace = HostPace::new();
    pace.pause(ms(0), Duration::from_secs(60), 0);
    pace.pause(ms(10), Duration::from_secs(1), 255);
    assert_eq!(pace.pause_left(ms(0)), Some(Duration::from_secs(60)));
}
