//! Authentication tokens, UDAP Security 2.0 §4.2 and §5.2.

use super::extensions;
use super::signed::Claims;
use super::signed::SignedJwt;
use crate::client::Client;
use crate::client::Registrant;
use crate::state::State;
use crate::token::Form;
use crate::token::Refusal;

/// Holds a token request to the certificate with which its client registered.
pub(crate) fn check(
    state: &State,
    client: &Client,
    registrant: &Registrant,
    form: &Form,
    token: &str,
) -> Result<(), Refusal> {
    if form.get("udap") != Some("1") {
        return Err(Refusal::request("udap must be 1"));
    }
    let membership = state
        .udap
        .in_community(&registrant.community)
        .ok_or_else(|| Refusal::client("the community of the client is not known"))?;
    let jwt = SignedJwt::read(token).map_err(Refusal::client)?;
    membership.check(&jwt.chain).map_err(Refusal::client)?;
    jwt.is_by(&registrant.uri).map_err(Refusal::client)?;
    let endpoint = state.token_endpoint();
    let wanted = Claims {
        issuer: &client.id,
        subject: Some(&client.id),
        audience: Some(&endpoint),
        lifetime: LONGEST,
    };
    jwt.check(&wanted).map_err(Refusal::client)?;
    jwt.use_once(state).map_err(Refusal::client)?;
    if form.get("grant_type") == Some("client_credentials") {
        // §5.2.2: the scope is required, and so is the object that says who asks and why.
        form.required("scope")?;
        extensions::check(&jwt.claims, &registrant.uri)?;
    }
    Ok(())
}

/// §5.2.1: five minutes.
const LONGEST: i64 = 300;
