//! The token request, RFC 6749 §3.2.

use bytes::Bytes;
use http::HeaderValue;
use http::Method;
use http::Request;
use http::Response;
use http::header::ACCEPT;
use http::header::AUTHORIZATION;
use http::header::CONTENT_TYPE;
use safire_jose::SigningInput;
use url::Url;
use url::form_urlencoded::Serializer;

use super::error::TokenError;
use super::grant::Grant;
use super::response::TokenResponse;
use crate::credentials::Credentials;
use crate::secret::ClientAssertion;
use crate::time::UnixTime;
use crate::url::LoopbackHttp;
use crate::url::ParsedUrl;
use crate::url::UrlError;
use crate::url::UrlPolicy;
use crate::url::display_url;

/// RFC 7523 §2.2.
pub(crate) const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// One call of a token endpoint.
///
/// With a key: sign what [`Self::assertion`] returns, then build [`Self::request`]. Without: build it at once.
#[derive(Debug, Clone)]
pub struct TokenRequest {
    endpoint: Url,
    grant: Grant,
    credentials: Credentials,
}

impl TokenRequest {
    /// The call of `endpoint` with this grant and these credentials.
    ///
    /// # Errors
    /// [`TokenError::Endpoint`] when the endpoint is neither https nor http on loopback, or has user information;
    /// [`TokenError::GrantBlank`] when the grant has nothing to give.
    pub fn new(mut endpoint: Url, grant: Grant, credentials: Credentials) -> Result<Self, TokenError> {
        // Whether loopback is wanted at all was decided when the endpoint was taken; here nothing leaves in the clear.
        UrlPolicy::new(LoopbackHttp::Allowed)
            .check_parsed("token_endpoint", &endpoint)
            .map_err(TokenError::Endpoint)?;
        if !endpoint.username().is_empty() || endpoint.password().is_some() {
            return Err(TokenError::Endpoint(UrlError::Forbidden {
                member: "token_endpoint".to_owned(),
                part: "user information",
                url: display_url(&endpoint),
            }));
        }
        // RFC 6749 §3.2: no fragment; HTTP could not send one.
        endpoint.set_fragment(None);
        if let Some(member) = grant.blank_member() {
            return Err(TokenError::GrantBlank { member });
        }
        Ok(Self { endpoint, grant, credentials })
    }

    /// The endpoint.
    #[must_use]
    pub const fn endpoint(&self) -> &Url {
        &self.endpoint
    }

    /// The grant.
    #[must_use]
    pub const fn grant(&self) -> &Grant {
        &self.grant
    }

    /// The credentials.
    #[must_use]
    pub const fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// What has to be signed first; `None` when nothing has. `jti` must never have been used before.
    ///
    /// # Errors
    /// [`TokenError::Assertion`] when the assertion cannot be written, [`TokenError::Credentials`] when it would lack
    /// what the server requires.
    pub fn assertion(&self, now: UnixTime, jti: &str) -> Result<Option<SigningInput>, TokenError> {
        if self.grant.is_proof() {
            return Ok(None);
        }
        let purpose = self.grant.purpose();
        self.credentials.check_purpose(purpose).map_err(TokenError::Credentials)?;
        self.credentials
            .signing_input(self.endpoint.as_str(), purpose, now, jti)
            .map_err(TokenError::Assertion)
    }

    /// The HTTP request: a POST with a form.
    ///
    /// # Errors
    /// [`TokenError::AssertionMissing`] or [`TokenError::AssertionUnexpected`] when the assertion does not fit the
    /// credentials, [`TokenError::Credentials`] when they cannot be written.
    pub fn request(&self, assertion: Option<ClientAssertion>) -> Result<Request<Bytes>, TokenError> {
        let mut form = Serializer::new(String::with_capacity(256));
        form.append_pair("grant_type", self.grant.grant_type());
        if let Some(scope) = self.grant.scope(&self.credentials) {
            form.append_pair("scope", scope);
        }
        self.grant.write_form(&mut form);
        let is_signed = self.credentials.is_signed();
        if is_signed && self.grant.is_proof() {
            // The grant's own assertion proves the client; beside it goes the name, once.
            form.append_pair("client_id", self.credentials.client_id().as_str());
        } else {
            self.credentials.write_form(&mut form);
        }
        match assertion {
            Some(assertion) if is_signed && !self.grant.is_proof() => {
                form.append_pair("client_assertion_type", ASSERTION_TYPE);
                form.append_pair("client_assertion", assertion.expose_secret());
            }
            Some(_) => return Err(TokenError::AssertionUnexpected),
            None if is_signed && !self.grant.is_proof() => return Err(TokenError::AssertionMissing),
            None => {}
        }
        let mut request = Request::new(Bytes::from(form.finish()));
        *request.method_mut() = Method::POST;
        ParsedUrl::put(&self.endpoint, &mut request).ok_or_else(|| {
            TokenError::Endpoint(UrlError::Malformed {
                member: "token_endpoint".to_owned(),
                shown: display_url(&self.endpoint),
            })
        })?;
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        if let Some(value) = self.credentials.header().map_err(TokenError::Credentials)? {
            headers.insert(AUTHORIZATION, value);
        }
        Ok(request)
    }

    /// Reads the answer. `now` is when it came; expiry counts from there.
    ///
    /// # Errors
    /// [`TokenError::Redirected`], [`TokenError::Refused`] or [`TokenError::Unusable`].
    pub fn accept(&self, response: &Response<Bytes>, now: UnixTime) -> Result<TokenResponse, TokenError> {
        TokenResponse::read(self, response, now)
    }
}
