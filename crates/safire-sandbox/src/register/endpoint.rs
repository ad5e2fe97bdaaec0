//! From the request to the answer.

use http::StatusCode;
use safire_protocol::json::JsonObject;

use super::admission;
use super::instance;
use super::issue::issue;
use super::metadata::Refusal;
use super::metadata::check;
use crate::asked::Asked;
use crate::fault::Strike;
use crate::profile::Admission;
use crate::reply::Reply;
use crate::state::State;

/// Registers a client, RFC 7591 §3.
pub(crate) fn answer(state: &State, asked: &Asked, strike: Option<Strike<'_>>) -> Reply {
    if let Some(reply) = admission::refused(state, asked) {
        return reply;
    }
    if state.profile.admission == Admission::Instances {
        return instance::answer(state, asked, strike);
    }
    let checked = read_metadata(asked).and_then(|object| match (state.profile.metadata)(&object) {
        Some(refusal) => Err(refusal),
        None => check(state, object),
    });
    match checked {
        Ok(checked) => issue(state, checked, None, strike),
        Err(refusal) => refusal.reply(),
    }
}

impl Refusal {
    pub(super) fn reply(&self) -> Reply {
        Reply::oauth_error(StatusCode::BAD_REQUEST, self.error, &self.description)
    }
}

/// The JSON object of a request, each member there once.
pub(super) fn read_metadata(asked: &Asked) -> Result<JsonObject, Refusal> {
    if asked.media_type().as_deref() != Some("application/json") {
        return Err(Refusal::metadata("the Content-Type must be application/json"));
    }
    let object = JsonObject::parse(&asked.body).map_err(|error| Refusal::metadata(error.to_string()))?;
    match object.doubled.first() {
        None => Ok(object),
        Some(name) => Err(Refusal::metadata(format!("`{name}` is there twice"))),
    }
}
