//! Browsers that were here before, and logins that are not finished.

use std::sync::Arc;

use safire_protocol::time::UnixTime;

use super::request::Request;
use super::visit::Visit;
use crate::bounded::Bounded;
use crate::random;
use crate::user::SignIn;

/// All browsers and their unfinished logins.
#[derive(Debug)]
pub(crate) struct Sessions {
    by_cookie: Bounded<Session>,
    transactions: Bounded<Transaction>,
}

/// One browser.
#[derive(Debug)]
struct Session {
    /// Stays when the cookie changes.
    id: String,
    csrf: String,
    sign_in: Option<SignIn>,
    consents: Vec<Consent>,
}

/// What a user agreed to before; `prompt=none` goes by it.
#[derive(Debug, Clone)]
pub(super) struct Consent {
    pub(super) client_id: String,
    pub(super) scope: String,
    pub(super) patient: Option<String>,
}

/// A login that is not finished.
#[derive(Debug, Clone)]
pub(super) struct Transaction {
    pub(super) id: String,
    pub(super) request: Arc<Request>,
    pub(super) sign_in: Option<SignIn>,
    pub(super) patient: Option<String>,
    session: String,
    expires_at: UnixTime,
}

impl Sessions {
    pub(crate) fn new(limit: usize) -> Self {
        Self { by_cookie: Bounded::new(limit), transactions: Bounded::new(limit) }
    }

    /// The browser with this cookie, or a new one.
    pub(crate) fn open(&mut self, cookie: Option<&str>) -> Result<Visit, getrandom::Error> {
        if let Some(cookie) = cookie
            && let Some(session) = self.by_cookie.get(cookie)
        {
            return Ok(session.visit(cookie.to_owned()));
        }
        let cookie = random::token()?;
        let session = Session {
            id: random::identifier()?,
            csrf: random::token()?,
            sign_in: None,
            consents: Vec::new(),
        };
        let visit = session.visit(cookie.clone());
        self.by_cookie.insert(&cookie, session);
        Ok(visit)
    }

    /// The browser with this cookie.
    pub(super) fn find(&self, cookie: &str) -> Option<Visit> {
        Some(self.by_cookie.get(cookie)?.visit(cookie.to_owned()))
    }

    /// Notes who logged in, and gives the browser another cookie, which nobody can have planted.
    pub(super) fn sign_in(&mut self, visit: Visit, sign_in: SignIn) -> Result<Visit, getrandom::Error> {
        let cookie = random::token()?;
        let Some(mut session) = self.by_cookie.remove(&visit.cookie) else { return Ok(visit) };
        if session.sign_in.is_some_and(|before| before.user != sign_in.user) {
            session.consents.clear();
        }
        session.sign_in = Some(sign_in);
        let visit = session.visit(cookie.clone());
        self.by_cookie.insert(&cookie, session);
        Ok(visit)
    }

    pub(super) fn remember(&mut self, visit: &Visit, consent: Consent) {
        if let Some(session) = self.by_cookie.get_mut(&visit.cookie) {
            session.consents.retain(|known| known.client_id != consent.client_id);
            session.consents.push(consent);
        }
    }

    /// What this browser's user agreed to for a client.
    pub(super) fn consent(&self, visit: &Visit, client_id: &str) -> Option<Consent> {
        let session = self.by_cookie.get(&visit.cookie)?;
        session.consents.iter().find(|known| known.client_id == client_id).cloned()
    }

    /// Begins a login.
    pub(super) fn begin(
        &mut self,
        visit: &Visit,
        request: impl Into<Arc<Request>>,
        now: UnixTime,
    ) -> Result<Transaction, getrandom::Error> {
        let transaction = Transaction {
            id: random::identifier()?,
            request: request.into(),
            sign_in: None,
            patient: None,
            session: visit.id.clone(),
            expires_at: now.plus_seconds(PATIENCE),
        };
        self.keep(transaction.clone());
        Ok(transaction)
    }

    /// Takes a login out; it must be put back to go on.
    pub(super) fn take(&mut self, visit: &Visit, id: &str, now: UnixTime) -> Option<Transaction> {
        let found = self.transactions.get(id)?;
        if found.session != visit.id || found.expires_at <= now {
            return None;
        }
        self.transactions.remove(id)
    }

    pub(super) fn keep(&mut self, transaction: Transaction) {
        let id = transaction.id.clone();
        self.transactions.insert(&id, transaction);
    }
}

impl Session {
    fn visit(&self, cookie: String) -> Visit {
        Visit { cookie, id: self.id.clone(), csrf: self.csrf.clone(), sign_in: self.sign_in }
    }
}

/// How many seconds a login may take.
const PATIENCE: i64 = 900;
