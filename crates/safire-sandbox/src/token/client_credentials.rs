//! Client credentials, RFC 6749 §4.4 and SMART backend services.

use std::sync::Arc;

use super::form::Form;
use super::permit::By;
use super::permit::Permit;
use super::refusal::Refusal;
use crate::client::Client;
use crate::grant::Grant;
use crate::scope;

/// Grants what was asked for, or all that is registered.
pub(super) fn permit(client: Arc<Client>, form: &Form) -> Result<Permit, Refusal> {
    let scope = scope(&client, form)?;
    let grant = Arc::new(Grant::new(client.id.clone(), scope.clone(), None));
    Ok(Permit { client, grant, scope, by: By::ClientCredentials })
}

fn scope(client: &Client, form: &Form) -> Result<String, Refusal> {
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
        granted.push(wanted);
    }
    if granted.is_empty() {
        return Err(Refusal::new("invalid_scope", "no system scope is asked for or registered"));
    }
    Ok(granted.join(" "))
}

fn refused(scope: &str, why: &str) -> Refusal {
    Refusal::new("invalid_scope", format!("the scope {scope} {why}"))
}
