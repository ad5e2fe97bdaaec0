//! The callback: what the user's browser brings back, RFC 6749 §4.1.2.

use std::fmt;

use url::Url;
use url::form_urlencoded;
use zeroize::Zeroizing;

use super::callback_error::CallbackError;
use super::pending::IssParameter;
use super::pending::PendingAuthorization;
use super::pkce::CodeVerifier;
use super::refusal::AuthorizationError;
use super::state::Nonce;
use crate::identifier::ClientId;
use crate::secret::AuthorizationCode;
use crate::server_answer::clean;
use crate::time::UnixTime;

/// The longest issuer that is shown.
const ISSUER_SHOWN: usize = 300;

/// What came to the redirect URI, not yet believed. `Debug` shows only what is there.
#[derive(Clone, Default)]
pub struct Callback {
    code: Option<AuthorizationCode>,
    state: Option<Zeroizing<String>>,
    iss: Option<String>,
    error: Option<String>,
    description: Option<String>,
    uri: Option<String>,
}

/// A code, and all that its exchange and the check of the id token need. `Debug` shows no secret.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AuthorizedCode {
    /// The code; it works once.
    pub code: AuthorizationCode,
    /// The redirect URI of the request.
    pub redirect_uri: String,
    /// The verifier, unless PKCE was left out.
    pub verifier: Option<CodeVerifier>,
    /// What the id token has to repeat.
    pub nonce: Option<Nonce>,
    /// How many seconds ago the user may have logged in at most, where that was asked.
    pub max_age: Option<u64>,
    /// The FHIR base, as it was given.
    pub base: String,
    /// The client.
    pub client_id: ClientId,
    /// Where the code goes.
    pub token_endpoint: Url,
    /// The issuer of the server's profile.
    pub issuer: Option<String>,
    /// What was asked for.
    pub scope: String,
}

impl Callback {
    /// Reads the query of the redirect URI, with or without its `?`.
    ///
    /// # Errors
    /// [`CallbackError::Doubled`] when one of the parameters came twice.
    pub fn from_query(query: &str) -> Result<Self, CallbackError> {
        Self::from_form(query.strip_prefix('?').unwrap_or(query).as_bytes())
    }

    /// Reads the whole URL at which the user arrived.
    ///
    /// # Errors
    /// [`CallbackError::Doubled`] when one of the parameters came twice.
    pub fn from_url(url: &Url) -> Result<Self, CallbackError> {
        Self::from_query(url.query().unwrap_or_default())
    }

    /// Reads a posted form (`response_mode=form_post`).
    ///
    /// # Errors
    /// [`CallbackError::Doubled`] when one of the parameters came twice.
    pub fn from_form(body: &[u8]) -> Result<Self, CallbackError> {
        let mut callback = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            let value = (!value.trim().is_empty()).then(|| value.into_owned());
            match &*name {
                "code" => set(&mut callback.code, value.map(AuthorizationCode::new), "code")?,
                "state" => set(&mut callback.state, value.map(Zeroizing::new), "state")?,
                "iss" => set(&mut callback.iss, value, "iss")?,
                "error" => set(&mut callback.error, value, "error")?,
                "error_description" => set(&mut callback.description, value, "error_description")?,
                "error_uri" => set(&mut callback.uri, value, "error_uri")?,
                _ => {}
            }
        }
        Ok(callback)
    }

    /// The state as it came: the name under which a web application keeps the pending authorization.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        self.state.as_ref().map(|state| state.as_str())
    }

    /// Whether this is the callback of that login. A listener that anybody can reach may ignore all others.
    #[must_use]
    pub fn belongs_to(&self, pending: &PendingAuthorization) -> bool {
        self.state.as_ref().is_some_and(|state| pending.state.matches(state))
    }

    /// Ends the login: the checks of RFC 6749 §10.12 and RFC 9207 §2.4, then the code. `pending` is used up.
    ///
    /// Take it out of the store first, so that a second callback finds none.
    ///
    /// # Errors
    /// [`CallbackError`] for the first check that fails; what the server refused is [`CallbackError::Refused`].
    pub fn complete(
        self,
        pending: Option<PendingAuthorization>,
        now: UnixTime,
    ) -> Result<AuthorizedCode, CallbackError> {
        let Some(pending) = pending else {
            return Err(CallbackError::NoRunningFlow { refusal: self.refusal() });
        };
        if self.state.is_none() {
            return Err(CallbackError::StateMissing { refusal: self.refusal() });
        }
        if !self.belongs_to(&pending) {
            return Err(CallbackError::StateDiffers);
        }
        self.check_issuer(&pending)?;
        if let Some(refusal) = self.refusal() {
            return Err(CallbackError::Refused(refusal));
        }
        if now >= pending.expires_at {
            let seconds = |from: UnixTime, to: UnixTime| to.as_seconds().saturating_sub(from.as_seconds());
            return Err(CallbackError::Expired {
                late: seconds(pending.expires_at, now),
                open: seconds(pending.created_at, pending.expires_at),
            });
        }
        let code = self.code.ok_or(CallbackError::CodeMissing)?;
        Ok(AuthorizedCode {
            code,
            redirect_uri: pending.redirect_uri,
            verifier: pending.verifier,
            nonce: pending.nonce,
            max_age: pending.max_age,
            base: pending.base,
            client_id: pending.client_id,
            token_endpoint: pending.token_endpoint,
            issuer: pending.issuer,
            scope: pending.scope,
        })
    }

    /// RFC 9207 §2.4: compared as text. Without a known issuer there is nothing to compare with.
    fn check_issuer(&self, pending: &PendingAuthorization) -> Result<(), CallbackError> {
        match (&self.iss, &pending.issuer) {
            (Some(received), Some(expected)) if received != expected => Err(CallbackError::IssuerDiffers {
                expected: expected.clone(),
                received: clean(received, &self.secrets(), ISSUER_SHOWN),
            }),
            (None, _) if pending.iss == IssParameter::Promised => Err(CallbackError::IssuerMissing),
            (Some(_) | None, _) => Ok(()),
        }
    }

    fn refusal(&self) -> Option<AuthorizationError> {
        let (description, uri) = (self.description.as_deref(), self.uri.as_deref());
        self.error.as_deref().map(|code| AuthorizationError::read(code, description, uri, &self.secrets()))
    }

    /// What a server may echo in its texts.
    fn secrets(&self) -> Vec<&str> {
        let code = self.code.as_ref().map(AuthorizationCode::expose_secret);
        code.into_iter().chain(self.state()).collect()
    }
}

/// An empty value counts as absent.
fn set<T>(slot: &mut Option<T>, value: Option<T>, parameter: &'static str) -> Result<(), CallbackError> {
    match (slot.is_some(), value) {
        (true, _) => Err(CallbackError::Doubled { parameter }),
        (false, value) => {
            *slot = value;
            Ok(())
        }
    }
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback")
            .field("code", &self.code)
            .field("state", &self.state.as_ref().map(|_| "[redacted]"))
            .field("iss", &self.iss.is_some())
            .field("refusal", &self.refusal())
            .finish_non_exhaustive()
    }
}
