//! Why an authorization request is refused, and who is told.

use http::StatusCode;

use super::redirect::Return;
use crate::fault::Strike;
use crate::page::error_page;
use crate::reply::Reply;
use crate::state::State;

/// RFC 6749 §4.1.2.1: the app is told by a redirect, unless it is not known where that would lead.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Only the user is told.
    Page(String),
    /// The app is told.
    Redirect { to: Return, error: &'static str, description: String },
}

impl Refusal {
    pub(super) fn page(description: impl Into<String>) -> Self {
        Self::Page(description.into())
    }

    pub(super) fn reply(&self, state: &State, strike: Option<Strike<'_>>) -> Reply {
        match self {
            Self::Page(description) => error_page(StatusCode::BAD_REQUEST, description),
            Self::Redirect { to, error, description } => to.with_error(state, error, description, strike),
        }
    }
}
