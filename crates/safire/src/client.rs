//! The runtime client: a server, and how to prove oneself there.

use safire_protocol::discovery::EndpointKind;
use safire_protocol::secret::ClientAssertion;
use safire_protocol::token::Grant;
use safire_protocol::token::TokenError;
use safire_protocol::token::TokenRequest;
use safire_protocol::token::TokenResponse;

use crate::credentials::Credentials;
use crate::error::Error;
use crate::error::Stage;
use crate::random;
use crate::server::Server;
use crate::transport::ServerSupplied;

/// A registered client at one server. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    server: Server,
    credentials: Credentials,
}

// Here and not beside `Server`: the server is an earlier stage and knows no client.
impl Server {
    /// The runtime client that proves itself with these credentials.
    #[must_use]
    pub fn client(&self, credentials: Credentials) -> Client {
        Client { server: self.clone(), credentials }
    }
}

impl Client {
    /// The server.
    #[must_use]
    pub const fn server(&self) -> &Server {
        &self.server
    }

    /// The credentials.
    #[must_use]
    pub const fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// An access token for the client itself: `client_credentials` (RFC 6749 §4.4; SMART Backend Services).
    ///
    /// Without a scope the one of the credentials is asked for; where they have none either, a key client asks
    /// for `system/*.rs`, and a secret client leaves it to the server.
    ///
    /// # Errors
    /// [`Error::Token`] when the server refuses or its answer is unusable, [`Error::Signer`] when nothing was
    /// signed, and those of discovery and transport.
    pub async fn request_backend_token(&self, scope: Option<&str>) -> Result<TokenResponse, Error> {
        let scope = scope.or(self.credentials.scope.as_deref()).map(str::to_owned);
        self.request(Grant::ClientCredentials { scope }).await
    }

    async fn request(&self, grant: Grant) -> Result<TokenResponse, Error> {
        let kind = EndpointKind::Token;
        let endpoint = self.server.endpoint(kind).await?;
        let step = TokenRequest::new(endpoint, grant, self.credentials.proof.clone())?;
        let assertion = self.assertion(&step).await?;
        let mut request = step.request(assertion)?;
        if self.server.is_supplied(kind) {
            request.extensions_mut().insert(ServerSupplied);
        }
        tracing::info!(endpoint = %request.uri().path(), "token");
        let sent = self.server.transport().send(request).await;
        let response = sent.map_err(|source| Error::Transport { stage: Stage::Token, source })?;
        let token = step.accept(&response, self.server.clock().now())?;
        for deviation in &token.deviations {
            tracing::warn!(code = deviation.code, member = deviation.member, "{}", deviation.detail);
        }
        Ok(token)
    }

    async fn assertion(&self, step: &TokenRequest) -> Result<Option<ClientAssertion>, Error> {
        let Some(signer) = &self.credentials.signer else { return Ok(None) };
        let jti = random::identifier()?;
        let Some(input) = step.assertion(self.server.clock().now(), &jti)? else { return Ok(None) };
        let signature = signer.sign(input.as_bytes()).await?;
        Ok(Some(ClientAssertion::new(input.attach(&signature))))
    }
}

impl From<TokenError> for Error {
    fn from(error: TokenError) -> Self {
        Self::Token(Box::new(error))
    }
}
