//! What the sandbox remembers.

use std::sync::Arc;
use std::sync::Mutex;

use safire_protocol::time::UnixTime;

use crate::bounded::Bounded;
use crate::client::Client;
use crate::counts::Counters;
use crate::fault::Faults;
use crate::record::Recorder;

/// Everything that requests share. No lock is held across an await.
#[derive(Debug)]
pub(crate) struct State {
    /// `http://127.0.0.1:PORT`.
    pub(crate) origin: String,
    pub(crate) initial_access_token: Option<InitialAccess>,
    pub(crate) faults: Faults,
    pub(crate) recorder: Recorder,
    pub(crate) counters: Counters,
    pub(crate) clients: Mutex<Bounded<Arc<Client>>>,
    pub(crate) tokens: Mutex<Bounded<Grantee>>,
    /// The `jti` values of accepted assertions, until they expire (RFC 7523 §3).
    pub(crate) assertions: Mutex<Bounded<UnixTime>>,
}

/// The token that permits a registration.
pub(crate) struct InitialAccess(pub(crate) String);

impl std::fmt::Debug for InitialAccess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InitialAccess([redacted])")
    }
}

/// Whom an access token was given to, and for what.
#[derive(Debug)]
pub(crate) struct Grantee {
    pub(crate) scope: String,
    pub(crate) expires_at: UnixTime,
}

impl State {
    pub(crate) fn new(
        origin: String,
        initial_access_token: Option<InitialAccess>,
        recorder: Recorder,
    ) -> Self {
        Self {
            origin,
            initial_access_token,
            faults: Faults::default(),
            recorder,
            counters: Counters::default(),
            clients: Mutex::new(Bounded::new(LIMIT)),
            tokens: Mutex::new(Bounded::new(LIMIT)),
            assertions: Mutex::new(Bounded::new(LIMIT)),
        }
    }

    pub(crate) fn token_endpoint(&self) -> String {
        format!("{}/token", self.origin)
    }
}

/// How many clients, tokens and assertion ids are remembered.
const LIMIT: usize = 100_000;
