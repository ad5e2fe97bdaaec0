//! Tokens: for the client itself, for a code, and for a refresh token.

use safire_protocol::authorize::AuthorizedCode;
use safire_protocol::client_profile::ClientProfile;
use safire_protocol::discovery::EndpointKind;
use safire_protocol::secret::RefreshToken;
use safire_protocol::token::Grant;
use safire_protocol::token::TokenError;
use safire_protocol::token::TokenRequest;
use safire_protocol::token::TokenResponse;
use url::Url;

use super::Client;
use super::exchange::warn_of;
use crate::error::ConfigError;
use crate::error::Error;
use crate::error::LoginNeeded;
use crate::error::Stage;

impl Client {
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
        let endpoint = self.server.endpoint(EndpointKind::Token).await?;
        let token = self.request(endpoint, Grant::ClientCredentials { scope }).await?;
        warn_of(&token.deviations);
        Ok(token)
    }

    /// The token for the code that a completed callback brought (RFC 6749 §4.1.3). A code works once.
    ///
    /// It goes to the token endpoint that was known when the login began, whatever is discovered since. Its id
    /// token is not checked here: that is [`Client::verify_id_token`].
    ///
    /// # Errors
    /// [`ConfigError::OtherClientsCode`] when the login was of another client or at another server, and those of
    /// [`Client::request_backend_token`].
    pub async fn request_access_token(&self, code: &AuthorizedCode) -> Result<TokenResponse, Error> {
        self.check_ours(code)?;
        let endpoint = self.checked(&code.token_endpoint)?;
        let token = self.request(endpoint, Grant::from(code)).await?.compared_with(&code.scope);
        warn_of(&token.deviations);
        Ok(token)
    }

    /// The next token (RFC 6749 §6): what the answer leaves out stays as it was in `previous`, the refresh token too.
    ///
    /// `narrowed` asks for fewer scopes than were granted; without it none is sent. Where the answer has a new
    /// refresh token, the old one is dead at many servers: store the new one before its access token is used.
    ///
    /// # Errors
    /// [`Error::LoginNeeded`] when there is no refresh token or the server no longer takes it,
    /// [`ConfigError::ProfileWithoutRefresh`] for a client whose profile knows no refresh tokens, and those of
    /// [`Client::request_backend_token`].
    pub async fn refresh_token(
        &self,
        previous: &TokenResponse,
        narrowed: Option<&str>,
    ) -> Result<TokenResponse, Error> {
        let Some(refresh_token) = previous.refresh_token.clone() else {
            return Err(Error::LoginNeeded(LoginNeeded::NoRefreshToken));
        };
        Ok(self.refresh(refresh_token, narrowed).await?.carried_over(previous))
    }

    /// The next token for a bare refresh token that was kept: nothing is there to be carried over but itself.
    ///
    /// # Errors
    /// As [`Client::refresh_token`].
    pub async fn refresh_token_alone(
        &self,
        refresh_token: &RefreshToken,
        narrowed: Option<&str>,
    ) -> Result<TokenResponse, Error> {
        let mut token = self.refresh(refresh_token.clone(), narrowed).await?;
        token.refresh_token.get_or_insert_with(|| refresh_token.clone());
        Ok(token)
    }

    /// The next token in the way of this client's profile: for the refresh token, or, where the profile knows none,
    /// for a new assertion. What the answer leaves out stays as it was in `previous`.
    ///
    /// # Errors
    /// As [`Client::refresh_token`] or [`Client::request_jwt_bearer_token`].
    pub async fn renew_token(&self, previous: &TokenResponse) -> Result<TokenResponse, Error> {
        match self.credentials.profile {
            ClientProfile::EpicDynamic => {
                let mut token = self.request_jwt_bearer_token().await?.carried_over(previous);
                token.refresh_token = None;
                Ok(token)
            }
            // `ClientProfile` is open: a profile that this version does not know has no way of its own.
            ClientProfile::Standard | _ => self.refresh_token(previous, None).await,
        }
    }

    async fn refresh(
        &self,
        refresh_token: RefreshToken,
        narrowed: Option<&str>,
    ) -> Result<TokenResponse, Error> {
        if self.credentials.profile == ClientProfile::EpicDynamic {
            return Err(ConfigError::ProfileWithoutRefresh { profile: ClientProfile::EpicDynamic }.into());
        }
        let endpoint = self.server.endpoint(EndpointKind::Token).await?;
        let grant = Grant::Refresh { refresh_token, scope: narrowed.map(str::to_owned) };
        match self.request(endpoint, grant).await {
            Ok(token) => {
                warn_of(&token.deviations);
                Ok(token)
            }
            Err(Error::Token(error)) if error.needs_login() => {
                Err(Error::LoginNeeded(LoginNeeded::Refused(error)))
            }
            Err(error) => Err(error),
        }
    }

    pub(super) async fn request(&self, endpoint: Url, grant: Grant) -> Result<TokenResponse, Error> {
        let step = TokenRequest::new(endpoint, grant, self.credentials.proof.clone())?;
        let assertion = self.assertion::<TokenError>(|now, jti| step.assertion(now, jti)).await?;
        let request = step.request(assertion)?;
        let response = self.send(Stage::Token, EndpointKind::Token, request).await?;
        Ok(step.accept(&response, self.server.clock().now())?)
    }

    /// RFC 9207 §1: a code that reaches another server than the one that gave it is as good as stolen.
    pub(super) fn check_ours(&self, code: &AuthorizedCode) -> Result<(), Error> {
        if code.client_id == *self.credentials.proof.client_id() && code.base == self.server.base().as_str() {
            return Ok(());
        }
        let (client_id, base) = (code.client_id.to_string(), code.base.clone());
        Err(ConfigError::OtherClientsCode { client_id, base }.into())
    }

    /// The endpoint of a pending authorization may come from a store: it is held to the same rules as ever.
    fn checked(&self, endpoint: &Url) -> Result<Url, Error> {
        let (member, text) = (EndpointKind::Token.member(), endpoint.as_str());
        let policy = self.server.policy();
        Ok(if self.server.is_supplied(EndpointKind::Token) {
            policy.check_supplied(member, text, self.server.base())?
        } else {
            policy.check_given(member, text)?
        })
    }
}
