//! Reading a registration.

use safire_protocol::registration::management::ReadRequest;

use super::managed::ManagedRegistration;
use super::outcome::Managed;
use super::settle;
use crate::error::Error;

impl ManagedRegistration<'_> {
    /// Reads the registration at its server (RFC 7592 §2.1) and stores it, with a token or secret that the answer
    /// replaces. It also settles a call whose answer was lost, as far as the server shows what became of it.
    ///
    /// # Errors
    /// [`Error::Manage`] when the server does not show it, or the registration cannot be managed; those of the store
    /// and of the transport.
    pub async fn read(&self) -> Result<Managed, Error> {
        self.in_turn(Box::pin(self.read_now())).await
    }

    pub(super) async fn read_now(&self) -> Result<Managed, Error> {
        let mut opened = self.open().await?;
        let before = opened.record.content.pending.clone();
        let url = self.url(&opened.registration)?;
        let step = ReadRequest::new(url, &opened.registration).map_err(|error| self.error(error))?;
        let exchanged = self.call(&mut opened, step, None).await?;
        let (requested, settled) =
            settle::requested_after(&opened.record, before.as_ref(), &exchanged.accepted);
        let mut managed = self.keep(opened, exchanged, requested).await?;
        managed.settled = settled;
        Ok(managed)
    }
}
