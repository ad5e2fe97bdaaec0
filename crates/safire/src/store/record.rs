//! One registration as it is kept.

use std::fmt;

use safire_protocol::auth_method::AuthMethod;
use safire_protocol::identifier::ClientId;
use safire_protocol::registration::Registration;
use safire_protocol::registration::RegistrationError;
use safire_protocol::registration::SecretExpiry;
use safire_protocol::time::UnixTime;

use super::content::Content;

/// The local id of a record: `r` and fifteen characters of `a-z2-7`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordId(String);

impl RecordId {
    /// Makes an id of 75 random bits.
    #[must_use]
    pub fn from_random(random: [u8; 15]) -> Self {
        const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
        let mut text = String::with_capacity(16);
        text.push('r');
        for byte in random {
            let letter = ALPHABET.get(usize::from(byte & 31)).copied().unwrap_or(b'a');
            text.push(char::from(letter));
        }
        Self(text)
    }

    /// Reads an id; `None` when the text does not have its form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix('r')?;
        let formed =
            rest.len() == 15 && rest.bytes().all(|b| b.is_ascii_lowercase() || (b'2'..=b'7').contains(&b));
        formed.then(|| Self(text.to_owned()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which protocol made a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Protocol {
    /// SMART App Launch, RFC 7591, or by hand in a portal.
    Smart,
    /// UDAP Security, by a software statement.
    Udap,
}

impl Protocol {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Smart => "smart",
            Self::Udap => "udap",
        }
    }

    /// Reads the stable name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Smart, Self::Udap].into_iter().find(|protocol| protocol.as_str() == text)
    }
}

/// Where a registration stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// The request was about to be sent, and no answer is known.
    InDoubt,
    /// The server registered the client; it was not used yet.
    Registered,
    /// Registered, but an administrator has to approve it.
    AwaitingApproval,
    /// A token was obtained with it.
    Active,
    /// The client secret ends soon.
    Expiring,
    /// The server refused.
    Refused,
    /// The server no longer knows it.
    Gone,
    /// Deleted at the server.
    Deleted,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::InDoubt,
        Self::Registered,
        Self::AwaitingApproval,
        Self::Active,
        Self::Expiring,
        Self::Refused,
        Self::Gone,
        Self::Deleted,
    ];

    /// The stable kebab-case name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InDoubt => "in-doubt",
            Self::Registered => "registered",
            Self::AwaitingApproval => "awaiting-approval",
            Self::Active => "active",
            Self::Expiring => "expiring",
            Self::Refused => "refused",
            Self::Gone => "gone",
            Self::Deleted => "deleted",
        }
    }

    /// Reads the stable name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether a second registration of the same metadata should find this one.
    #[must_use]
    pub const fn is_live(self) -> bool {
        match self {
            Self::InDoubt | Self::Registered | Self::AwaitingApproval | Self::Active | Self::Expiring => true,
            Self::Refused | Self::Gone | Self::Deleted => false,
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One registration as it is kept: what a listing shows, and the sealed content.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Record {
    /// The local id.
    pub id: RecordId,
    /// The protocol.
    pub protocol: Protocol,
    /// The FHIR base as it was given.
    pub base_url: String,
    /// Its normal form, under which it is found.
    pub base_key: String,
    /// Base, endpoint and metadata as one text; `None` for a client registered by hand.
    pub fingerprint: Option<String>,
    /// Where it stands.
    pub state: State,
    /// What the server calls the client.
    pub client_id: Option<ClientId>,
    /// What people call the client.
    pub client_name: Option<String>,
    /// When the record was made.
    pub created_at: UnixTime,
    /// When it last changed.
    pub updated_at: UnixTime,
    /// Everything else: sealed at rest.
    pub content: Content,
}

impl Record {
    /// A record of the base, with empty optional members; the others are set by assignment.
    #[must_use]
    pub fn new(
        id: RecordId,
        base_url: String,
        base_key: String,
        state: State,
        now: UnixTime,
        content: Content,
    ) -> Self {
        Self {
            id,
            protocol: Protocol::Smart,
            base_url,
            base_key,
            fingerprint: None,
            state,
            client_id: None,
            client_name: None,
            created_at: now,
            updated_at: now,
            content,
        }
    }

    /// The registration that this record holds, read again from its answers.
    ///
    /// # Errors
    /// [`RegistrationError`] when the record holds no answer, or none that can be used.
    pub fn registration(&self) -> Result<Registration, RegistrationError> {
        let endpoint = self.content.registration_endpoint.as_deref().unwrap_or_default();
        if !self.content.earlier.is_empty() {
            return self.content.answers().read(endpoint, self.content.requested.clone());
        }
        let answer = self.content.answer.clone().ok_or_else(|| RegistrationError::no_answer(endpoint))?;
        Registration::read(endpoint, self.content.requested.clone(), answer)
    }

    /// Whether something was about to be sent and its answer is awaited: a store keeps room for it.
    #[must_use]
    pub fn awaits_answer(&self) -> bool {
        match &self.content.pending {
            Some(pending) => pending.note.is_none(),
            None => self.state == State::InDoubt && self.content.answer.is_none(),
        }
    }

    /// Where the registration stands at this time: as [`Record::state`], and [`State::Expiring`] from thirty days
    /// before its client secret ends. That depends on the time, so no store keeps it.
    #[must_use]
    pub fn state_at(&self, now: UnixTime) -> State {
        if !matches!(self.state, State::Registered | State::Active) {
            return self.state;
        }
        let Ok(registration) = self.registration() else { return self.state };
        let uses_secret = registration.client_secret().is_some()
            && !matches!(
                registration.token_endpoint_auth_method(),
                Some(AuthMethod::None | AuthMethod::PrivateKeyJwt)
            );
        match registration.client_secret_expires_at() {
            SecretExpiry::At(end) if uses_secret && end <= now.plus_seconds(EXPIRING_SECONDS) => {
                State::Expiring
            }
            SecretExpiry::At(_) | SecretExpiry::Never | SecretExpiry::Unknown => self.state,
        }
    }
}

const EXPIRING_SECONDS: i64 = 30 * 24 * 3600;
