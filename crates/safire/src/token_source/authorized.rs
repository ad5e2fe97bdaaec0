//! One request to the FHIR server, authorised.

use bytes::Bytes;
use http::HeaderValue;
use http::Request;
use http::Response;
use http::StatusCode;
use http::header::AUTHORIZATION;
use safire_protocol::secret::AccessToken;
use safire_protocol::token_endpoints::TokenEndpointError;
use safire_protocol::url::display_url;
use url::Url;
use zeroize::Zeroizing;

use super::need::same;
use super::source::TokenSource;
use crate::error::ConfigError;
use crate::error::Error;
use crate::error::Stage;

impl TokenSource {
    /// Sends a request to the FHIR server with the token, and once more with another token after a 401. Whatever the
    /// last answer is, it is returned; a redirect is not followed.
    ///
    /// A request that has an `Authorization` of its own is sent as it is, once.
    ///
    /// # Errors
    /// [`ConfigError::OutsideBase`] when the URL is not at or below the FHIR base: a token goes nowhere else.
    /// [`Error::Transport`] when no answer came, and those of [`TokenSource::token`].
    pub async fn authorized(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Error> {
        if !self.shared.reach.covers(request.uri()) {
            let url = Url::parse(&request.uri().to_string());
            let url = url.map_or_else(|_| request.uri().path().to_owned(), |url| display_url(&url));
            let base = self.client().server().base().to_string();
            return Err(ConfigError::OutsideBase { url, base }.into());
        }
        if request.headers().contains_key(AUTHORIZATION) {
            return self.send(request).await;
        }
        let token = self.token().await?;
        let response = self.send(with_bearer(request.clone(), &token.access_token)?).await?;
        if response.status() != StatusCode::UNAUTHORIZED {
            return Ok(response);
        }
        let next = self.renew_after(&token.access_token).await?;
        if same(&next.access_token, &token.access_token) {
            // The server gave the same one again: it would be refused again.
            return Ok(response);
        }
        self.send(with_bearer(request, &next.access_token)?).await
    }

    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Error> {
        let sent = self.client().server().transport().send(request).await;
        sent.map_err(|source| Error::Transport { stage: Stage::Fhir, source })
    }
}

fn with_bearer(mut request: Request<Bytes>, token: &AccessToken) -> Result<Request<Bytes>, Error> {
    request.headers_mut().insert(AUTHORIZATION, bearer(token)?);
    Ok(request)
}

/// The header of RFC 6750 §2.1, which is not shown by whoever prints headers.
pub(super) fn bearer(token: &AccessToken) -> Result<HeaderValue, Error> {
    let text = Zeroizing::new(format!("Bearer {}", token.expose_secret()));
    let mut value = HeaderValue::try_from(text.as_str()).map_err(|_| TokenEndpointError::BearerUnusable)?;
    value.set_sensitive(true);
    Ok(value)
}
