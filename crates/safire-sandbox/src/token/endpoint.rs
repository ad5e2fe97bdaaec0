//! From the request to the grant.

use super::authentication::authenticate;
use super::authorization_code;
use super::client_credentials;
use super::form::Form;
use super::issue::issue;
use super::jwt_bearer;
use super::permit::Permit;
use super::refresh;
use super::refusal::Refusal;
use crate::asked::Asked;
use crate::fault::Strike;
use crate::profile::Admission;
use crate::reply::Reply;
use crate::state::State;

/// Gives a token, or says why not.
pub(crate) async fn answer(state: &State, asked: &Asked, strike: Option<Strike<'_>>) -> Reply {
    match permitted(state, asked) {
        Ok(permit) => issue(state, permit, strike).await,
        Err(refusal) => refusal.reply(state),
    }
}

fn permitted(state: &State, asked: &Asked) -> Result<Permit, Refusal> {
    let form = Form::read(asked)?;
    let grant = form.get("grant_type").ok_or_else(|| Refusal::request("grant_type is missing"))?;
    let client = authenticate(state, asked, &form)?;
    match grant {
        "authorization_code" => authorization_code::permit(state, client, &form),
        "refresh_token" => refresh::permit(state, client, &form),
        "client_credentials" => client_credentials::permit(state, client, &form),
        jwt_bearer::GRANT if state.profile.admission == Admission::Instances => {
            jwt_bearer::permit(state, client, &form)
        }
        other => {
            Err(Refusal::new("unsupported_grant_type", format!("the grant type {other} is not supported")))
        }
    }
}
