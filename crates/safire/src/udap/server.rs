//! A FHIR server as one trust community knows it.

use std::sync::Arc;

use safire_protocol::credentials::AuthorizationExtensions;
use safire_protocol::identifier::ClientId;
use safire_protocol::registration::ClientMetadata;
use safire_protocol::udap::UdapMetadata;

use super::cancel::CancelUdapRegistration;
use super::evidence;
use super::identity::ClientIdentity;
use super::register::RegisterUdapClient;
use super::source::UdapSource;
use super::trust::UdapTrust;
use crate::client::Client;
use crate::credentials::Credentials;
use crate::error::ConfigError;
use crate::error::Error;
use crate::server::Server;
use crate::server::ServerBuilder;

/// A FHIR server as one trust community knows it: its metadata are trusted or not used.
///
/// Cheap to clone; clones share the document. For another community, or another policy, take another one.
#[derive(Debug, Clone)]
pub struct UdapServer {
    server: Server,
    source: Arc<UdapSource>,
}

impl Server {
    /// The same server by UDAP, trusted as `trust` says. No network.
    #[must_use]
    pub fn udap(&self, trust: UdapTrust) -> UdapServer {
        let evidence = evidence::transport(&trust, self.policy());
        let source = Arc::new(UdapSource::new(trust, evidence));
        UdapServer { server: self.with_source(Arc::clone(&source) as _), source }
    }
}

impl ServerBuilder {
    /// Builds the server by UDAP. No network.
    ///
    /// # Errors
    /// As [`ServerBuilder::build`].
    pub fn build_udap(self, trust: UdapTrust) -> Result<UdapServer, ConfigError> {
        Ok(self.build()?.udap(trust))
    }
}

impl UdapServer {
    /// The ordinary server, whose profile is the trusted one. Endpoints given to its builder do not count.
    #[must_use]
    pub const fn server(&self) -> &Server {
        &self.server
    }

    /// Whom it is trusted by.
    #[must_use]
    pub fn trust(&self) -> &UdapTrust {
        &self.source.trust
    }

    /// The metadata: fetched at the first call, kept as long as the answer says, and trusted anew at each use. What no
    /// longer holds is fetched again.
    ///
    /// # Errors
    /// [`Error::Udap`] when there are none or they are not trusted; [`Error::Transport`], [`Error::Redirect`].
    pub async fn metadata(&self) -> Result<Arc<UdapMetadata>, Error> {
        self.source.get(&self.server).await
    }

    /// Fetches the metadata again, whatever is kept.
    ///
    /// # Errors
    /// As [`Self::metadata`].
    pub async fn refresh_metadata(&self) -> Result<Arc<UdapMetadata>, Error> {
        self.source.refresh(&self.server).await
    }

    /// Registers the client by a software statement, or modifies what is registered. Nothing is sent until it is
    /// awaited.
    pub fn register_client<'a>(
        &'a self,
        identity: &'a ClientIdentity,
        metadata: &'a ClientMetadata,
    ) -> RegisterUdapClient<'a> {
        RegisterUdapClient::new(self, identity, metadata)
    }

    /// Cancels the registration of the client. Name, contacts and scope say who cancels. Nothing is sent until it is
    /// awaited.
    pub fn cancel_registration<'a>(
        &'a self,
        identity: &'a ClientIdentity,
        metadata: &'a ClientMetadata,
    ) -> CancelUdapRegistration<'a> {
        CancelUdapRegistration::new(self, identity, metadata)
    }

    /// How the registered client proves itself here, with these extension objects in its token requests.
    ///
    /// # Errors
    /// [`Error::Udap`] when the server takes no algorithm of the client's key, or `purpose_of_use` is another than the
    /// client is registered for; those of [`Self::metadata`].
    pub async fn credentials(
        &self,
        identity: &ClientIdentity,
        client_id: ClientId,
        extensions: AuthorizationExtensions,
    ) -> Result<Credentials, Error> {
        let metadata = self.metadata().await?;
        let asked = identity.asked_algorithm();
        let profile = identity.identity().credentials(client_id, &metadata, asked, extensions)?;
        let signer = identity.signer(profile.algorithm())?;
        Ok(Credentials::certified(profile, signer))
    }

    /// The ordinary client with these credentials.
    #[must_use]
    pub fn client(&self, credentials: Credentials) -> Client {
        self.server.client(credentials)
    }
}
