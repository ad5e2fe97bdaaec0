//! A signed assertion as the grant, RFC 7523 §2.1: how an instance of an app gets each of its tokens.

use std::sync::Arc;

use super::authentication::check_assertion;
use super::form::Form;
use super::permit::By;
use super::permit::Permit;
use super::refusal::Refusal;
use crate::client::Client;
use crate::grant::Grant;
use crate::state::State;

/// Grants again what the login had with which the instance was registered.
pub(super) fn permit(state: &State, client: Arc<Client>, form: &Form) -> Result<Permit, Refusal> {
    let Some(instance) = client.instance.as_ref().filter(|_| client.may_use(GRANT)) else {
        return Err(Refusal::unauthorized(GRANT));
    };
    check_assertion(state, &client, form.required("assertion")?).map_err(Refusal::grant)?;
    let scope = instance.scope.clone();
    let grant = Arc::new(Grant::new(&client, scope.clone(), Some(instance.login.clone())));
    Ok(Permit { client, grant, scope, by: By::JwtBearer })
}

/// The grant type.
pub(crate) const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
