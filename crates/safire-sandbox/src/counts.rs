//! How often what happened.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use serde::Serialize;

/// Numbers since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counts {
    /// Requests of any kind, control calls left out.
    pub requests: u64,
    /// Requests for a discovery document.
    pub discoveries: u64,
    /// Requests to the registration endpoint.
    pub register: u64,
    /// Clients issued, whether or not their answer arrived.
    pub registrations_issued: u64,
    /// Requests to the token endpoint.
    pub token: u64,
    /// Access tokens issued.
    pub tokens_issued: u64,
}

/// The running numbers.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) requests: AtomicU64,
    pub(crate) discoveries: AtomicU64,
    pub(crate) register: AtomicU64,
    pub(crate) registrations_issued: AtomicU64,
    pub(crate) token: AtomicU64,
    pub(crate) tokens_issued: AtomicU64,
}

impl Counters {
    pub(crate) fn read(&self) -> Counts {
        Counts {
            requests: self.requests.load(Ordering::Relaxed),
            discoveries: self.discoveries.load(Ordering::Relaxed),
            register: self.register.load(Ordering::Relaxed),
            registrations_issued: self.registrations_issued.load(Ordering::Relaxed),
            token: self.token.load(Ordering::Relaxed),
            tokens_issued: self.tokens_issued.load(Ordering::Relaxed),
        }
    }
}

/// One more.
pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
