//! What was allowed, and the codes and tokens that stand for it.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use safire_protocol::time::UnixTime;

use crate::bounded::Bounded;
use crate::client::Client;
use crate::standing::Standing;
use crate::user::SignIn;

/// What a client was allowed. All codes and tokens that come of one login share it, and die with it.
#[derive(Debug)]
pub(crate) struct Grant {
    pub(crate) client_id: String,
    /// All that was granted; a single access token may have less.
    pub(crate) scope: String,
    /// None for client credentials.
    pub(crate) login: Option<Login>,
    /// That of the client.
    standing: Arc<Standing>,
    dead: AtomicBool,
}

/// Who allowed it, and in which context.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    pub(crate) sign_in: SignIn,
    pub(crate) nonce: Option<String>,
    pub(crate) context: Context,
}

/// The launch context, SMART 2.2 "Launch context parameters".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Context {
    pub(crate) patient: Option<String>,
    pub(crate) encounter: Option<String>,
    /// Whether the app has to show who the patient is.
    pub(crate) need_patient_banner: Option<bool>,
}

impl Grant {
    pub(crate) fn new(client: &Client, scope: String, login: Option<Login>) -> Self {
        let standing = Arc::clone(&client.standing);
        Self { client_id: client.id.clone(), scope, login, standing, dead: AtomicBool::new(false) }
    }

    pub(crate) fn is_alive(&self) -> bool {
        !self.dead.load(Ordering::Relaxed) && !self.standing.is_gone()
    }

    /// Ends it, with all its tokens. Says whether it was alive.
    pub(crate) fn kill(&self) -> bool {
        !self.dead.swap(true, Ordering::Relaxed)
    }

    /// Whether a scope is among the granted ones, letter by letter.
    pub(crate) fn has(&self, scope: &str) -> bool {
        self.scope.split_ascii_whitespace().any(|granted| granted == scope)
    }
}

/// All codes and tokens that were given.
#[derive(Debug)]
pub(crate) struct Grants {
    pub(crate) codes: Bounded<Code>,
    pub(crate) access: Bounded<Access>,
    pub(crate) refresh: Bounded<Refresh>,
}

/// An authorization code.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) grant: Arc<Grant>,
    /// The one of the authorization request, where it named one.
    pub(crate) redirect_uri: Option<String>,
    /// The PKCE challenge, by S256.
    pub(crate) challenge: String,
    pub(crate) expires_at: UnixTime,
    pub(crate) used: bool,
}

/// An access token.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    pub(crate) grant: Arc<Grant>,
    pub(crate) scope: String,
    pub(crate) issued_at: UnixTime,
    pub(crate) expires_at: UnixTime,
    /// Whether an id token came with it.
    pub(crate) with_id_token: bool,
}

/// A refresh token.
#[derive(Debug)]
pub(crate) struct Refresh {
    pub(crate) grant: Arc<Grant>,
    pub(crate) issued_at: UnixTime,
    pub(crate) spent: bool,
}

impl Grants {
    pub(crate) fn new(limit: usize) -> Self {
        Self { codes: Bounded::new(limit), access: Bounded::new(limit), refresh: Bounded::new(limit) }
    }

    /// The access token of that text, if it is good now.
    pub(crate) fn active_access(&self, token: &str, now: UnixTime) -> Option<Access> {
        self.access.get(token).filter(|access| access.expires_at > now && access.grant.is_alive()).cloned()
    }
}
