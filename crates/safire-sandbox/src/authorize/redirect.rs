//! The way back to the app.

use http::HeaderValue;
use http::StatusCode;
use http::header::LOCATION;
use http::header::REFERRER_POLICY;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use url::Url;

use crate::fault::Strike;
use crate::reply::Reply;
use crate::state::State;

/// A redirect URI that was checked, with the app's `state`.
#[derive(Debug, Clone)]
pub(super) struct Return {
    pub(super) redirect_uri: String,
    pub(super) naming: Naming,
    pub(super) state: Option<String>,
}

/// Whether the app named the redirect URI, or left it to the server, which knows only one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming {
    Named,
    Understood,
}

impl Return {
    /// RFC 6749 §4.1.2.
    pub(super) fn with_code(&self, state: &State, code: &str, strike: Option<Strike<'_>>) -> Reply {
        self.redirect(state, Map::from_iter([("code".to_owned(), json!(code))]), strike)
    }

    /// RFC 6749 §4.1.2.1.
    pub(super) fn with_error(
        &self,
        state: &State,
        error: &str,
        description: &str,
        strike: Option<Strike<'_>>,
    ) -> Reply {
        let members =
            [("error".to_owned(), json!(error)), ("error_description".to_owned(), json!(description))];
        self.redirect(state, Map::from_iter(members), strike)
    }

    fn redirect(&self, state: &State, mut members: Map<String, Value>, strike: Option<Strike<'_>>) -> Reply {
        if let Some(text) = &self.state {
            members.insert("state".to_owned(), json!(text));
        }
        // RFC 9207 §2: every answer says who gives it.
        members.insert("iss".to_owned(), json!(state.issuer));
        if let Some(strike) = strike {
            strike.edit(&mut members);
        }
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(members.iter().filter_map(|(name, value)| Some((name, value.as_str()?))))
            .finish();
        let joint = match self.redirect_uri.split_once('?') {
            None => "?",
            Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
            Some(_) => "&",
        };
        // RFC 9700 §4.12: 303, so that no form goes along.
        let reply = Reply::new(StatusCode::SEE_OTHER)
            .with_header(LOCATION, &format!("{}{joint}{query}", header_text(&self.redirect_uri)))
            .with_header(REFERRER_POLICY, "no-referrer");
        reply.no_store()
    }
}

/// The URI as registered, or as a browser would write it where a header cannot hold it.
fn header_text(uri: &str) -> String {
    if HeaderValue::from_str(uri).is_ok() {
        return uri.to_owned();
    }
    Url::parse(uri).map_or_else(|_| String::new(), String::from)
}
