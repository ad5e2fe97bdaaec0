//! Tokens for an assertion that is itself the grant.

use safire_protocol::credentials::Credentials as Proof;
use safire_protocol::credentials::CredentialsError;
use safire_protocol::discovery::EndpointKind;
use safire_protocol::secret::GrantAssertion;
use safire_protocol::token::Grant;
use safire_protocol::token::TokenError;
use safire_protocol::token::TokenResponse;
use url::Url;

use super::Client;
use super::exchange::warn_of;
use crate::credentials::UnusableCredentials;
use crate::error::Error;

impl Client {
    /// An access token for a signed assertion (RFC 7523 §2.1): how a dynamic client of Epic gets each of its tokens.
    ///
    /// Where the client's profile says so, a refusal without a cause is asked once more, with a new assertion. A
    /// refresh token is never used, and one that comes is not kept.
    ///
    /// ```no_run
    /// # use safire::protocol::jose::{JwkSet, PrivateKey};
    /// # use safire::protocol::{registration::ClientMetadata, token::TokenResponse};
    /// # async fn example(server: safire::Server, user: TokenResponse, key: PrivateKey) -> Result<(), safire::Error> {
    /// let keys = JwkSet::from_keys([key.public_jwk().clone()]);
    /// let metadata = ClientMetadata::epic_dynamic_client("the app's client id", &keys);
    /// let registered = server.register_client(&metadata).user_token(&user.access_token).await?;
    /// let client = server.client(registered.credentials(Some(key))?);
    /// let token = client.request_jwt_bearer_token().await?; // and so for each further one
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Credentials`] for a client without a key, and those of [`Client::request_backend_token`].
    pub async fn request_jwt_bearer_token(&self) -> Result<TokenResponse, Error> {
        let endpoint = self.server.endpoint(EndpointKind::Token).await?;
        let policy = self.credentials.profile.reauth_policy();
        let mut tried = 0;
        loop {
            tried += 1;
            match self.by_assertion(&endpoint).await {
                Err(Error::Token(error)) if policy.asks_again(tried, &error) => {
                    tracing::warn!(%error, "refused without a cause; asked once more with a new assertion");
                }
                outcome => return outcome,
            }
        }
    }

    async fn by_assertion(&self, endpoint: &Url) -> Result<TokenResponse, Error> {
        let no_key = || Error::from(UnusableCredentials::from(CredentialsError::MissingKey));
        let Proof::PrivateKeyJwt(profile) = &self.credentials.proof else { return Err(no_key()) };
        let input = |now, jti: &str| {
            profile.signing_input(endpoint.as_str(), now, jti).map(Some).map_err(TokenError::Assertion)
        };
        let signed = self.assertion(input).await?.ok_or_else(no_key)?;
        let assertion = GrantAssertion::new(signed.expose_secret());
        let mut token = self.request(endpoint.clone(), Grant::JwtBearer { assertion }).await?;
        token.refresh_token = None;
        warn_of(&token.deviations);
        Ok(token)
    }
}
