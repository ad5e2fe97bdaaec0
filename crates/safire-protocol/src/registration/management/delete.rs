//! Deleting a registration, RFC 7592 §2.3.

use bytes::Bytes;
use http::Request;
use http::Response;
use url::Url;

use super::call::Call;
use super::error::ManagementError;
use super::operation::Operation;
use crate::deviation::Deviation;
use crate::deviation::Severity;
use crate::registration::registration::Registration;
use crate::secret::RegistrationAccessToken;

/// Deletes a client at its server, RFC 7592 §2.3.
#[derive(Debug, Clone)]
pub struct DeleteRequest {
    call: Call,
    held: Registration,
}

/// A client that the server has deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deleted {
    /// The HTTP status.
    pub status: u16,
    /// What in the answer departs from the RFC.
    pub deviations: Vec<Deviation>,
}

impl DeleteRequest {
    /// A request to `url`, which [`Registration::management_url`] gives.
    ///
    /// # Errors
    /// As [`super::ReadRequest::new`].
    pub fn new(url: Url, held: &Registration) -> Result<Self, ManagementError> {
        Ok(Self { call: Call::new(Operation::Delete, url, held)?, held: held.clone() })
    }

    /// The same with another token: the one before, where the present one is not taken.
    ///
    /// # Errors
    /// [`ManagementError::TokenUnusable`] when it cannot stand in a header.
    pub fn with_token(mut self, token: &RegistrationAccessToken) -> Result<Self, ManagementError> {
        self.call = self.call.with_token(token)?;
        Ok(self)
    }

    /// The DELETE.
    #[must_use]
    pub fn request(&self) -> Request<Bytes> {
        self.call.request(Bytes::new())
    }

    /// Reads the answer: any success says that the client is deleted, whatever its body.
    ///
    /// # Errors
    /// [`ManagementError`] for every other answer.
    pub fn accept(&self, response: &Response<Bytes>) -> Result<Deleted, ManagementError> {
        self.call.check(response, &self.held)?;
        let answer = self.call.shown(response, &self.held);
        if answer.error.is_some() {
            let (operation, endpoint) = (Operation::Delete, self.call.endpoint());
            return Err(ManagementError::ErrorInSuccess { operation, endpoint, answer });
        }
        let mut deviations = Vec::new();
        if answer.status != 204 {
            let severity = if answer.status == 202 { Severity::Warning } else { Severity::Info };
            let detail = format!("the status is {}, expected 204", answer.status);
            deviations.push(Deviation::new("status-not-204", severity, "RFC 7592 §2.3", detail));
        }
        Ok(Deleted { status: answer.status, deviations })
    }
}
