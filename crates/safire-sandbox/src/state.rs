//! What the sandbox remembers.

use std::sync::Arc;
use std::sync::Mutex;

use safire_protocol::time::UnixTime;

use crate::authorize::Approval;
use crate::authorize::Sessions;
use crate::bounded::Bounded;
use crate::clients::Clients;
use crate::counts::Counters;
use crate::error::SandboxError;
use crate::fault::Faults;
use crate::grant::Grants;
use crate::keys::Keys;
use crate::launch::Launch;
use crate::lock::lock;
use crate::management::Management;
use crate::profile::Profile;
use crate::record::Recorder;
use crate::scope_syntax::ScopeSyntax;
use crate::setup::Setup;

/// Everything that requests share. No lock is held across an await.
#[derive(Debug)]
pub(crate) struct State {
    /// `http://127.0.0.1:PORT`.
    pub(crate) issuer: String,
    pub(crate) setup: Setup,
    pub(crate) profile: &'static Profile,
    pub(crate) scopes: ScopeSyntax,
    /// The syntax that discovery tells of.
    pub(crate) advertised: ScopeSyntax,
    pub(crate) management: Management,
    pub(crate) faults: Faults,
    pub(crate) recorder: Recorder,
    pub(crate) counters: Counters,
    pub(crate) clients: Mutex<Clients>,
    pub(crate) grants: Mutex<Grants>,
    pub(crate) sessions: Mutex<Sessions>,
    pub(crate) launches: Mutex<Bounded<Launch>>,
    /// Whose consent is taken as given.
    pub(crate) approval: Mutex<Option<Approval>>,
    pub(crate) keys: Keys,
    /// The `jti` values of accepted assertions, until they expire (RFC 7523 §3).
    pub(crate) assertions: Mutex<Bounded<UnixTime>>,
}

impl State {
    pub(crate) fn new(issuer: String, setup: Setup, recorder: Recorder) -> Self {
        let profile = setup.profile;
        Self {
            issuer,
            profile,
            scopes: setup.scopes.unwrap_or(profile.scopes),
            advertised: setup.scopes.unwrap_or(profile.advertised),
            management: setup.management.unwrap_or(profile.management),
            setup,
            faults: Faults::default(),
            recorder,
            counters: Counters::default(),
            clients: Mutex::new(Clients::new(LIMIT)),
            grants: Mutex::new(Grants::new(LIMIT)),
            sessions: Mutex::new(Sessions::new(PAGES)),
            launches: Mutex::new(Bounded::new(PAGES)),
            approval: Mutex::new(None),
            keys: Keys::default(),
            assertions: Mutex::new(Bounded::new(LIMIT)),
        }
    }

    #[cfg(test)]
    pub(crate) fn for_test() -> Self {
        Self::new("http://127.0.0.1:1".to_owned(), Setup::default(), Recorder::off())
    }

    /// Lets a client be used that had to wait.
    pub(crate) fn approve(&self, client_id: &str) -> Result<(), SandboxError> {
        let client = lock(&self.clients).get(client_id).map(Arc::clone);
        let client = client.ok_or_else(|| SandboxError::UnknownClient(client_id.to_owned()))?;
        client.standing.approve();
        Ok(())
    }

    pub(crate) fn fhir_base(&self) -> String {
        format!("{}/fhir", self.issuer)
    }

    pub(crate) fn token_endpoint(&self) -> String {
        format!("{}/token", self.issuer)
    }
}

/// How many sessions, unfinished logins and launches are remembered.
const PAGES: usize = 10_000;

/// How many clients, tokens and assertion ids are remembered.
const LIMIT: usize = 100_000;
