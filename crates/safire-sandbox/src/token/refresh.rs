//! Refresh tokens, RFC 6749 §6, rotated at each use (RFC 9700 §4.14.2).

use std::sync::Arc;

use super::form::Form;
use super::permit::By;
use super::permit::Permit;
use super::refusal::Refusal;
use crate::client::Client;
use crate::grant::Grant;
use crate::lock::lock;
use crate::scope;
use crate::scope_syntax::Settled;
use crate::state::State;

/// Spends a refresh token; one that was spent before ends the login with all its tokens.
pub(super) fn permit(state: &State, client: Arc<Client>, form: &Form) -> Result<Permit, Refusal> {
    let text = form.required("refresh_token")?;
    let mut grants = lock(&state.grants);
    let refresh =
        grants.refresh.get_mut(text).ok_or_else(|| Refusal::grant("the refresh token is not known"))?;
    if refresh.grant.client_id != client.id {
        return Err(Refusal::grant("the refresh token was issued to another client"));
    }
    if !refresh.grant.is_alive() {
        return Err(Refusal::grant("the refresh token is revoked"));
    }
    if refresh.spent {
        if state.end_login(&refresh.grant) {
            state.count(|counters| &counters.reuses_detected);
        }
        return Err(Refusal::grant("the refresh token was used before, so the login is ended"));
    }
    let scope = narrowed(state, &refresh.grant, form)?;
    refresh.spent = true;
    let grant = Arc::clone(&refresh.grant);
    Ok(Permit { client, grant, scope, by: By::Refresh { spent: text.to_owned() } })
}

/// RFC 6749 §6: what was granted, or less.
fn narrowed(state: &State, grant: &Grant, form: &Form) -> Result<String, Refusal> {
    let Some(wanted) = form.get("scope") else { return Ok(grant.scope.clone()) };
    let mut scopes: Vec<String> = Vec::new();
    for one in wanted.split_ascii_whitespace() {
        if !scope::covers(&grant.scope, one) {
            return Err(Refusal::new("invalid_scope", format!("the scope {one} was not granted")));
        }
        match state.scopes.settle(one) {
            Settled::Granted(scope) if !scopes.contains(&scope) => scopes.push(scope),
            Settled::Granted(_) | Settled::Dropped => {}
            Settled::Refused => {
                let why = format!("the scope {one} has a syntax that this server does not know");
                return Err(Refusal::new("invalid_scope", why));
            }
        }
    }
    if scopes.is_empty() { Ok(grant.scope.clone()) } else { Ok(scopes.join(" ")) }
}
