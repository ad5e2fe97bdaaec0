//! Where the rest of the sandbox meets UDAP.

use http::Method;
use http::StatusCode;
use http::header::ALLOW;
use safire_protocol::jose::PrivateKey;
use serde_json::Value;

use super::control;
use super::distribution;
use super::metadata;
use super::provider::LOGO;
use super::provider::LOGO_PATH;
use super::registration;
use super::registration::REGISTRATION_PATH;
use crate::asked::Asked;
use crate::client::Client;
use crate::fault::Strike;
use crate::reply::Reply;
use crate::state::State;

/// The answer to a request that is UDAP's, or `None` for others.
pub(crate) async fn route(state: &State, asked: &Asked, strike: Option<Strike<'_>>) -> Option<Reply> {
    let offered = state.udap.is_offered();
    let reply = match asked.path.as_str() {
        REGISTRATION_PATH if offered => return Some(post(state, asked, strike).await),
        LOGO_PATH if offered => Some(Reply::new(StatusCode::OK).with_body("image/gif", LOGO)),
        path if path.starts_with("/_control/") => return control::answer(state, asked).await,
        _ => match metadata::answer(state, asked, strike).await {
            None if offered => distribution::answer(state, asked, strike).await,
            reply => reply,
        },
    };
    reply.map(|reply| if asked.method == Method::GET { reply } else { only("GET") })
}

async fn post(state: &State, asked: &Asked, strike: Option<Strike<'_>>) -> Reply {
    if asked.method == Method::POST { registration::answer(state, asked, strike).await } else { only("POST") }
}

fn only(method: &str) -> Reply {
    Reply::new(StatusCode::METHOD_NOT_ALLOWED).with_header(ALLOW, method)
}

/// The keys of the server's certificates, for clients that look for the key of an id token among the published ones.
pub(crate) fn public_keys(state: &State) -> Vec<Value> {
    state.udap.made().iter().map(|one| one.server.key().public_jwk().to_json()).collect()
}

/// The key and the chain that an id token for this client is signed with (§6.2, §7.1): those of its community.
pub(crate) fn id_token_signer(state: &State, client: &Client) -> Option<(PrivateKey, Vec<String>)> {
    let registrant = client.udap.as_ref()?;
    let membership = state.udap.in_community(&registrant.community)?;
    Some((membership.server.key().clone(), membership.server.x5c()))
}
