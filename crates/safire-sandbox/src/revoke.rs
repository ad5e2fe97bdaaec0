//! Revocation, RFC 7009.

use http::StatusCode;

use crate::asked::Asked;
use crate::lock::lock;
use crate::reply::Reply;
use crate::state::State;
use crate::token::Form;
use crate::token::Refusal;
use crate::token::authenticate;

/// Ends a token, or says why not.
pub(crate) fn answer(state: &State, asked: &Asked) -> Reply {
    match revoke(state, asked) {
        Ok(()) => Reply::new(StatusCode::OK).no_store(),
        Err(refusal) => refusal.reply(state),
    }
}

/// An access token ends alone; a refresh token ends the login with all its tokens (RFC 7009 §2.1).
fn revoke(state: &State, asked: &Asked) -> Result<(), Refusal> {
    let form = Form::read(asked)?;
    let client = authenticate(state, asked, &form)?;
    let token = form.required("token")?;
    let foreign = || Refusal::new("unauthorized_client", "the token was issued to another client");
    let mut grants = lock(&state.grants);
    // The hint is not needed: both kinds are looked through.
    if let Some(refresh) = grants.refresh.get(token) {
        if refresh.grant.client_id != client.id {
            return Err(foreign());
        }
        if state.end_login(&refresh.grant) {
            state.count(|counters| &counters.revocations);
        }
        return Ok(());
    }
    match grants.access.get(token) {
        Some(access) if access.grant.client_id != client.id => Err(foreign()),
        Some(_) => {
            grants.access.remove(token);
            state.count(|counters| &counters.revocations);
            Ok(())
        }
        // RFC 7009 §2.2: a token that is not known needs no revocation.
        None => Ok(()),
    }
}
