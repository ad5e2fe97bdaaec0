//! Reading a registration, RFC 7592 §2.1; and the answer that an update has in common with it.

use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use http::Response;
use serde_json::Map;
use serde_json::Value;
use url::Url;

use super::call::Call;
use super::error::ManagementError;
use super::operation::Operation;
use crate::json::JsonObject;
use crate::registration::answer::Answer;
use crate::registration::answer::AnswerTo;
use crate::registration::answer::Trial;
use crate::registration::error::RegistrationError;
use crate::registration::registration::Registration;
use crate::secret::RegistrationAccessToken;
use crate::time::UnixTime;

/// Reads a registration, RFC 7592 §2.1.
#[derive(Debug, Clone)]
pub struct ReadRequest {
    call: Call,
    held: Registration,
}

impl ReadRequest {
    /// A request to `url`, which [`Registration::management_url`] gives.
    ///
    /// # Errors
    /// [`ManagementError::NotOffered`] when there is no registration access token, and
    /// [`ManagementError::TokenUnusable`] when it cannot stand in a header.
    pub fn new(url: Url, held: &Registration) -> Result<Self, ManagementError> {
        Ok(Self { call: Call::new(Operation::Read, url, held)?, held: held.clone() })
    }

    /// The same with another token: the one before, where the present one is not taken.
    ///
    /// # Errors
    /// [`ManagementError::TokenUnusable`] when it cannot stand in a header.
    pub fn with_token(mut self, token: &RegistrationAccessToken) -> Result<Self, ManagementError> {
        self.call = self.call.with_token(token)?;
        Ok(self)
    }

    /// The GET.
    #[must_use]
    pub fn request(&self) -> Request<Bytes> {
        self.call.request(Bytes::new())
    }

    /// Reads the answer, which came at `now`. What it does not show stays as it was.
    ///
    /// # Errors
    /// [`ManagementError`] for every answer that does not show this client.
    pub fn accept(&self, response: &Response<Bytes>, now: UnixTime) -> Result<Registration, ManagementError> {
        let requested = Arc::clone(&self.held.requested);
        accept(&self.call, &self.held, requested, response, AnswerTo::Read, now)
    }
}

/// Reads a client's answer to its own registration access token, RFC 7592 §3.
pub(super) fn accept(
    call: &Call,
    held: &Registration,
    requested: Arc<Map<String, Value>>,
    response: &Response<Bytes>,
    to: AnswerTo,
    now: UnixTime,
) -> Result<Registration, ManagementError> {
    call.check(response, held)?;
    let operation = if to == AnswerTo::Update { Operation::Update } else { Operation::Read };
    let (endpoint, answer) = (call.endpoint(), call.shown(response, held));
    let mut kept = Answer::from_response(response, now).to(to);
    // A token that comes back as it was sent has just been seen to work.
    if comes_back(response, call.token()) {
        kept.token = Trial::Works;
    }
    let read = Registration::read_over(held.endpoint(), requested, kept, Some(held));
    let registration = read.map_err(|error| {
        let (endpoint, answer) = (endpoint.clone(), answer.clone());
        if matches!(error, RegistrationError::ErrorInSuccess { .. }) {
            return ManagementError::ErrorInSuccess { operation, endpoint, answer };
        }
        let reason = if let RegistrationError::Unusable { reason, .. } = &error {
            reason.to_string()
        } else {
            error.to_string()
        };
        ManagementError::Unusable { operation, endpoint, answer, reason }
    })?;
    // RFC 7592 §2.2: the client identifier never changes.
    if registration.client_id() != held.client_id() {
        let (asked, seen) = (held.client_id().clone(), registration.client_id().clone());
        return Err(ManagementError::OtherClient { operation, endpoint, answer, asked, seen });
    }
    Ok(registration)
}

fn comes_back(response: &Response<Bytes>, token: &RegistrationAccessToken) -> bool {
    JsonObject::parse(response.body()).is_ok_and(|object| {
        object.members.get("registration_access_token").and_then(Value::as_str) == Some(token.expose_secret())
    })
}
