//! What the three operations share: the request with its token, and the answers that are no success.

use std::fmt;

use bytes::Bytes;
use http::HeaderValue;
use http::Request;
use http::Response;
use http::StatusCode;
use http::header;
use url::Url;

use super::error::ManagementError;
use super::error::Seen;
use super::operation::Operation;
use crate::registration::answer::AnswerTo;
use crate::registration::registration::Registration;
use crate::registration::request::secrets_of;
use crate::secret::RegistrationAccessToken;
use crate::server_answer::ServerAnswer;
use crate::url::FhirBase;
use crate::url::UrlPolicy;
use crate::url::display_url;

const URI: &str = "registration_client_uri";

impl Registration {
    /// Where this registration is managed: the server's `registration_client_uri`, checked before it is used.
    ///
    /// # Errors
    /// [`ManagementError::NotOffered`] when the server named none, [`ManagementError::Address`] when it may not be used.
    pub fn management_url(&self, policy: &UrlPolicy, base: &FhirBase) -> Result<Url, ManagementError> {
        let text = self.registration_client_uri().ok_or(ManagementError::NotOffered { missing: URI })?;
        policy.check_supplied(URI, text, base).map_err(ManagementError::Address)
    }
}

/// One call: where it goes, and with which token.
#[derive(Clone)]
pub(super) struct Call {
    operation: Operation,
    url: Url,
    token: RegistrationAccessToken,
    value: HeaderValue,
    seen: Seen,
}

impl Call {
    pub(super) fn new(operation: Operation, url: Url, held: &Registration) -> Result<Self, ManagementError> {
        let token = held
            .registration_access_token()
            .ok_or(ManagementError::NotOffered { missing: "registration_access_token" })?
            .clone();
        let value = header_value(&token, &url)?;
        let seen = match held.answer().to {
            AnswerTo::Registration => Seen::Never,
            AnswerTo::Read | AnswerTo::Update => Seen::Before,
        };
        Ok(Self { operation, url, token, value, seen })
    }

    pub(super) fn with_token(mut self, token: &RegistrationAccessToken) -> Result<Self, ManagementError> {
        self.value = header_value(token, &self.url)?;
        self.token = token.clone();
        Ok(self)
    }

    pub(super) const fn token(&self) -> &RegistrationAccessToken {
        &self.token
    }

    pub(super) fn request(&self, body: Bytes) -> Request<Bytes> {
        let has_body = !body.is_empty();
        let mut request = Request::new(body);
        *request.method_mut() = self.operation.method();
        // invariant: every http(s) URL that `url` accepts is a URI; if one were not, nothing may be sent to
        // another address, so the path "/" without a host stays and the transport refuses it.
        if let Ok(uri) = self.url.as_str().parse() {
            *request.uri_mut() = uri;
        }
        let headers = request.headers_mut();
        headers.insert(header::AUTHORIZATION, self.value.clone());
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        if has_body {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        request
    }

    pub(super) fn endpoint(&self) -> String {
        display_url(&self.url)
    }

    /// What the server said, without the token and what else the request carried.
    pub(super) fn shown(&self, response: &Response<Bytes>, held: &Registration) -> Box<ServerAnswer> {
        let mut secrets = secrets_of(held.requested());
        secrets.push(self.token.expose_secret());
        secrets.extend(held.client_secret().map(|secret| secret.expose_secret()));
        // A shorter secret within a longer one must not be replaced first.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Box::new(ServerAnswer::read_hiding(response, &secrets))
    }

    /// The error that an answer is, unless its status is a success.
    pub(super) fn check(
        &self,
        response: &Response<Bytes>,
        held: &Registration,
    ) -> Result<(), ManagementError> {
        let status = response.status();
        if status.is_success() {
            return Ok(());
        }
        let (operation, endpoint, answer) = (self.operation, self.endpoint(), self.shown(response, held));
        if status.is_redirection() {
            return Err(ManagementError::Redirected { operation, endpoint, answer });
        }
        if takes_no_token(operation, &answer) {
            return Err(ManagementError::TokenRefused { operation, endpoint, answer });
        }
        Err(match status {
            StatusCode::NOT_FOUND | StatusCode::GONE => {
                ManagementError::Absent { operation, endpoint, answer, seen: self.seen }
            }
            StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED => {
                ManagementError::NotSupported { operation, endpoint, answer }
            }
            _ => ManagementError::Refused { operation, endpoint, answer },
        })
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &self.operation)
            .field("endpoint", &self.endpoint())
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}

/// RFC 7592 §2 says 401 for a bad token and for a client that is gone, and 403 for a forbidden operation; servers say
/// any of them, and 400, for each. Of an update 400 may be about the metadata: there the code tells.
fn takes_no_token(operation: Operation, answer: &ServerAnswer) -> bool {
    let code = answer.error.as_deref().unwrap_or_default();
    let is_of_metadata = matches!(
        code,
        "invalid_redirect_uri"
            | "invalid_client_metadata"
            | "invalid_software_statement"
            | "unapproved_software_statement"
    );
    match (answer.status, operation) {
        (401, _) => true,
        (403, Operation::Update) => !is_of_metadata,
        (400 | 403, Operation::Read | Operation::Delete) => true,
        (400, Operation::Update) => matches!(
            code,
            "invalid_token" | "access_denied" | "invalid_client" | "unauthorized_client" | "unauthorized"
        ),
        _ => false,
    }
}

fn header_value(token: &RegistrationAccessToken, url: &Url) -> Result<HeaderValue, ManagementError> {
    let text = token.expose_secret();
    let unusable = || ManagementError::TokenUnusable { endpoint: display_url(url) };
    if text.trim().is_empty() {
        return Err(unusable());
    }
    let mut value = HeaderValue::from_str(&format!("Bearer {text}")).map_err(|_| unusable())?;
    value.set_sensitive(true);
    Ok(value)
}
