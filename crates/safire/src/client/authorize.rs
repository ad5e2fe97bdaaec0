//! Sends the user away to log in.

use safire_protocol::authorize::AuthorizationForm;
use safire_protocol::authorize::AuthorizationRequest;
use safire_protocol::authorize::AuthorizedCode;
use safire_protocol::authorize::Callback;
use safire_protocol::authorize::PendingAuthorization;
use safire_protocol::authorize::RANDOM_BYTES;
use safire_protocol::authorize::Randomness;
use safire_protocol::discovery::EndpointKind;
use url::Url;
use zeroize::Zeroizing;

use super::Client;
use crate::error::Error;
use crate::random;

impl Client {
    /// The request for `scope` at this server, to be completed with its setters and then given to
    /// [`Client::authorization_url`] or [`Client::authorization_form`].
    ///
    /// Where both endpoints were given, nothing is discovered; the callback's `iss` then has nothing to be compared
    /// with.
    ///
    /// # Errors
    /// Those of discovery.
    pub async fn authorization_request(
        &self,
        redirect_uri: &str,
        scope: &str,
    ) -> Result<AuthorizationRequest, Error> {
        let server = &self.server;
        let authorization = server.endpoint(EndpointKind::Authorization).await?;
        let token = server.endpoint(EndpointKind::Token).await?;
        let (base, id) = (server.base().clone(), self.credentials.proof.client_id().clone());
        let request = AuthorizationRequest::new(base, authorization, token, id, redirect_uri, scope);
        let is_discovered =
            server.is_supplied(EndpointKind::Authorization) || server.is_supplied(EndpointKind::Token);
        if is_discovered { Ok(request.with_profile(&*server.metadata().await?)) } else { Ok(request) }
    }

    /// The URL that the browser opens, and what its callback needs: keep that for this user's session alone.
    ///
    /// # Errors
    /// [`Error::Authorize`] for the first rule that is broken.
    pub fn authorization_url(
        &self,
        request: AuthorizationRequest,
    ) -> Result<(Url, PendingAuthorization), Error> {
        let random = randomness()?;
        Ok(request.url(&random, self.server.clock().now())?)
    }

    /// The form that the browser posts, for servers with the capability `authorize-post`, and what its callback
    /// needs.
    ///
    /// # Errors
    /// [`Error::Authorize`] for the first rule that is broken.
    pub fn authorization_form(
        &self,
        request: AuthorizationRequest,
    ) -> Result<(AuthorizationForm, PendingAuthorization), Error> {
        let random = randomness()?;
        Ok(request.form(&random, self.server.clock().now())?)
    }

    /// Ends the login: the callback is held against what its request remembered, which is used up by that.
    ///
    /// # Errors
    /// [`Error::Callback`] for the first check that fails; without a pending authorization no login is running.
    pub fn complete_authorization(
        &self,
        callback: Callback,
        pending: Option<PendingAuthorization>,
    ) -> Result<AuthorizedCode, Error> {
        Ok(callback.complete(pending, self.server.clock().now())?)
    }
}

fn randomness() -> Result<Randomness, Error> {
    let bytes = Zeroizing::new(random::bytes::<RANDOM_BYTES>()?);
    Ok(Randomness::from_bytes(&bytes))
}
