//! What has to be remembered between the request and its callback.

use std::fmt;

use serde::Deserialize;
use serde::Serialize;
use thiserror::Error;
use url::Url;
use zeroize::Zeroizing;

use super::pkce::CodeVerifier;
use super::request::redirect_shown;
use super::state::Nonce;
use super::state::State;
use crate::fault::Diagnose;
use crate::fault::Fault;
use crate::identifier::ClientId;
use crate::time::UnixTime;
use crate::url::display_url;

/// The form in which [`PendingAuthorization::to_bytes`] writes.
const FORM: u32 = 1;

/// Whether the server promises an `iss` in its callbacks, RFC 9207 §3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum IssParameter {
    Promised,
    Unknown,
}

/// A login that has begun. It is good for one callback: completing it uses it up.
///
/// Keep it where only this user's session can reach it, and take it out before completing it. `Debug` is safe;
/// [`Self::to_bytes`] is secret.
#[derive(Clone)]
pub struct PendingAuthorization {
    pub(super) state: State,
    pub(super) nonce: Option<Nonce>,
    pub(super) verifier: Option<CodeVerifier>,
    pub(super) base: String,
    pub(super) client_id: ClientId,
    pub(super) redirect_uri: String,
    pub(super) token_endpoint: Url,
    pub(super) issuer: Option<String>,
    pub(super) iss: IssParameter,
    pub(super) scope: String,
    pub(super) max_age: Option<u64>,
    pub(super) created_at: UnixTime,
    pub(super) expires_at: UnixTime,
}

#[derive(Serialize)]
struct Written<'a> {
    form: u32,
    state: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verifier: Option<&'a str>,
    base: &'a str,
    client_id: &'a ClientId,
    redirect_uri: &'a str,
    token_endpoint: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer: Option<&'a str>,
    iss: IssParameter,
    scope: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_age: Option<u64>,
    created_at: UnixTime,
    expires_at: UnixTime,
}

#[derive(Deserialize)]
struct Read {
    state: String,
    nonce: Option<String>,
    verifier: Option<String>,
    base: String,
    client_id: ClientId,
    redirect_uri: String,
    token_endpoint: String,
    issuer: Option<String>,
    iss: IssParameter,
    scope: String,
    max_age: Option<u64>,
    created_at: UnixTime,
    expires_at: UnixTime,
}

#[derive(Deserialize)]
struct FormOnly {
    form: u32,
}

impl PendingAuthorization {
    /// The bytes to store. They hold the verifier: seal them, or keep them on the server's side.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let written = Written {
            form: FORM,
            state: self.state.expose_secret(),
            nonce: self.nonce.as_ref().map(Nonce::expose_secret),
            verifier: self.verifier.as_ref().map(CodeVerifier::expose_secret),
            base: &self.base,
            client_id: &self.client_id,
            redirect_uri: &self.redirect_uri,
            token_endpoint: self.token_endpoint.as_str(),
            issuer: self.issuer.as_deref(),
            iss: self.iss,
            scope: &self.scope,
            max_age: self.max_age,
            created_at: self.created_at,
            expires_at: self.expires_at,
        };
        // invariant: texts, numbers and options of them always have a JSON form; were there none, nothing is readable.
        Zeroizing::new(serde_json::to_vec(&written).unwrap_or_default())
    }

    /// Reads what [`Self::to_bytes`] wrote, also an older Safire's.
    ///
    /// # Errors
    /// [`PendingError`] when the bytes are of a form that is not known here, or are none of ours.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PendingError> {
        let FormOnly { form } = serde_json::from_slice(bytes).map_err(|_| PendingError::Unreadable)?;
        if form != FORM {
            return Err(PendingError::UnknownForm { form });
        }
        let read: Read = serde_json::from_slice(bytes).map_err(|_| PendingError::Unreadable)?;
        let nonce = read.nonce.map(Nonce::from_caller).transpose();
        let verifier = read.verifier.map(CodeVerifier::parse).transpose();
        Ok(Self {
            state: State::from_caller(read.state).map_err(|_| PendingError::Unreadable)?,
            nonce: nonce.map_err(|_| PendingError::Unreadable)?,
            verifier: verifier.map_err(|_| PendingError::Unreadable)?,
            base: read.base,
            client_id: read.client_id,
            redirect_uri: read.redirect_uri,
            token_endpoint: Url::parse(&read.token_endpoint).map_err(|_| PendingError::Unreadable)?,
            issuer: read.issuer,
            iss: read.iss,
            scope: read.scope,
            max_age: read.max_age,
            created_at: read.created_at,
            expires_at: read.expires_at,
        })
    }

    /// The state, under which a web application may keep the value.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// The FHIR base, as it was given.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The client.
    #[must_use]
    pub const fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// Where the user comes back.
    #[must_use]
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// When the request was made.
    #[must_use]
    pub const fn created_at(&self) -> UnixTime {
        self.created_at
    }

    /// From when on a callback is refused.
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        self.expires_at
    }
}

impl fmt::Debug for PendingAuthorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingAuthorization")
            .field("state", &self.state)
            .field("nonce", &self.nonce)
            .field("verifier", &self.verifier)
            .field("base", &self.base)
            .field("client_id", &self.client_id)
            .field("redirect_uri", &redirect_shown(&self.redirect_uri))
            .field("token_endpoint", &display_url(&self.token_endpoint))
            .field("issuer", &self.issuer)
            .field("scope", &self.scope)
            .field("created_at", &self.created_at)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Why stored bytes are no pending authorization.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PendingError {
    /// None of ours, or damaged.
    #[error("the stored bytes are no pending authorization")]
    Unreadable,
    /// Written by a newer Safire.
    #[error("the pending authorization is stored in form {form}; this version reads form {FORM}")]
    UnknownForm {
        /// The form found.
        form: u32,
    },
}

impl Diagnose for PendingError {
    fn code(&self) -> &'static str {
        match self {
            Self::Unreadable => "pending-unreadable",
            Self::UnknownForm { .. } => "pending-form-unknown",
        }
    }

    fn fault(&self) -> Fault {
        Fault::Store
    }

    fn hint(&self) -> Option<std::borrow::Cow<'_, str>> {
        Some(std::borrow::Cow::Borrowed("start the login again"))
    }
}
