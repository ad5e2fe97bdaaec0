//! How often what happened.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use serde::Serialize;

/// Numbers since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
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
    /// Requests to manage a registration.
    pub manage: u64,
    /// Registrations read by their client.
    pub registrations_read: u64,
    /// Registrations changed by their client.
    pub registrations_updated: u64,
    /// Registrations deleted by their client.
    pub registrations_deleted: u64,
    /// Requests to the token endpoint.
    pub token: u64,
    /// Access tokens issued, by whichever grant.
    pub tokens_issued: u64,
    /// Requests to the authorization endpoint and its pages.
    pub authorize: u64,
    /// Authorization codes issued.
    pub codes_issued: u64,
    /// Access tokens issued for an authorization code.
    pub tokens_by_code: u64,
    /// Access tokens issued by client credentials.
    pub tokens_by_credentials: u64,
    /// Access tokens issued for an assertion as the grant.
    pub tokens_by_assertion: u64,
    /// Access tokens issued by a refresh.
    pub refreshes: u64,
    /// Logins that ended, with all their tokens, since a code or a refresh token was used again.
    pub reuses_detected: u64,
    /// Logins that ended, with all their tokens, for whichever reason; a deleted client's are not counted.
    pub logins_ended: u64,
    /// Requests for the server's keys.
    pub jwks: u64,
    /// Introspections answered.
    pub introspections: u64,
    /// Tokens revoked.
    pub revocations: u64,
}

/// The running numbers.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) requests: AtomicU64,
    pub(crate) discoveries: AtomicU64,
    pub(crate) register: AtomicU64,
    pub(crate) registrations_issued: AtomicU64,
    pub(crate) manage: AtomicU64,
    pub(crate) registrations_read: AtomicU64,
    pub(crate) registrations_updated: AtomicU64,
    pub(crate) registrations_deleted: AtomicU64,
    pub(crate) token: AtomicU64,
    pub(crate) tokens_issued: AtomicU64,
    pub(crate) authorize: AtomicU64,
    pub(crate) codes_issued: AtomicU64,
    pub(crate) tokens_by_code: AtomicU64,
    pub(crate) tokens_by_credentials: AtomicU64,
    pub(crate) tokens_by_assertion: AtomicU64,
    pub(crate) refreshes: AtomicU64,
    pub(crate) reuses_detected: AtomicU64,
    pub(crate) logins_ended: AtomicU64,
    pub(crate) jwks: AtomicU64,
    pub(crate) introspections: AtomicU64,
    pub(crate) revocations: AtomicU64,
}

impl Counters {
    pub(crate) fn read(&self) -> Counts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            requests: read(&self.requests),
            discoveries: read(&self.discoveries),
            register: read(&self.register),
            registrations_issued: read(&self.registrations_issued),
            manage: read(&self.manage),
            registrations_read: read(&self.registrations_read),
            registrations_updated: read(&self.registrations_updated),
            registrations_deleted: read(&self.registrations_deleted),
            token: read(&self.token),
            tokens_issued: read(&self.tokens_issued),
            authorize: read(&self.authorize),
            codes_issued: read(&self.codes_issued),
            tokens_by_code: read(&self.tokens_by_code),
            tokens_by_credentials: read(&self.tokens_by_credentials),
            tokens_by_assertion: read(&self.tokens_by_assertion),
            refreshes: read(&self.refreshes),
            reuses_detected: read(&self.reuses_detected),
            logins_ended: read(&self.logins_ended),
            jwks: read(&self.jwks),
            introspections: read(&self.introspections),
            revocations: read(&self.revocations),
        }
    }
}
