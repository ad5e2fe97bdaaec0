//! An instance of an app, registered with the access token of a user's login, as Epic's dynamic clients are.

use std::sync::Arc;

use serde_json::Value;
use serde_json::json;

use super::admission::challenge;
use super::endpoint::read_metadata;
use super::issue::issue;
use super::keys;
use super::metadata::Checked;
use super::metadata::Refusal;
use crate::asked::Asked;
use crate::client::Client;
use crate::client::Instance;
use crate::clock::now;
use crate::fault::Strike;
use crate::grant::Access;
use crate::lock::lock;
use crate::reply::Reply;
use crate::state::State;
use crate::token::JWT_BEARER_GRANT;

/// Takes `{"software_id": the app's client id, "jwks": …}` and gives the instance an id of its own.
pub(super) fn answer(state: &State, asked: &Asked, strike: Option<Strike<'_>>) -> Reply {
    let Some(token) = asked.authorization("Bearer") else {
        return challenge("registration needs the access token of a login");
    };
    let access = lock(&state.grants).active_access(token, now());
    let Some((access, instance)) = access.and_then(of_login) else {
        return challenge("the access token is not the one of a login that goes on");
    };
    let app = lock(&state.clients).get(&access.grant.client_id).map(Arc::clone);
    let Some(app) = app else { return challenge("the app is not known any more") };
    match checked(asked, &app) {
        Ok(checked) => issue(state, checked, Some(instance), strike),
        Err(refusal) => refusal.reply(),
    }
}

/// The login of a token, without what would bring a refresh token.
fn of_login(access: Access) -> Option<(Access, Instance)> {
    let mut login = access.grant.login.clone()?;
    login.nonce = None;
    let kept = |scope: &&str| !["offline_access", "online_access"].contains(scope);
    let scope = access.scope.split_ascii_whitespace().filter(kept).collect::<Vec<_>>().join(" ");
    Some((access, Instance { login, scope }))
}

fn checked(asked: &Asked, app: &Client) -> Result<Checked, Refusal> {
    let object = read_metadata(asked)?;
    if object.members.get("software_id").and_then(Value::as_str) != Some(&app.id) {
        return Err(Refusal::metadata(
            "`software_id` must be the client id of the app that was logged in to",
        ));
    }
    let jwks = object.members.get("jwks").ok_or_else(|| Refusal::metadata("`jwks` is missing"))?;
    let keys = keys::read(jwks)?;
    if keys.is_empty() {
        return Err(Refusal::metadata("`jwks` has no key to verify with"));
    }
    let method = "none".to_owned();
    let metadata = [
        ("redirect_uris", json!(app.redirect_uris)),
        ("token_endpoint_auth_method", json!(method)),
        ("grant_types", json!([JWT_BEARER_GRANT])),
        ("software_id", json!(app.id)),
        ("jwks", jwks.clone()),
    ];
    let metadata = metadata.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Ok(Checked { metadata, method, keys })
}
