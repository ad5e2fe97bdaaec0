//! What a registration by software statement returns.

use safire_protocol::credentials::AuthorizationExtensions;
use safire_protocol::registration::Registration;
use safire_protocol::udap::IdentityError;
use safire_protocol::udap::RegistrationOutcome;

use super::identity::ClientIdentity;
use crate::credentials::Credentials;
use crate::error::Error;
use crate::server::Origin;
use crate::store::Record;
use crate::store::RecordId;
use crate::store::UdapSettings;

/// What became of a registration by software statement, and where it is kept.
#[derive(Debug)]
#[non_exhaustive]
pub struct UdapRegistered {
    /// What became of it.
    pub outcome: RegistrationOutcome,
    /// Whether it was made now or found in the store.
    pub origin: Origin,
    /// The record in the store; `None` when no store was named.
    pub record: Option<Box<Record>>,
    /// What the registration is bound to.
    pub bound: UdapSettings,
}

impl UdapRegistered {
    /// The local id; `None` when no store was named.
    #[must_use]
    pub fn id(&self) -> Option<&RecordId> {
        self.record.as_ref().map(|record| &record.id)
    }

    /// What the server answered.
    #[must_use]
    pub const fn registration(&self) -> &Registration {
        self.outcome.registration()
    }

    /// How this client proves itself from now on, with these extension objects in its token requests.
    ///
    /// # Errors
    /// [`Error::Udap`] when the identity is of another client, or `purpose_of_use` is another than it is registered for.
    pub fn credentials(
        &self,
        identity: &ClientIdentity,
        extensions: AuthorizationExtensions,
    ) -> Result<Credentials, Error> {
        let (client, registration) = (identity.identity(), self.registration());
        if client.client_uri().as_str() != self.bound.client_uri {
            let (client_uri, names) =
                (self.bound.client_uri.clone(), vec![client.client_uri().as_str().to_owned()]);
            return Err(IdentityError::OtherClient { client_uri, names }.into());
        }
        let (client_id, required) =
            (registration.client_id().clone(), self.bound.extensions_required.clone());
        let profile = client
            .certificate_profile(client_id, self.bound.algorithm, required)
            .with_extensions(extensions)
            .map_err(IdentityError::Credentials)?;
        let mut credentials = Credentials::certified(profile, identity.signer(self.bound.algorithm)?);
        let asked = registration.requested().get("scope").and_then(serde_json::Value::as_str);
        credentials.scope = registration.granted().scope.clone().or_else(|| asked.map(str::to_owned));
        Ok(credentials)
    }
}
