//! Asks about a token (RFC 7662), and gives one back (RFC 7009).

use safire_protocol::discovery::EndpointKind;
use safire_protocol::introspection::Introspection;
use safire_protocol::introspection::IntrospectionProof;
use safire_protocol::introspection::IntrospectionRequest;
use safire_protocol::revocation::RevocationRequest;
use safire_protocol::revocation::Revoked;
use safire_protocol::secret::AccessToken;
use safire_protocol::token_endpoints::HeldToken;
use safire_protocol::token_endpoints::TokenEndpointError;
use url::Url;

use super::Client;
use super::exchange::warn_of;
use crate::error::Error;
use crate::error::Stage;

impl Client {
    /// What the server knows of a token. The client proves itself as at the token endpoint.
    ///
    /// # Errors
    /// [`Error::TokenEndpoint`] when the server refuses or its answer is unusable, [`Error::Signer`] when nothing
    /// was signed, and those of discovery and transport.
    pub async fn introspect(&self, token: HeldToken) -> Result<Introspection, Error> {
        self.introspect_by(token, IntrospectionProof::Client(self.credentials.proof.clone())).await
    }

    /// The same with an access token as the proof, for servers that want it so.
    ///
    /// # Errors
    /// As [`Client::introspect`].
    pub async fn introspect_with_bearer(
        &self,
        token: HeldToken,
        bearer: AccessToken,
    ) -> Result<Introspection, Error> {
        self.introspect_by(token, IntrospectionProof::Bearer(bearer)).await
    }

    async fn introspect_by(
        &self,
        token: HeldToken,
        proof: IntrospectionProof,
    ) -> Result<Introspection, Error> {
        let kind = EndpointKind::Introspection;
        let endpoint = self.server.endpoint(kind).await?;
        let audience = self.audience(&endpoint).await?;
        let step = IntrospectionRequest::new(endpoint, token, proof)?;
        let assertion =
            self.assertion::<TokenEndpointError>(|now, jti| step.assertion(&audience, now, jti)).await?;
        let response = self.send(Stage::Introspection, kind, step.request(assertion)?).await?;
        let introspection = step.accept(&response)?;
        warn_of(&introspection.deviations);
        Ok(introspection)
    }

    /// Gives a token back: the server knows it no more. Give the refresh token, its access tokens go with it.
    ///
    /// # Errors
    /// As [`Client::introspect`]. A token that the server does not know is no error.
    pub async fn revoke(&self, token: HeldToken) -> Result<Revoked, Error> {
        let kind = EndpointKind::Revocation;
        let endpoint = self.server.endpoint(kind).await?;
        let audience = self.audience(&endpoint).await?;
        let step = RevocationRequest::new(endpoint, token, self.credentials.proof.clone())?;
        let assertion =
            self.assertion::<TokenEndpointError>(|now, jti| step.assertion(&audience, now, jti)).await?;
        let response = self.send(Stage::Revocation, kind, step.request(assertion)?).await?;
        let revoked = step.accept(&response)?;
        warn_of(&revoked.deviations);
        Ok(revoked)
    }

    /// Whom an assertion is for: the token endpoint, which only a client that signs has to know.
    async fn audience(&self, endpoint: &Url) -> Result<Url, Error> {
        match &self.credentials.signer {
            Some(_) => self.server.endpoint(EndpointKind::Token).await,
            None => Ok(endpoint.clone()),
        }
    }
}
