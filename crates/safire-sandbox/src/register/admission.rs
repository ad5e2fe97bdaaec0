//! Who may register at all.

use http::HeaderValue;
use http::StatusCode;
use http::header::WWW_AUTHENTICATE;

use crate::asked::Asked;
use crate::profile::Admission;
use crate::reply::Reply;
use crate::same::same;
use crate::state::State;

/// Why not, RFC 7591 §3.
pub(super) fn refused(state: &State, asked: &Asked) -> Option<Reply> {
    let wanted = state.setup.initial_access_token.as_ref().map(|token| token.0.as_str());
    let given = asked.authorization("Bearer");
    let good = wanted.is_some_and(|wanted| given.is_some_and(|given| same(given, wanted)));
    match (state.profile.admission, given) {
        (Admission::Anybody | Admission::Instances, _) => None,
        (Admission::Nobody, _) => Some(nothing_here()),
        (Admission::Open, _) if wanted.is_none() || good => None,
        (Admission::Invited(_), Some(_)) if good => None,
        (Admission::Invited(text), None) => {
            Some(Reply::oauth_error(StatusCode::FORBIDDEN, "insufficient_scope", text))
        }
        (Admission::Open, None) => Some(challenge("registration needs an initial access token")),
        (Admission::Open | Admission::Invited(_), Some(_)) => {
            Some(challenge("the initial access token is not known"))
        }
    }
}

/// RFC 6750 §3: a bearer token is missing or not good.
pub(super) fn challenge(description: &str) -> Reply {
    let mut reply = Reply::oauth_error(StatusCode::UNAUTHORIZED, "invalid_token", description);
    reply.headers.insert(
        WWW_AUTHENTICATE,
        HeaderValue::from_static("Bearer realm=\"safire-sandbox\", error=\"invalid_token\""),
    );
    reply
}

/// What is said of a path that is not there.
pub(super) fn nothing_here() -> Reply {
    Reply::new(StatusCode::NOT_FOUND).with_body("text/plain", "not found\n")
}
