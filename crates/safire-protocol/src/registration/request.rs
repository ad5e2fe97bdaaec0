//! The registration request, RFC 7591 §3.1.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderValue;
use http::Method;
use http::Request;
use http::Response;
use http::header;
use serde_json::Map;
use serde_json::Value;
use url::Url;

use super::answer::Answer;
use super::error::Asked;
use super::error::AskedAuthorization;
use super::error::AskedGrants;
use super::error::RegistrationError;
use super::metadata::ClientMetadata;
use super::metadata::Written;
use super::registration::Registration;
use crate::client_profile::ClientProfile;
use crate::secret::AuthorizationHeader;
use crate::server_answer::ServerAnswer;
use crate::server_answer::is_secret_member;
use crate::time::UnixTime;
use crate::url::display_url;

/// One registration: what is sent, and how the answer is read.
#[derive(Clone)]
pub struct RegistrationRequest {
    endpoint: Url,
    requested: Arc<Map<String, Value>>,
    body: Bytes,
    profile: ClientProfile,
    authorization: Option<(AuthorizationHeader, HeaderValue)>,
}

impl RegistrationRequest {
    /// A request to `endpoint`; `authorization` is sent verbatim, and nowhere else.
    ///
    /// # Errors
    /// [`RegistrationError::AuthorizationValue`] when the value is blank or cannot stand in a header,
    /// [`RegistrationError::UserTokenNeeded`] when the profile needs one and there is none.
    pub fn new(
        endpoint: Url,
        metadata: &ClientMetadata,
        authorization: Option<AuthorizationHeader>,
    ) -> Result<Self, RegistrationError> {
        let authorization = match authorization {
            Some(secret) => match header_value(&secret) {
                Some(value) => Some((secret, value)),
                None => {
                    return Err(RegistrationError::AuthorizationValue { endpoint: display_url(&endpoint) });
                }
            },
            None if metadata.profile() == ClientProfile::EpicDynamic => {
                return Err(RegistrationError::UserTokenNeeded { endpoint: display_url(&endpoint) });
            }
            None => None,
        };
        let profile = metadata.profile();
        let Written { members: requested, body } = metadata.written().clone();
        Ok(Self { endpoint, requested, body, profile, authorization })
    }

    /// The POST.
    #[must_use]
    pub fn request(&self) -> Request<Bytes> {
        let mut request = Request::new(self.body.clone());
        *request.method_mut() = Method::POST;
        // invariant: every http(s) URL that `url` accepts is a URI; if one were not, nothing may be sent to
        // another address, so the path "/" without a host stays and the transport refuses it.
        if let Ok(uri) = self.endpoint.as_str().parse() {
            *request.uri_mut() = uri;
        }
        let headers = request.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        if let Some((_, value)) = &self.authorization {
            headers.insert(header::AUTHORIZATION, value.clone());
        }
        request
    }

    /// Reads the answer, which came at `now`.
    ///
    /// # Errors
    /// [`RegistrationError`] for every answer that is not a success with a usable `client_id`.
    pub fn accept(
        &self,
        response: &Response<Bytes>,
        now: UnixTime,
    ) -> Result<Registration, RegistrationError> {
        let endpoint = display_url(&self.endpoint);
        if !response.status().is_success() {
            let answer = Box::new(ServerAnswer::read_hiding(response, &self.secrets()));
            return Err(if response.status().is_redirection() {
                RegistrationError::Redirected { endpoint, answer }
            } else if self.profile == ClientProfile::EpicDynamic && answer.status == 404 {
                // So answers a site that does not offer it; every other status is a failure of its own.
                RegistrationError::NotOffered { endpoint, answer }
            } else {
                RegistrationError::Refused { endpoint, answer, asked: self.asked() }
            });
        }
        let answer = Answer::from_response(response, now);
        Registration::read(&endpoint, Arc::clone(&self.requested), answer)
            // Of the answer kept the headers are gone, and what the request carried is known only here.
            .map_err(|error| self.with_answer(error, ServerAnswer::read_hiding(response, &self.secrets())))
    }

    fn with_answer(&self, mut error: RegistrationError, seen: ServerAnswer) -> RegistrationError {
        match &mut error {
            RegistrationError::ErrorInSuccess { answer, asked, .. } => {
                **answer = seen;
                *asked = self.asked();
            }
            RegistrationError::Refused { answer, .. }
            | RegistrationError::Redirected { answer, .. }
            | RegistrationError::NotOffered { answer, .. }
            | RegistrationError::MissingClientId { answer, .. }
            | RegistrationError::UnusableClientId { answer, .. }
            | RegistrationError::Unusable { answer, .. } => **answer = seen,
            RegistrationError::AuthorizationValue { .. }
            | RegistrationError::UserTokenNeeded { .. }
            | RegistrationError::NoAnswer { .. } => {}
        }
        error
    }

    fn asked(&self) -> Asked {
        let authorization = match self.authorization {
            Some(_) => AskedAuthorization::Sent,
            None => AskedAuthorization::NotSent,
        };
        Asked { authorization: Some(authorization), profile: self.profile, ..Asked::of(&self.requested) }
    }

    /// What the server got from us and must not be shown if it echoes it.
    fn secrets(&self) -> Vec<&str> {
        let mut secrets = secrets_of(&self.requested);
        if let Some((secret, _)) = &self.authorization {
            let text = secret.expose_secret().trim();
            secrets.push(text);
            secrets.extend(text.split_once(' ').map(|(_, token)| token.trim()));
        }
        // A shorter secret within a longer one must not be replaced first.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets
    }
}

impl Asked {
    pub(super) fn of(requested: &Map<String, Value>) -> Self {
        let only = requested.get("grant_types").and_then(Value::as_array).is_some_and(|grants| {
            !grants.is_empty() && grants.iter().all(|grant| grant == "client_credentials")
        });
        let bare = !requested.contains_key("response_types") || !requested.contains_key("redirect_uris");
        let grants = if only && bare { AskedGrants::BareClientCredentials } else { AskedGrants::Other };
        Self { grants, authorization: None, profile: ClientProfile::Standard }
    }
}

/// The secrets among requested metadata.
pub(super) fn secrets_of(requested: &Map<String, Value>) -> Vec<&str> {
    requested
        .iter()
        .filter(|(name, _)| name.as_str() == "software_statement" || is_secret_member(name))
        .filter_map(|(_, value)| value.as_str())
        .collect()
}

fn header_value(secret: &AuthorizationHeader) -> Option<HeaderValue> {
    let text = secret.expose_secret();
    if text.trim().is_empty() {
        return None;
    }
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

impl fmt::Debug for RegistrationRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members: Vec<&String> = self.requested.keys().collect();
        f.debug_struct("RegistrationRequest")
            .field("endpoint", &display_url(&self.endpoint))
            .field("members", &members)
            .field("authorization", &self.authorization.as_ref().map(|(secret, _)| secret))
            .finish()
    }
}
