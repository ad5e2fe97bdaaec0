//! Why no token is given, RFC 6749 §5.2.

use http::StatusCode;
use http::header::WWW_AUTHENTICATE;

use crate::reply::Reply;
use crate::state::State;

/// An error of the token endpoint.
#[derive(Debug)]
pub(crate) struct Refusal {
    error: &'static str,
    description: String,
    status: Option<StatusCode>,
}

impl Refusal {
    pub(crate) fn new(error: &'static str, description: impl Into<String>) -> Self {
        Self { error, description: description.into(), status: None }
    }

    pub(crate) fn request(description: impl Into<String>) -> Self {
        Self::new("invalid_request", description)
    }

    pub(super) fn grant(description: impl Into<String>) -> Self {
        Self::new("invalid_grant", description)
    }

    pub(super) fn unauthorized(grant_type: &str) -> Self {
        Self::new("unauthorized_client", format!("the client is not registered for {grant_type}"))
    }

    pub(crate) fn client(description: impl Into<String>) -> Self {
        Self::new("invalid_client", description)
    }

    /// With another status than the error has by RFC 6749.
    pub(crate) const fn with_status(mut self, status: StatusCode) -> Self {
        self.status = Some(status);
        self
    }

    /// The answer, with the body that the profile gives to errors.
    pub(crate) fn reply(&self, state: &State) -> Reply {
        // RFC 6749 §5.2: only %x20-21 / %x23-5B / %x5D-7E may stand in a description.
        let description: String = self
            .description
            .chars()
            .map(|character| match character {
                '"' | '\\' => '\'',
                ' '..='~' => character,
                _ => '?',
            })
            .collect();
        let usual =
            if self.error == "invalid_client" { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
        let status = self.status.unwrap_or(usual);
        let reply = Reply::json(status, &(state.profile.error)(self.error, &description)).no_store();
        if status == StatusCode::UNAUTHORIZED {
            // RFC 9110 §11.6.1: a 401 always says which scheme would do.
            return reply.with_header(WWW_AUTHENTICATE, "Basic realm=\"safire-sandbox\"");
        }
        reply
    }
}
