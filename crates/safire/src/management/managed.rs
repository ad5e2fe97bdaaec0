//! One registration in a store, and its server.

use safire_protocol::registration::ClientMetadata;
use safire_protocol::registration::Registration;

use super::error::ManageError;
use super::error::Unmanaged;
use super::update::UpdateRegistration;
use crate::error::Error;
use crate::server::Server;
use crate::store::Query;
use crate::store::Record;
use crate::store::RecordId;
use crate::store::State;
use crate::store::Store;
use crate::store::StoreError;

/// One registration in a store, to be managed at its server. Cheap to clone.
///
/// Every call loads the record, says in the store what it is about to send, sends it, and has stored what came of it,
/// new credentials above all, before it returns. One call at a time manages a registration, whatever process makes it.
///
/// ```no_run
/// # use safire::store::{RecordId, Store};
/// # async fn example(server: safire::Server, store: &dyn Store, id: RecordId) -> Result<(), safire::Error> {
/// let managed = server.manage(store, &id);
/// let read = managed.read().await?; // what the server knows now
/// let metadata = read.registration.to_metadata().client_name("A better name");
/// let updated = managed.update(&metadata).await?;
/// println!("{:?} {:?}", updated.rotated, updated.registration.differences());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct ManagedRegistration<'a> {
    pub(super) server: &'a Server,
    pub(super) store: &'a dyn Store,
    pub(super) id: RecordId,
}

// Here and not beside `Server`: managing is a later stage than registering.
impl Server {
    /// The registration with this id in this store, to be read, updated and deleted (RFC 7592). Nothing is sent yet.
    #[must_use]
    pub fn manage<'a>(&'a self, store: &'a dyn Store, id: &RecordId) -> ManagedRegistration<'a> {
        ManagedRegistration { server: self, store, id: id.clone() }
    }
}

/// A record and what it holds.
pub(super) struct Opened {
    pub(super) record: Record,
    pub(super) registration: Registration,
}

impl<'a> ManagedRegistration<'a> {
    /// The local id.
    #[must_use]
    pub const fn id(&self) -> &RecordId {
        &self.id
    }

    /// The record as it is stored now.
    ///
    /// # Errors
    /// [`Error::Store`] when it is not there or cannot be read.
    pub async fn record(&self) -> Result<Record, Error> {
        let found = self.store.load(Query::Id(self.id.clone())).await?.pop();
        found.ok_or_else(|| StoreError::Unknown { id: self.id.clone() }.into())
    }

    /// Replaces the registered metadata (RFC 7592 §2.2); a member that is left out is removed, so begin with
    /// [`Registration::to_metadata`]. Nothing is sent until it is awaited.
    pub fn update(&self, metadata: &'a ClientMetadata) -> UpdateRegistration<'a> {
        UpdateRegistration::new(self.clone(), metadata)
    }

    /// The record, if a client of this server is in it.
    pub(super) async fn open(&self) -> Result<Opened, Error> {
        let record = self.record().await?;
        if record.base_key != self.server.base().key() {
            return Err(self.error(Unmanaged::OtherServer { base: record.base_url }));
        }
        match record.state {
            State::InDoubt | State::Refused => Err(self.error(Unmanaged::NoClient { state: record.state })),
            State::Registered
            | State::AwaitingApproval
            | State::Active
            | State::Expiring
            | State::Gone
            | State::Deleted => {
                let registration = record.registration()?;
                Ok(Opened { record, registration })
            }
        }
    }

    pub(super) fn error(&self, reason: impl Into<Unmanaged>) -> Error {
        Error::Manage(Box::new(ManageError { id: self.id.clone(), reason: reason.into() }))
    }
}
