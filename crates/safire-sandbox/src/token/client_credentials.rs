//! Client credentials, RFC 6749 §4.4 and SMART backend services.

use std::sync::Arc;

use super::form::Form;
use super::permit::By;
use super::permit::Permit;
use super::refusal::Refusal;
use crate::client::Client;
use crate::grant::Grant;
use crate::scope;
use crate::scope_syntax::Settled;
use crate::state::State;

/// Grants what was asked for, or all that is registered.
pub(super) fn permit(state: &State, client: Arc<Client>, form: &Form) -> Result<Permit, Refusal> {
    let scope = scope(state, &client, form)?;
    let grant = Arc::new(Grant::new(&client, scope.clone(), None));
    Ok(Permit { client, grant, scope, by: By::ClientCredentials })
}

fn scope(state: &State, client: &Client, form: &Form) -> Result<String, Refusal> {
    if client.method == "none" {
        return Err(Refusal::new("unauthorized_client", "a public client cannot use client_credentials"));
    }
    if !client.may_use("client_credentials") {
        return Err(Refusal::unauthorized("client_credentials"));
    }
    let asked = form.get("scope").unwrap_or(&client.scope);
    let explicit = form.get("scope").is_some();
    let mut granted = Vec::new();
    for wanted in asked.split_ascii_whitespace() {
        if !scope::is_system(wanted) {
            if explicit {
                return Err(refused(wanted, "is not a system scope"));
            }
            continue;
        }
        if !scope::covers(&client.scope, wanted) {
            return Err(refused(wanted, "is not registered for this client"));
        }
        match state.scopes.settle(wanted) {
            Settled::Granted(scope) => granted.push(scope),
            Settled::Dropped => {}
            Settled::Refused => return Err(refused(wanted, "has a syntax that this server does not know")),
        }
    }
    if granted.is_empty() {
        return Err(Refusal::new(
            "invalid_scope",
            "no system scope is asked for or registered that could be granted",
        ));
    }
    Ok(granted.join(" "))
}

fn refused(scope: &str, why: &str) -> Refusal {
    Refusal::new("invalid_scope", format!("the scope {scope} {why}"))
}
