//! Cancels a registration by a software statement with no grants (UDAP Security 2.0 §3.4).

use std::future::IntoFuture;

use safire_protocol::identifier::ClientId;
use safire_protocol::registration::ClientMetadata;
use safire_protocol::udap::Certifications;
use safire_protocol::udap::RegistrationOutcome;
use safire_protocol::udap::UdapClientMetadata;
use safire_protocol::udap::UdapRegistrationRequest;

use super::exchange::post;
use super::exchange::sign;
use super::identity::ClientIdentity;
use super::kept::Who;
use super::server::UdapServer;
use crate::error::Error;
use crate::future::BoxFuture;
use crate::store::Change;
use crate::store::Record;
use crate::store::State;
use crate::store::Store;

/// A cancellation that is about to be made; awaiting it makes it.
#[derive(Debug)]
#[must_use = "nothing is cancelled until it is awaited"]
pub struct CancelUdapRegistration<'a> {
    udap: &'a UdapServer,
    identity: &'a ClientIdentity,
    metadata: &'a ClientMetadata,
    certifications: Certifications,
    store: Option<&'a dyn Store>,
    expected: Option<ClientId>,
}

impl<'a> CancelUdapRegistration<'a> {
    pub(super) fn new(
        udap: &'a UdapServer,
        identity: &'a ClientIdentity,
        metadata: &'a ClientMetadata,
    ) -> Self {
        Self { udap, identity, metadata, certifications: Certifications::none(), store: None, expected: None }
    }

    /// Says which client is meant: a confirmation for another one is an error.
    pub fn of_client(mut self, client_id: ClientId) -> Self {
        self.expected = Some(client_id);
        self
    }

    /// Takes the client that is meant from this store, and writes down there that it is gone.
    pub fn store(mut self, store: &'a dyn Store) -> Self {
        self.store = Some(store);
        self
    }

    /// Sends these certifications along.
    pub fn certifications(mut self, certifications: Certifications) -> Self {
        self.certifications = certifications;
        self
    }

    async fn send(self) -> Result<RegistrationOutcome, Error> {
        let server = self.udap.server();
        let metadata = UdapClientMetadata::cancel(self.metadata, server.policy())?;
        self.identity.identity().check_at(server.clock().now())?;
        let record = match self.store {
            Some(store) => {
                let who = Who {
                    base: server.base(),
                    community: self.udap.trust().community(),
                    identity: self.identity.identity(),
                };
                who.registered(store).await?.map(|record| (store, record))
            }
            None => None,
        };
        let expected = self.expected.clone().or_else(|| record.as_ref()?.1.client_id.clone());
        let found = self.udap.metadata().await?;
        let step = UdapRegistrationRequest::new(
            server.base(),
            &found,
            server.policy(),
            (self.identity.identity(), metadata),
            self.certifications.clone(),
            self.identity.asked_algorithm(),
        )?
        .of_client(expected);
        let statement = sign(server, self.identity, &step).await?;
        let outcome = post(server, &step, &statement).await;
        let Some((store, mut record)) = record else { return outcome.map_err(|failure| failure.error) };
        record.updated_at = server.clock().now();
        match outcome {
            Ok(outcome) => {
                record.state = State::Deleted;
                write(store, record).await?;
                Ok(outcome)
            }
            Err(failure) => {
                if !failure.is_refusal() {
                    record.content.note = Some(format!("a cancellation is in doubt: {}", failure.note()));
                    let id = record.id.clone();
                    if let Err(error) = write(store, record).await {
                        tracing::error!(%id, %error, "the outcome could not be written to the store");
                    }
                    return Err(failure.error.with_record(id));
                }
                Err(failure.error)
            }
        }
    }
}

async fn write(store: &dyn Store, record: Record) -> Result<(), Error> {
    Ok(store.commit(Change::Replace(Box::new(record))).await?)
}

impl<'a> IntoFuture for CancelUdapRegistration<'a> {
    type Output = Result<RegistrationOutcome, Error>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
