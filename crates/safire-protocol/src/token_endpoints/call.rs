//! The POST with a token in its form, and the reading of failures.

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

use super::error::TokenEndpointError;
use super::held_token::HeldToken;
use crate::credentials::Credentials;
use crate::credentials::Purpose;
use crate::discovery::EndpointKind;
use crate::secret::AccessToken;
use crate::secret::ClientAssertion;
use crate::server_answer::ServerAnswer;
use crate::time::UnixTime;
use crate::token::ASSERTION_TYPE;
use crate::url::LoopbackHttp;
use crate::url::ParsedUrl;
use crate::url::UrlError;
use crate::url::UrlPolicy;
use crate::url::display_url;

/// A call that is about one token.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    kind: EndpointKind,
    endpoint: Url,
    token: HeldToken,
}

impl Call {
    pub(crate) fn new(
        kind: EndpointKind,
        mut endpoint: Url,
        token: HeldToken,
    ) -> Result<Self, TokenEndpointError> {
        let member = kind.member();
        // Whether loopback is wanted at all was decided when the endpoint was taken; here nothing leaves in the clear.
        UrlPolicy::new(LoopbackHttp::Allowed)
            .check_parsed(member, &endpoint)
            .map_err(TokenEndpointError::Endpoint)?;
        if !endpoint.username().is_empty() || endpoint.password().is_some() {
            return Err(TokenEndpointError::Endpoint(UrlError::Forbidden {
                member: member.to_owned(),
                part: "user information",
                url: display_url(&endpoint),
            }));
        }
        if token.expose_secret().trim().is_empty() {
            return Err(TokenEndpointError::TokenBlank { kind: token.hint() });
        }
        endpoint.set_fragment(None);
        Ok(Self { kind, endpoint, token })
    }

    pub(crate) const fn endpoint(&self) -> &Url {
        &self.endpoint
    }

    /// What has to be signed first. RFC 7523 §3: the audience is the authorization server, which servers name by
    /// their token endpoint at every endpoint.
    pub(crate) fn assertion(
        credentials: &Credentials,
        token_endpoint: &Url,
        now: UnixTime,
        jti: &str,
    ) -> Result<Option<SigningInput>, TokenEndpointError> {
        credentials
            .signing_input(token_endpoint.as_str(), Purpose::Held, now, jti)
            .map_err(TokenEndpointError::Assertion)
    }

    /// The POST with the client's own proof.
    pub(crate) fn by_client(
        &self,
        credentials: &Credentials,
        assertion: Option<ClientAssertion>,
    ) -> Result<Request<Bytes>, TokenEndpointError> {
        let mut form = self.form();
        credentials.write_form(&mut form);
        match assertion {
            Some(assertion) if credentials.is_signed() => {
                form.append_pair("client_assertion_type", ASSERTION_TYPE);
                form.append_pair("client_assertion", assertion.expose_secret());
            }
            Some(_) => return Err(TokenEndpointError::AssertionUnexpected),
            None if credentials.is_signed() => return Err(TokenEndpointError::AssertionMissing),
            None => {}
        }
        let header = credentials.header().map_err(TokenEndpointError::Credentials)?;
        self.post(form, header)
    }

    /// The POST with an access token as the proof, RFC 6750 §2.1.
    pub(crate) fn by_bearer(&self, bearer: &AccessToken) -> Result<Request<Bytes>, TokenEndpointError> {
        let text = zeroize::Zeroizing::new(format!("Bearer {}", bearer.expose_secret()));
        let mut value =
            HeaderValue::try_from(text.as_str()).map_err(|_| TokenEndpointError::BearerUnusable)?;
        value.set_sensitive(true);
        self.post(self.form(), Some(value))
    }

    fn form(&self) -> Serializer<'static, String> {
        let mut form = Serializer::new(String::with_capacity(256));
        form.append_pair("token", self.token.expose_secret());
        form.append_pair("token_type_hint", self.token.hint());
        form
    }

    fn post(
        &self,
        mut form: Serializer<'static, String>,
        authorization: Option<HeaderValue>,
    ) -> Result<Request<Bytes>, TokenEndpointError> {
        let mut request = Request::new(Bytes::from(form.finish()));
        *request.method_mut() = Method::POST;
        ParsedUrl::put(&self.endpoint, &mut request).ok_or_else(|| {
            TokenEndpointError::Endpoint(UrlError::Malformed {
                member: self.kind.member().to_owned(),
                shown: display_url(&self.endpoint),
            })
        })?;
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        if let Some(value) = authorization {
            headers.insert(AUTHORIZATION, value);
        }
        Ok(request)
    }

    pub(crate) fn redirected(&self, response: &Response<Bytes>) -> TokenEndpointError {
        TokenEndpointError::Redirected {
            kind: self.kind,
            endpoint: display_url(&self.endpoint),
            answer: Box::new(ServerAnswer::read(response)),
        }
    }

    pub(crate) fn refused(&self, answer: ServerAnswer) -> TokenEndpointError {
        TokenEndpointError::Refused {
            kind: self.kind,
            endpoint: display_url(&self.endpoint),
            answer: Box::new(answer),
        }
    }

    pub(crate) fn unusable(
        &self,
        response: &Response<Bytes>,
        reason: super::error::UnusableAnswer,
    ) -> TokenEndpointError {
        TokenEndpointError::Unusable {
            kind: self.kind,
            endpoint: display_url(&self.endpoint),
            answer: Box::new(ServerAnswer::read(response)),
            reason,
        }
    }
}
