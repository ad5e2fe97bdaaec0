//! An unknown `kid`: one fetch, and no more than the policy allows.

use safire_protocol::id_token::KeySet;
use safire_protocol::id_token::KeySetCache;
use safire_protocol::id_token::Refetch;
use safire_protocol::id_token::RefetchPolicy;
use safire_protocol::jose::Algorithm;
use safire_protocol::jose::PrivateKey;
use safire_protocol::time::UnixTime;

use super::KEY;
use super::check_with;
use super::good;
use super::set_of;
use super::signed;

const fn at(seconds: i64) -> UnixTime {
    UnixTime::from_seconds(1_790_000_000 + seconds)
}

fn cache() -> KeySetCache {
    KeySetCache::new(set_of(&[&KEY]), RefetchPolicy::new(60, 3600), at(0))
}

#[test]
fn a_rotated_key_is_known_after_one_fetch() {
    let next = PrivateKey::generate(Algorithm::Es384).unwrap();
    let token = signed(&next, &good());
    let mut cache = cache();
    assert!(check_with(cache.keys(), token.clone()).unwrap_err().wants_fresh_keys());
    assert_eq!(cache.refetch(at(60)), Refetch::Allowed);
    cache.fetched(set_of(&[&KEY, &next]), at(60));
    assert!(check_with(cache.keys(), token).is_ok());
    // The old key still serves.
    assert!(check_with(cache.keys(), signed(&KEY, &good())).is_ok());
}

#[test]
fn invented_names_cause_one_fetch_per_interval() {
    let mut cache = cache();
    let fetches = (0..600)
        .filter(|second| {
            let allowed = cache.refetch(at(*second)) == Refetch::Allowed;
            if allowed {
                cache.fetched(set_of(&[&KEY]), at(*second));
            }
            allowed
        })
        .count();
    assert_eq!(fetches, 9);
}

#[test]
fn a_failed_fetch_counts_and_keeps_the_keys() {
    let mut cache = cache();
    cache.failed(at(100));
    assert_eq!(cache.refetch(at(159)), Refetch::NotBefore(at(160)));
    assert_eq!(cache.refetch(at(160)), Refetch::Allowed);
    assert!(check_with(cache.keys(), signed(&KEY, &good())).is_ok());
}

#[test]
fn keys_are_believed_until_they_are_old() {
    let mut cache = cache();
    assert!(!cache.is_stale(at(3599)) && cache.is_stale(at(3600)));
    cache.failed(at(3600));
    assert!(!cache.is_stale(at(3601)) && cache.is_stale(at(3660)));
    cache.fetched(KeySet::default(), at(3660));
    assert!(!cache.is_stale(at(7259)));
}

#[test]
fn a_clock_set_back_locks_nobody_out_and_the_end_of_time_does_not_overflow() {
    let policy = RefetchPolicy::default();
    assert_eq!(policy.decide(at(10_000), at(0)), Refetch::Allowed);
    let last = UnixTime::from_seconds(i64::MAX);
    assert_eq!(policy.decide(last, last), Refetch::Allowed);
    assert_eq!(policy.decide(UnixTime::from_seconds(i64::MIN), at(0)), Refetch::Allowed);
}
