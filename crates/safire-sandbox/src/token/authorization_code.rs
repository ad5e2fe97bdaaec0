//! Authorization codes, RFC 6749 §4.1.3 with RFC 7636 §4.5.

use std::sync::Arc;

use safire_protocol::authorize::CodeVerifier;

use super::form::Form;
use super::permit::By;
use super::permit::Permit;
use super::refusal::Refusal;
use crate::client::Client;
use crate::clock::now;
use crate::lock::lock;
use crate::same::same;
use crate::state::State;

/// Redeems a code, once.
pub(super) fn permit(state: &State, client: Arc<Client>, form: &Form) -> Result<Permit, Refusal> {
    if !client.may_use("authorization_code") {
        return Err(Refusal::unauthorized("authorization_code"));
    }
    let text = form.required("code")?;
    let verifier = form.required("code_verifier")?;
    let mut grants = lock(&state.grants);
    let code = grants.codes.get_mut(text).ok_or_else(|| Refusal::grant("the code is not known"))?;
    if code.grant.client_id != client.id {
        return Err(Refusal::grant("the code was issued to another client"));
    }
    if code.used {
        // RFC 6749 §4.1.2: the tokens of a code that is used twice are revoked.
        if state.end_login(&code.grant) {
            state.count(|counters| &counters.reuses_detected);
        }
        return Err(Refusal::grant("the code was used before, so its tokens are revoked"));
    }
    if code.expires_at <= now() {
        return Err(Refusal::grant("the code is expired"));
    }
    // RFC 6749 §4.1.3: there if it was there, and the same.
    if let Some(wanted) = &code.redirect_uri
        && form.required("redirect_uri")? != wanted
    {
        return Err(Refusal::grant("redirect_uri is not the one of the authorization request"));
    }
    if code.redirect_uri.is_none() && form.get("redirect_uri").is_some() {
        return Err(Refusal::grant("the authorization request had no redirect_uri"));
    }
    let verifier = CodeVerifier::parse(verifier).map_err(|error| Refusal::grant(error.to_string()))?;
    if !same(&verifier.challenge(), &code.challenge) {
        return Err(Refusal::grant("code_verifier does not fit the code_challenge"));
    }
    code.used = true;
    let grant = Arc::clone(&code.grant);
    Ok(Permit { client, scope: grant.scope.clone(), grant, by: By::AuthorizationCode })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::grant::Code;
    use crate::grant::Grant;

    #[test]
    fn a_code_lives_a_minute() {
        const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let state = State::for_test();
        let metadata = json!({"client_id": "a", "grant_types": ["authorization_code"]});
        let client = Client::of_answer(metadata.as_object().unwrap(), &serde_json::Map::new(), Vec::new());
        let client = Arc::new(client);
        let form = Form::of(&[("code", "c"), ("redirect_uri", "https://a/"), ("code_verifier", VERIFIER)]);
        for (left, good) in [(0, false), (30, true)] {
            let code = Code {
                grant: Arc::new(Grant::new(&client, "openid".to_owned(), None)),
                redirect_uri: Some("https://a/".to_owned()),
                challenge: CodeVerifier::parse(VERIFIER).unwrap().challenge(),
                expires_at: now().plus_seconds(left),
                used: false,
            };
            lock(&state.grants).codes.insert("c", code);
            assert_eq!(permit(&state, Arc::clone(&client), &form).is_ok(), good, "{left}");
        }
    }
}
