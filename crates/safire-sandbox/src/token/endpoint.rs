//! From the request to the grant, and from the grant to the answer.

use http::StatusCode;
use serde_json::Map;
use serde_json::json;

use super::authentication::authenticate;
use super::client_credentials;
use super::form::Form;
use super::refusal::Refusal;
use crate::asked::Asked;
use crate::clock::now;
use crate::counts::count;
use crate::fault::Strike;
use crate::lock::lock;
use crate::random;
use crate::reply::Reply;
use crate::state::Grantee;
use crate::state::State;

/// Gives a token, or says why not.
pub(crate) fn answer(state: &State, asked: &Asked, strike: Option<Strike<'_>>) -> Reply {
    granted(state, asked).map_or_else(|refusal| refusal.reply(), |scope| issue(state, scope, strike))
}

/// The scope to grant.
fn granted(state: &State, asked: &Asked) -> Result<String, Refusal> {
    let form = Form::read(asked)?;
    let grant = form.get("grant_type").ok_or_else(|| Refusal::request("grant_type is missing"))?;
    let client = authenticate(state, asked, &form)?;
    match grant {
        "client_credentials" => client_credentials::scope(&client, &form),
        other => {
            Err(Refusal::new("unsupported_grant_type", format!("the grant type {other} is not supported")))
        }
    }
}

/// RFC 6749 §5.1.
fn issue(state: &State, scope: String, strike: Option<Strike<'_>>) -> Reply {
    let Ok(token) = random::token() else {
        return Reply::oauth_error(
            StatusCode::SERVICE_UNAVAILABLE,
            "temporarily_unavailable",
            "no random numbers",
        );
    };
    let mut answer = Map::new();
    answer.insert("access_token".to_owned(), json!(token));
    answer.insert("token_type".to_owned(), json!("Bearer"));
    answer.insert("expires_in".to_owned(), json!(LIFETIME));
    answer.insert("scope".to_owned(), json!(scope));
    lock(&state.tokens).insert(token, Grantee { scope, expires_at: now().plus_seconds(LIFETIME) });
    count(&state.counters.tokens_issued);
    if let Some(strike) = strike {
        strike.edit(&mut answer);
    }
    Reply::json(StatusCode::OK, &answer).no_store()
}

/// SMART recommends at most five minutes for backend services.
const LIFETIME: i64 = 300;
