//! From the grant to the answer, RFC 6749 §5.1.

use std::sync::Arc;

use http::StatusCode;
use safire_protocol::jose::PrivateKey;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::permit::By;
use super::permit::Permit;
use crate::client::Client;
use crate::clock::now;
use crate::fault::Strike;
use crate::grant::Access;
use crate::grant::Grant;
use crate::grant::Refresh;
use crate::id_token;
use crate::id_token::Subject;
use crate::keys::NoKey;
use crate::launch::STYLE_PATH;
use crate::lock::lock;
use crate::random;
use crate::reply::Reply;
use crate::state::State;

/// Makes the tokens, remembers those that are sent, and answers.
pub(super) async fn issue(state: &State, permit: Permit, strike: Option<Strike<'_>>) -> Reply {
    let (Ok(access), Ok(refresh)) = (random::token(), random::token()) else {
        return Reply::oauth_error(
            StatusCode::SERVICE_UNAVAILABLE,
            "temporarily_unavailable",
            "no random numbers",
        );
    };
    let mut answer = Map::new();
    answer.insert("access_token".to_owned(), json!(access));
    answer.insert("token_type".to_owned(), json!("Bearer"));
    answer.insert("expires_in".to_owned(), json!(lifetime(state, &permit.client)));
    answer.insert("scope".to_owned(), json!(permit.scope));
    if has_refresh(state, &permit.client, &permit.grant) {
        answer.insert("refresh_token".to_owned(), json!(refresh));
    }
    match signed(state, &permit).await {
        Ok(Some(token)) => drop(answer.insert("id_token".to_owned(), json!(token))),
        Ok(None) => {}
        Err(NoKey) => return NoKey::reply(),
    }
    add_context(state, &permit.grant, &mut answer);
    (state.profile.token)(&mut answer);
    if let Some(strike) = strike {
        strike.edit(&mut answer);
    }
    remember(state, permit, &access, &refresh, &answer);
    Reply::json(StatusCode::OK, &answer).no_store()
}

fn has_refresh(state: &State, client: &Client, grant: &Grant) -> bool {
    // UDAP Security 2.0 §3.1: who wants one registers for it.
    let may = !client.is_udap() || client.may_use("refresh_token");
    may && grant.login.is_some() && state.profile.refresh_scopes.iter().any(|scope| grant.has(scope))
}

async fn signed(state: &State, permit: &Permit) -> Result<Option<String>, NoKey> {
    let Permit { client, grant, scope, by } = permit;
    let Some(login) = &grant.login else { return Ok(None) };
    if !scope.split_ascii_whitespace().any(|granted| granted == "openid") {
        return Ok(None);
    }
    let nonce = match by {
        By::AuthorizationCode => login.nonce.as_deref(),
        By::Refresh { .. } | By::ClientCredentials | By::JwtBearer => None,
    };
    let subject = Subject { client_id: &client.id, login, scope, nonce, signer: signer(state, client) };
    id_token::issue(state, client.id_token_alg, &subject).await.map(Some)
}

#[cfg(feature = "udap")]
fn signer(state: &State, client: &Client) -> Option<(PrivateKey, Vec<String>)> {
    crate::udap::id_token_signer(state, client)
}

#[cfg(not(feature = "udap"))]
const fn signer(_: &State, _: &Client) -> Option<(PrivateKey, Vec<String>)> {
    None
}

/// UDAP Security 2.0 §5.2.3: no token of a UDAP client lives longer than an hour.
fn lifetime(state: &State, client: &Client) -> i64 {
    let chosen = state.setup.token_lifetime;
    if client.is_udap() { chosen.min(3_600) } else { chosen }
}

/// SMART 2.2, "Launch context arrives with your access token".
fn add_context(state: &State, grant: &Grant, answer: &mut Map<String, Value>) {
    let Some(login) = &grant.login else { return };
    let context = &login.context;
    let mut put = |name: &str, value: Value| answer.insert(name.to_owned(), value);
    if let Some(patient) = &context.patient {
        put("patient", json!(patient));
    }
    if let Some(encounter) = &context.encounter {
        put("encounter", json!(encounter));
    }
    if let Some(banner) = context.need_patient_banner {
        put("need_patient_banner", json!(banner));
        put("smart_style_url", json!(format!("{}{STYLE_PATH}", state.issuer)));
    }
}

fn remember(state: &State, permit: Permit, access: &str, refresh: &str, answer: &Map<String, Value>) {
    let expires_in = lifetime(state, &permit.client);
    let Permit { grant, scope, by, .. } = permit;
    let now = now();
    let rotated = answer.get("refresh_token").is_some_and(|sent| *sent == refresh);
    let mut grants = lock(&state.grants);
    if rotated {
        grants.refresh.insert(refresh, Refresh { grant: Arc::clone(&grant), issued_at: now, spent: false });
    }
    match by {
        By::AuthorizationCode => state.count(|counters| &counters.tokens_by_code),
        By::ClientCredentials => state.count(|counters| &counters.tokens_by_credentials),
        By::JwtBearer => state.count(|counters| &counters.tokens_by_assertion),
        By::Refresh { spent } => {
            state.count(|counters| &counters.refreshes);
            // RFC 6749 §6: without a new refresh token the client goes on with the old one.
            if !rotated && let Some(old) = grants.refresh.get_mut(&spent) {
                old.spent = false;
            }
        }
    }
    let expires_at = now.plus_seconds(expires_in);
    let with_id_token = answer.contains_key("id_token");
    grants.access.insert(access, Access { grant, scope, issued_at: now, expires_at, with_id_token });
    state.count(|counters| &counters.tokens_issued);
}
