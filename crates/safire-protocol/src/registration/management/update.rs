//! Updating a registration, RFC 7592 §2.2.

use std::fmt;
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
use super::read::accept;
use crate::registration::answer::AnswerTo;
use crate::registration::metadata::ClientMetadata;
use crate::registration::next_metadata::is_of_the_server;
use crate::registration::registration::Registration;
use crate::secret::RegistrationAccessToken;
use crate::time::UnixTime;

/// Replaces a registration's metadata, RFC 7592 §2.2: a member that is not sent is removed.
#[derive(Clone)]
pub struct UpdateRequest {
    call: Call,
    held: Registration,
    requested: Arc<Map<String, Value>>,
    client_id: Identifier,
    client_secret: Identifier,
}

/// Whether a member that tells who the client is goes with the metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Identifier {
    Sent,
    Omitted,
}

impl UpdateRequest {
    /// A request to `url`, which [`Registration::management_url`] gives; [`Registration::to_metadata`] gives the
    /// metadata to begin with. Of the metadata the members that the server alone decides are left out.
    ///
    /// # Errors
    /// As [`super::ReadRequest::new`].
    pub fn new(url: Url, held: &Registration, metadata: &ClientMetadata) -> Result<Self, ManagementError> {
        let mut requested = metadata.to_json();
        requested.retain(|name, value| !is_of_the_server(name) && !value.is_null());
        Ok(Self {
            call: Call::new(Operation::Update, url, held)?,
            held: held.clone(),
            requested: Arc::new(requested),
            client_id: Identifier::Sent,
            client_secret: Identifier::Sent,
        })
    }

    /// The same with another token: the one before, where the present one is not taken.
    ///
    /// # Errors
    /// [`ManagementError::TokenUnusable`] when it cannot stand in a header.
    pub fn with_token(mut self, token: &RegistrationAccessToken) -> Result<Self, ManagementError> {
        self.call = self.call.with_token(token)?;
        Ok(self)
    }

    /// Leaves the `client_id` out, which the RFC wants and some servers refuse.
    #[must_use]
    pub const fn without_client_id(mut self) -> Self {
        self.client_id = Identifier::Omitted;
        self
    }

    /// Leaves the `client_secret` out, which the RFC allows: some servers refuse it, or have replaced it.
    #[must_use]
    pub const fn without_client_secret(mut self) -> Self {
        self.client_secret = Identifier::Omitted;
        self
    }

    /// The metadata as they are sent.
    #[must_use]
    pub fn requested(&self) -> &Map<String, Value> {
        &self.requested
    }

    /// The PUT.
    #[must_use]
    pub fn request(&self) -> Request<Bytes> {
        let mut members = Map::new();
        if self.client_id == Identifier::Sent {
            members.insert("client_id".to_owned(), Value::from(self.held.client_id().as_str()));
        }
        if let (Identifier::Sent, Some(secret)) = (self.client_secret, self.held.client_secret()) {
            members.insert("client_secret".to_owned(), Value::from(secret.expose_secret()));
        }
        members.extend(self.requested.iter().map(|(name, value)| (name.clone(), value.clone())));
        // invariant: a map with string keys always serialises
        self.call.request(Bytes::from(serde_json::to_vec(&members).unwrap_or_default()))
    }

    /// Reads the answer, which came at `now`: a token or a secret in it replaces the old one, what it does not show
    /// stays, and the differences are those from these metadata.
    ///
    /// # Errors
    /// [`ManagementError`] for every answer that does not show this client.
    pub fn accept(&self, response: &Response<Bytes>, now: UnixTime) -> Result<Registration, ManagementError> {
        accept(&self.call, &self.held, Arc::clone(&self.requested), response, AnswerTo::Update, now)
    }
}

impl fmt::Debug for UpdateRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members: Vec<&String> = self.requested.keys().collect();
        f.debug_struct("UpdateRequest").field("call", &self.call).field("members", &members).finish()
    }
}
