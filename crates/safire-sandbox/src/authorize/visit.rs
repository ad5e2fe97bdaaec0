//! A browser, known by its cookie.

use http::StatusCode;
use http::header::COOKIE;
use http::header::SET_COOKIE;

use super::parameters::Parameters;
use crate::asked::Asked;
use crate::lock::lock;
use crate::page::error_page;
use crate::reply::Reply;
use crate::same::same;
use crate::state::State;
use crate::user::SignIn;

/// What one request shows of its browser.
#[derive(Clone)]
pub(crate) struct Visit {
    pub(crate) cookie: String,
    pub(crate) id: String,
    /// Goes into each form, so that no other site can send one (RFC 6749 §10.12).
    pub(crate) csrf: String,
    pub(crate) sign_in: Option<SignIn>,
}

impl std::fmt::Debug for Visit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Visit").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Visit {
    pub(crate) fn give_cookie(&self, state: &State, reply: Reply) -> Reply {
        let secure = if state.issuer.starts_with("https:") { "; Secure" } else { "" };
        // Lax: an app's link to /authorize brings the cookie along, a foreign form does not.
        let path = if state.path.is_empty() { "/" } else { state.path.as_str() };
        let cookie = format!("{NAME}={}; Path={path}; HttpOnly; SameSite=Lax{secure}", self.cookie);
        reply.with_header(SET_COOKIE, &cookie)
    }
}

/// The browser's cookie, if it has one.
pub(crate) fn cookie(asked: &Asked) -> Option<&str> {
    asked
        .headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|pairs| pairs.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(NAME)?.strip_prefix('='))
}

/// The browser and the fields of a form that came from a page of ours; otherwise a page that says what is wrong.
pub(crate) fn of_form(state: &State, asked: &Asked) -> Result<(Visit, Parameters), Box<Reply>> {
    let refused = |status, why: &str| Box::new(error_page(status, why));
    if asked.body.len() > LIMIT {
        return Err(refused(StatusCode::PAYLOAD_TOO_LARGE, "The form is too large."));
    }
    let fields = Parameters::of_form(asked, &["scope"])
        .map_err(|why| refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, why))?;
    let visit = cookie(asked).and_then(|cookie| lock(&state.sessions).find(cookie));
    let visit = visit.ok_or_else(|| {
        refused(
            StatusCode::FORBIDDEN,
            "This browser has no session here: it was forgotten, or cookies are off.",
        )
    })?;
    if !fields.get("csrf").is_some_and(|csrf| same(csrf, &visit.csrf)) {
        return Err(refused(StatusCode::FORBIDDEN, "The form does not come from a page of this session."));
    }
    Ok((visit, fields))
}

const NAME: &str = "safire_sandbox_session";

/// The largest form that is read.
const LIMIT: usize = 64 * 1024;
