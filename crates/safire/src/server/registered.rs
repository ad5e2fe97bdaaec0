//! What a registration call returns.

use safire_protocol::client_profile::ClientProfile;
use safire_protocol::jose::PrivateKey;
use safire_protocol::registration::Registration;

use crate::credentials::Credentials;
use crate::credentials::UnusableCredentials;
use crate::store::Record;
use crate::store::RecordId;

/// A registration, and where it is kept.
#[derive(Debug)]
#[non_exhaustive]
pub struct Registered {
    /// What the server granted.
    pub registration: Registration,
    /// Whether it was made now or found in the store.
    pub origin: Origin,
    /// The record in the store; `None` when no store was named.
    pub record: Option<Box<Record>>,
    /// Whose rules the client follows.
    pub profile: ClientProfile,
}

/// Whether a registration was made now or found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "made or found")]
pub enum Origin {
    /// The server made it now.
    Sent,
    /// A matching one was in the store; nothing was sent.
    Found,
}

impl Registered {
    pub(super) fn of_record(registration: Registration, origin: Origin, record: Record) -> Self {
        let profile = record.content.settings.profile;
        Self { registration, origin, record: Some(Box::new(record)), profile }
    }

    /// The local id; `None` when no store was named.
    #[must_use]
    pub fn id(&self) -> Option<&RecordId> {
        self.record.as_ref().map(|record| &record.id)
    }

    /// How this client proves itself from now on, by what the server answered.
    ///
    /// # Errors
    /// [`UnusableCredentials`] when the method named cannot work with what came.
    pub fn credentials(&self, key: Option<PrivateKey>) -> Result<Credentials, UnusableCredentials> {
        match &self.record {
            Some(record) => Credentials::of_record(record, &self.registration, key),
            None => Credentials::of_profile(&self.registration, key, self.profile),
        }
    }
}
