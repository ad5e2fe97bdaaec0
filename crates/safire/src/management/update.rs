//! Updating a registration.

use std::future::IntoFuture;

use safire_protocol::registration::ClientMetadata;
use safire_protocol::registration::management::UpdateRequest;

use super::error::Unmanaged;
use super::managed::ManagedRegistration;
use super::outcome::Managed;
use super::settle;
use crate::error::Error;
use crate::future::BoxFuture;

/// An update that is about to be made; awaiting it makes it.
///
/// # Errors
/// [`Error::Metadata`] when the metadata break a local rule, [`Error::Manage`] when the server refuses, an earlier call
/// is in doubt, or the registration cannot be managed; those of the store and of the transport.
#[derive(Debug)]
#[must_use = "nothing is updated until it is awaited"]
pub struct UpdateRegistration<'a> {
    managed: ManagedRegistration<'a>,
    metadata: &'a ClientMetadata,
    client_id: Identifier,
    client_secret: Identifier,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Identifier {
    Sent,
    Omitted,
}

impl<'a> UpdateRegistration<'a> {
    pub(super) const fn new(managed: ManagedRegistration<'a>, metadata: &'a ClientMetadata) -> Self {
        Self { managed, metadata, client_id: Identifier::Sent, client_secret: Identifier::Sent }
    }

    /// Leaves the `client_id` out, which the RFC wants and some servers refuse.
    pub fn without_client_id(mut self) -> Self {
        self.client_id = Identifier::Omitted;
        self
    }

    /// Leaves the `client_secret` out, which the RFC allows: some servers refuse it, or have replaced it.
    pub fn without_client_secret(mut self) -> Self {
        self.client_secret = Identifier::Omitted;
        self
    }

    async fn send(self) -> Result<Managed, Error> {
        let managed = self.managed.clone();
        managed.in_turn(Box::pin(self.send_now())).await
    }

    async fn send_now(self) -> Result<Managed, Error> {
        let managed = &self.managed;
        self.metadata.check(managed.server.policy())?;
        let mut opened = managed.open().await?;
        if let Some(pending) = settle::doubt(opened.record.content.pending.as_ref()) {
            return Err(managed.error(Unmanaged::InDoubt { pending: Box::new(pending.clone()) }));
        }
        let url = managed.url(&opened.registration)?;
        let step = UpdateRequest::new(url, &opened.registration, self.metadata);
        let mut step = step.map_err(|error| managed.error(error))?;
        if self.client_id == Identifier::Omitted {
            step = step.without_client_id();
        }
        if self.client_secret == Identifier::Omitted {
            step = step.without_client_secret();
        }
        let requested = step.requested().clone();
        let exchanged = managed.call(&mut opened, step, Some(requested.clone())).await?;
        managed.keep(opened, exchanged, requested).await
    }
}

impl<'a> IntoFuture for UpdateRegistration<'a> {
    type Output = Result<Managed, Error>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
