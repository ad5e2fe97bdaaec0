//! What a call that manages a registration returns.

use safire_protocol::registration::Registration;

use crate::store::Record;

/// A registration as its server has just shown it, stored.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Managed {
    /// What is registered now; its differences are those from what was asked last.
    pub registration: Registration,
    /// The record, as it is stored.
    pub record: Box<Record>,
    /// The credentials that the server has replaced.
    pub rotated: Vec<Rotated>,
    /// The members that the server has otherwise than they were known here, by name.
    pub changed: Vec<String>,
    /// What became of an earlier call without an answer, where there was one and this read has settled it.
    pub settled: Option<Settled>,
}

/// A credential that the server has replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rotated {
    /// The client secret.
    ClientSecret,
    /// The registration access token.
    RegistrationAccessToken,
    /// The address where the registration is managed.
    RegistrationClientUri,
}

impl Rotated {
    /// The member.
    #[must_use]
    pub const fn member(self) -> &'static str {
        match self {
            Self::ClientSecret => "client_secret",
            Self::RegistrationAccessToken => "registration_access_token",
            Self::RegistrationClientUri => "registration_client_uri",
        }
    }

    pub(super) fn between(held: &Registration, now: &Registration) -> Vec<Self> {
        let secret = |registration: &Registration| {
            registration.client_secret().map(|secret| secret.expose_secret().to_owned())
        };
        let token = |registration: &Registration| {
            registration.registration_access_token().map(|token| token.expose_secret().to_owned())
        };
        let mut rotated = Vec::new();
        if secret(held) != secret(now) {
            rotated.push(Self::ClientSecret);
        }
        if token(held) != token(now) {
            rotated.push(Self::RegistrationAccessToken);
        }
        if held.registration_client_uri() != now.registration_client_uri() {
            rotated.push(Self::RegistrationClientUri);
        }
        rotated
    }
}

/// What became of a call whose answer was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "done, not done, or not to be seen")]
pub enum Settled {
    /// The server has done it. A secret that its answer may have held is lost: if the token endpoint says
    /// `invalid_client`, one more update may bring a new one.
    Done,
    /// The server has not done it.
    NotDone,
    /// What the server shows does not tell.
    Unknown,
}
