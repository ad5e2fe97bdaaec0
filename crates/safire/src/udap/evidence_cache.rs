//! What was fetched for verifications, kept for a while: lists are large, and asked for again and again.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use bytes::Bytes;
use safire_protocol::pki::Need;

/// How long a failure is remembered: a server that is down must not cost its time limit at each call.
const FAILURE: Duration = Duration::from_secs(30);
const MOST_ENTRIES: usize = 64;
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// What became of a need.
pub(super) type Outcome = Result<Bytes, String>;

/// A small store in memory: the oldest entry goes first when it is full.
#[derive(Debug, Default)]
pub(super) struct EvidenceCache(Mutex<Vec<Entry>>);

#[derive(Debug)]
struct Entry {
    need: Need,
    outcome: Outcome,
    until: Duration,
}

impl EvidenceCache {
    pub(super) fn get(&self, need: &Need, now: Duration) -> Option<Outcome> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries
            .iter()
            .find(|entry| entry.need == *need && now < entry.until)
            .map(|entry| entry.outcome.clone())
    }

    /// Keeps an outcome; a good one for `ttl`.
    pub(super) fn put(&self, need: &Need, outcome: Outcome, now: Duration, ttl: Duration) {
        let until = now.saturating_add(if outcome.is_ok() { ttl } else { FAILURE });
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|entry| entry.need != *need && now < entry.until);
        entries.push(Entry { need: need.clone(), outcome, until });
        while entries.len() > MOST_ENTRIES || total(&entries) > MOST_BYTES {
            entries.remove(0);
        }
    }

    /// Forgets these, so that they are fetched anew.
    pub(super) fn forget(&self, needs: &[Need]) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|entry| !needs.contains(&entry.need));
    }
}

fn total(entries: &[Entry]) -> usize {
    entries.iter().filter_map(|entry| entry.outcome.as_ref().ok()).map(Bytes::len).sum()
}
