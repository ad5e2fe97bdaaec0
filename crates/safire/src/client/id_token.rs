//! Who logged in: the id token, checked with the issuer's own keys.

use safire_protocol::authorize::AuthorizedCode;
use safire_protocol::authorize::Nonce;
use safire_protocol::id_token::IdTokenCheck;
use safire_protocol::id_token::IdTokenError;
use safire_protocol::id_token::ValidIdToken;
use safire_protocol::secret::IdToken;
use safire_protocol::token::TokenResponse;

use super::Client;
use super::exchange::warn_of;
use crate::error::Error;

/// What an id token is held against, besides the issuer's keys.
struct Expected<'a> {
    /// Of the login; that of the metadata where the login began without them.
    issuer: Option<&'a str>,
    nonce: Option<&'a str>,
    max_age: Option<i64>,
    first: Option<&'a ValidIdToken>,
}

impl Client {
    /// Who logged in: checks the id token that came with `token` against the login and the issuer's keys (OpenID
    /// Connect Core §3.1.3.7).
    ///
    /// The keys are fetched from the metadata's `jwks_uri` and kept for all clones of the server; a token signed by
    /// a key that is not among them makes them be fetched once more, as often as the server's refetch policy allows.
    ///
    /// ```no_run
    /// # use safire::protocol::authorize::AuthorizedCode;
    /// # async fn example(client: safire::Client, login: AuthorizedCode) -> Result<(), safire::Error> {
    /// let token = client.request_access_token(&login).await?;
    /// let user = client.verify_id_token(&token, &login).await?;
    /// println!("{} is {:?}", user.subject(), user.fhir_user());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::IdToken`] when there is no id token or it breaks a rule, [`Error::KeySet`] when the issuer gives no
    /// keys, [`crate::error::ConfigError::OtherClientsCode`] when the login was of another client, and those of
    /// discovery and transport.
    pub async fn verify_id_token(
        &self,
        token: &TokenResponse,
        login: &AuthorizedCode,
    ) -> Result<ValidIdToken, Error> {
        self.check_ours(login)?;
        let Some(id_token) = &token.id_token else {
            let granted = token.scope.as_deref().unwrap_or(&login.scope);
            return Err(IdTokenError::without_token(granted).into());
        };
        let expected = Expected {
            issuer: login.issuer.as_deref(),
            nonce: login.nonce.as_ref().map(Nonce::expose_secret),
            max_age: login.max_age.map(|seconds| i64::try_from(seconds).unwrap_or(i64::MAX)),
            first: None,
        };
        self.check_id_token(token, id_token, &expected).await
    }

    /// The id token of a refresh, checked against that of the login: same issuer, user and client; no nonce is
    /// needed (OpenID Connect Core §12.2). `None` where the refresh brought none, which is allowed.
    ///
    /// `previous` is the token that was refreshed: what [`Client::refresh_token`] carried over from it is not new.
    ///
    /// # Errors
    /// As [`Client::verify_id_token`].
    pub async fn verify_refreshed_id_token(
        &self,
        token: &TokenResponse,
        previous: &TokenResponse,
        first: &ValidIdToken,
    ) -> Result<Option<ValidIdToken>, Error> {
        let old = previous.id_token.as_ref().map(IdToken::expose_secret);
        let new = token.id_token.as_ref().filter(|new| Some(new.expose_secret()) != old);
        let Some(id_token) = new else { return Ok(None) };
        let expected =
            Expected { issuer: Some(first.issuer()), nonce: None, max_age: None, first: Some(first) };
        self.check_id_token(token, id_token, &expected).await.map(Some)
    }

    async fn check_id_token(
        &self,
        token: &TokenResponse,
        id_token: &IdToken,
        expected: &Expected<'_>,
    ) -> Result<ValidIdToken, Error> {
        let held = self.server.issuer_keys().await?;
        let issuer = expected.issuer.unwrap_or(&held.issuer);
        let now = self.server.clock().now();
        let mut check = IdTokenCheck::new(issuer, self.credentials.proof.client_id(), now)
            .access_token(&token.access_token);
        if let Some(nonce) = expected.nonce {
            check = check.nonce(nonce);
        }
        if let Some(seconds) = expected.max_age {
            check = check.max_age(seconds);
        }
        if let Some(first) = expected.first {
            check = check.refreshed_from(first);
        }
        let valid = match check.check(id_token, &held.keys) {
            Err(error) if error.wants_fresh_keys() => match self.server.newer_keys(&held).await? {
                Some(newer) => check.check(id_token, &newer.keys)?,
                None => return Err(error.into()),
            },
            outcome => outcome?,
        };
        warn_of(valid.deviations());
        Ok(valid)
    }
}
