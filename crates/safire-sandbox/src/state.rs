//! What the sandbox remembers.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use safire_protocol::time::UnixTime;

use crate::authorize::Approval;
use crate::authorize::Sessions;
use crate::bounded::Bounded;
use crate::clients::Clients;
use crate::counts::Counters;
use crate::counts::Counts;
use crate::endpoint::Endpoint;
use crate::error::SandboxError;
use crate::fault::Active;
use crate::fault::Faults;
use crate::grant::Grant;
use crate::grant::Grants;
use crate::keys::Keys;
use crate::launch::Launch;
use crate::lock::lock;
use crate::management::Management;
use crate::profile::Profile;
use crate::record::Recorder;
use crate::scope_syntax::ScopeSyntax;
use crate::setup::Setup;
#[cfg(feature = "udap")]
use crate::udap::UdapServer;

/// Everything that requests share. No lock is held across an await.
#[derive(Debug)]
pub(crate) struct State {
    /// `http://127.0.0.1:PORT`, and what stands before every path of a tenant.
    pub(crate) issuer: String,
    /// The path of the issuer: `/t/17`, or nothing.
    pub(crate) path: String,
    pub(crate) setup: Arc<Setup>,
    pub(crate) profile: &'static Profile,
    pub(crate) scopes: ScopeSyntax,
    /// The syntax that discovery tells of.
    pub(crate) advertised: ScopeSyntax,
    pub(crate) management: Management,
    pub(crate) faults: Faults,
    pub(crate) recorder: Arc<Recorder>,
    counters: Counters,
    pub(crate) clients: Mutex<Clients>,
    pub(crate) grants: Mutex<Grants>,
    pub(crate) sessions: Mutex<Sessions>,
    pub(crate) launches: Mutex<Bounded<Launch>>,
    /// Whose consent is taken as given.
    pub(crate) approval: Mutex<Option<Approval>>,
    pub(crate) keys: Arc<Keys>,
    /// The `jti` values of accepted assertions, until they expire (RFC 7523 §3).
    pub(crate) assertions: Mutex<Bounded<UnixTime>>,
    /// For a tenant, the sandbox itself: what is told to it is told to all, and its counts are those of all.
    parent: Option<Arc<Self>>,
    #[cfg(feature = "udap")]
    pub(crate) udap: UdapServer,
}

impl State {
    /// The sandbox itself.
    pub(crate) fn new(issuer: String, setup: Setup, recorder: Recorder) -> Self {
        let profile = setup.profile;
        Self::made(issuer, String::new(), Arc::new(setup), profile, Arc::new(recorder), Arc::default(), None)
    }

    /// A tenant of it.
    pub(crate) fn tenant(parent: &Arc<Self>, origin: &str, path: String, profile: &'static Profile) -> Self {
        let issuer = format!("{origin}{path}");
        let (setup, recorder, keys) = (&parent.setup, &parent.recorder, &parent.keys);
        let (setup, recorder, keys) = (Arc::clone(setup), Arc::clone(recorder), Arc::clone(keys));
        Self::made(issuer, path, setup, profile, recorder, keys, Some(Arc::clone(parent)))
    }

    fn made(
        issuer: String,
        path: String,
        setup: Arc<Setup>,
        profile: &'static Profile,
        recorder: Arc<Recorder>,
        keys: Arc<Keys>,
        parent: Option<Arc<Self>>,
    ) -> Self {
        Self {
            #[cfg(feature = "udap")]
            udap: match &parent {
                Some(parent) => parent.udap.tenant(&issuer),
                None => UdapServer::new(setup.udap.clone(), &issuer),
            },
            issuer,
            path,
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
            keys,
            assertions: Mutex::new(Bounded::new(LIMIT)),
            parent,
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

    /// One more, here and in total.
    pub(crate) fn count(&self, counter: impl Fn(&Counters) -> &AtomicU64) {
        counter(&self.counters).fetch_add(1, Ordering::Relaxed);
        if let Some(parent) = &self.parent {
            counter(&parent.counters).fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn counts(&self) -> Counts {
        self.counters.read()
    }

    /// Ends a login with all its tokens. Says whether it was alive.
    pub(crate) fn end_login(&self, grant: &Grant) -> bool {
        let ended = grant.kill();
        if ended {
            self.count(|counters| &counters.logins_ended);
        }
        ended
    }

    /// The fault that is on here, or at every tenant.
    pub(crate) fn fault_at(&self, endpoint: Endpoint) -> Option<Arc<Active>> {
        self.faults.at(endpoint).or_else(|| self.parent.as_ref()?.faults.at(endpoint))
    }

    /// Whose consent is taken as given here, or at every tenant.
    pub(crate) fn approval(&self) -> Option<Approval> {
        let own = lock(&self.approval).clone();
        own.or_else(|| lock(&self.parent.as_ref()?.approval).clone())
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
