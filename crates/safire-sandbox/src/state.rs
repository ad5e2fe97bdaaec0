//! What the sandbox remembers.

use std::sync::Arc;
use std::sync::Mutex;

use safire_protocol::time::UnixTime;

use crate::authorize::Approval;
use crate::authorize::Sessions;
use crate::bounded::Bounded;
use crate::client::Client;
use crate::counts::Counters;
use crate::fault::Faults;
use crate::grant::Grants;
use crate::keys::Keys;
use crate::launch::Launch;
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
    pub(crate) grants: Mutex<Grants>,
    pub(crate) sessions: Mutex<Sessions>,
    pub(crate) launches: Mutex<Bounded<Launch>>,
    /// Whose consent is taken as given.
    pub(crate) approval: Mutex<Option<Approval>>,
    pub(crate) keys: Keys,
    /// How many seconds an access token lives.
    pub(crate) token_lifetime: i64,
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

impl State {
    pub(crate) fn new(
        origin: String,
        initial_access_token: Option<InitialAccess>,
        recorder: Recorder,
        token_lifetime: i64,
    ) -> Self {
        Self {
            origin,
            initial_access_token,
            faults: Faults::default(),
            recorder,
            counters: Counters::default(),
            clients: Mutex::new(Bounded::new(LIMIT)),
            grants: Mutex::new(Grants::new(LIMIT)),
            sessions: Mutex::new(Sessions::new(PAGES)),
            launches: Mutex::new(Bounded::new(PAGES)),
            approval: Mutex::new(None),
            keys: Keys::default(),
            token_lifetime,
            assertions: Mutex::new(Bounded::new(LIMIT)),
        }
    }

    pub(crate) fn fhir_base(&self) -> String {
        format!("{}/fhir", self.origin)
    }

    pub(crate) fn token_endpoint(&self) -> String {
        format!("{}/token", self.origin)
    }
}

/// How many sessions, unfinished logins and launches are remembered.
const PAGES: usize = 10_000;

/// How many clients, tokens and assertion ids are remembered.
const LIMIT: usize = 100_000;
