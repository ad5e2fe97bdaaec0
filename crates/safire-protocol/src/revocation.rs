//! Token revocation, RFC 7009: the client no longer needs a token.

use bytes::Bytes;
use http::Request;
use http::Response;
use http::StatusCode;
use safire_jose::SigningInput;
use url::Url;

use crate::credentials::Credentials;
use crate::deviation::Deviation;
use crate::deviation::Severity;
use crate::discovery::EndpointKind;
use crate::json::JsonObject;
use crate::secret::ClientAssertion;
use crate::server_answer::ServerAnswer;
use crate::time::UnixTime;
use crate::token_endpoints::Call;
use crate::token_endpoints::HeldToken;
use crate::token_endpoints::TokenEndpointError;

const SECTION: &str = "RFC 7009 §2.2";

/// One revocation call, with the same proof as at the token endpoint.
#[derive(Debug, Clone)]
pub struct RevocationRequest {
    call: Call,
    credentials: Credentials,
}

/// The server knows this token no more: it was revoked now, or was none before (RFC 7009 §2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Revoked {
    /// Where the answer departs from the specification.
    pub deviations: Vec<Deviation>,
}

impl RevocationRequest {
    /// The call of `endpoint` about `token`. Revoke a refresh token first: its access tokens go with it.
    ///
    /// # Errors
    /// [`TokenEndpointError::Endpoint`] when the endpoint is neither https nor http on loopback, or has user
    /// information; [`TokenEndpointError::TokenBlank`] when there is no token.
    pub fn new(
        endpoint: Url,
        token: HeldToken,
        credentials: Credentials,
    ) -> Result<Self, TokenEndpointError> {
        Ok(Self { call: Call::new(EndpointKind::Revocation, endpoint, token)?, credentials })
    }

    /// The endpoint.
    #[must_use]
    pub const fn endpoint(&self) -> &Url {
        self.call.endpoint()
    }

    /// What has to be signed first; `None` when nothing has. The audience is the token endpoint unless the profile
    /// names another.
    ///
    /// # Errors
    /// [`TokenEndpointError::Assertion`] when the assertion cannot be written.
    pub fn assertion(
        &self,
        token_endpoint: &Url,
        now: UnixTime,
        jti: &str,
    ) -> Result<Option<SigningInput>, TokenEndpointError> {
        Call::assertion(&self.credentials, token_endpoint, now, jti)
    }

    /// The HTTP request: a POST with a form, RFC 7009 §2.1.
    ///
    /// # Errors
    /// [`TokenEndpointError`] when the assertion does not fit the credentials, or these cannot be written.
    pub fn request(&self, assertion: Option<ClientAssertion>) -> Result<Request<Bytes>, TokenEndpointError> {
        self.call.by_client(&self.credentials, assertion)
    }

    /// Reads the answer. A token that the server does not know is a success, as RFC 7009 §2.2 has it.
    ///
    /// # Errors
    /// [`TokenEndpointError::Redirected`] or [`TokenEndpointError::Refused`].
    pub fn accept(&self, response: &Response<Bytes>) -> Result<Revoked, TokenEndpointError> {
        let status = response.status();
        if status.is_redirection() {
            return Err(self.call.redirected(response));
        }
        let answer = ServerAnswer::read(response);
        let departs = |code, severity, detail: &str| Revoked {
            deviations: vec![Deviation::new(code, severity, SECTION, detail)],
        };
        if answer.error.as_deref() == Some("invalid_token") && status == StatusCode::BAD_REQUEST {
            let detail = "the server does not know the token and calls that an error; 200 was expected";
            return Ok(departs("unknown-token-refused", Severity::Info, detail));
        }
        if !status.is_success() || says_error(response) {
            return Err(self.call.refused(answer));
        }
        if status == StatusCode::OK {
            return Ok(Revoked { deviations: Vec::new() });
        }
        let detail = format!("the status is {}; 200 was expected", status.as_u16());
        Ok(departs("status-not-200", Severity::Info, &detail))
    }
}

/// An error with the status of a success is still an error.
fn says_error(response: &Response<Bytes>) -> bool {
    JsonObject::parse(response.body())
        .is_ok_and(|object| object.members.get("error").is_some_and(serde_json::Value::is_string))
}
