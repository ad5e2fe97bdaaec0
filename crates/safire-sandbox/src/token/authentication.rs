//! Who is asking: client authentication, RFC 6749 §2.3, RFC 7523 §2.2.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use safire_protocol::credentials::AssertionCheck;
use safire_protocol::credentials::unverified_issuer;
use safire_protocol::identifier::ClientId;
use safire_protocol::jose::Algorithm;
use safire_protocol::time::UnixTime;

use super::form::Form;
use super::refusal::Refusal;
use crate::asked::Asked;
use crate::client::Client;
use crate::clock::now;
use crate::lock::lock;
use crate::same::same;
use crate::state::State;

/// What the request shows.
enum Proof {
    Basic { id: String, secret: String },
    Post { id: String, secret: String },
    Assertion { id: String, token: String },
    Nothing { id: String },
}

/// Finds the client and holds it to the method that it registered.
pub(crate) fn authenticate(state: &State, asked: &Asked, form: &Form) -> Result<Arc<Client>, Refusal> {
    let proof = Proof::of(state, asked, form)?;
    let client = lock(&state.clients)
        .get(proof.client_id())
        .map(Arc::clone)
        .ok_or_else(|| Refusal::client("the client is not known"))?;
    if client.method != proof.method() {
        return Err(Refusal::client(format!(
            "the client is registered for {}, the request uses {}",
            client.method,
            proof.method()
        )));
    }
    match &proof {
        Proof::Basic { secret, .. } | Proof::Post { secret, .. } => {
            if !client.secret.as_deref().is_some_and(|known| same(known, secret)) {
                return Err(Refusal::client("the secret is wrong"));
            }
        }
        #[cfg(feature = "udap")]
        Proof::Assertion { token, .. } if let Some(registrant) = &client.udap => {
            crate::udap::authenticate(state, &client, registrant, form, token)?;
        }
        Proof::Assertion { token, .. } => {
            check_assertion(state, &client, token).map_err(Refusal::client)?;
        }
        Proof::Nothing { .. } => {}
    }
    if client.standing.waits() {
        // What OpenEMR says: nothing tells it from a wrong secret.
        return Err(Refusal::client("Client authentication failed"));
    }
    Ok(client)
}

impl Proof {
    fn of(state: &State, asked: &Asked, form: &Form) -> Result<Self, Refusal> {
        let basic = asked.headers.contains_key(AUTHORIZATION).then(|| basic(asked)).transpose()?;
        let secret = form.get("client_secret");
        let assertion = form.get("client_assertion").or_else(|| form.get("client_assertion_type"));
        // RFC 6749 §2.3: no more than one method in a request.
        if usize::from(basic.is_some()) + usize::from(secret.is_some()) + usize::from(assertion.is_some()) > 1
        {
            return Err(Refusal::request("more than one way of client authentication"));
        }
        let named = form.get("client_id");
        let proof = if let Some((id, secret)) = basic {
            Self::Basic { id, secret }
        } else if let Some(secret) = secret {
            let id = named.ok_or_else(|| Refusal::request("client_secret without client_id"))?;
            Self::Post { id: id.to_owned(), secret: secret.to_owned() }
        } else if assertion.is_some() {
            let token = assertion_of(form)?;
            let id = unverified_issuer(token).map_err(|error| Refusal::client(error.to_string()))?;
            Self::Assertion { id, token: token.to_owned() }
        } else {
            let id = named.ok_or_else(state.profile.no_client)?;
            Self::Nothing { id: id.to_owned() }
        };
        match named {
            Some(other) if other != proof.client_id() => {
                Err(Refusal::request("client_id names another client"))
            }
            Some(_) | None => Ok(proof),
        }
    }

    fn client_id(&self) -> &str {
        match self {
            Self::Basic { id, .. }
            | Self::Post { id, .. }
            | Self::Assertion { id, .. }
            | Self::Nothing { id } => id,
        }
    }

    const fn method(&self) -> &'static str {
        match self {
            Self::Basic { .. } => "client_secret_basic",
            Self::Post { .. } => "client_secret_post",
            Self::Assertion { .. } => "private_key_jwt",
            Self::Nothing { .. } => "none",
        }
    }
}

/// RFC 6749 §2.3.1: both parts are form-encoded before they are joined.
fn basic(asked: &Asked) -> Result<(String, String), Refusal> {
    let encoded = asked
        .authorization("Basic")
        .ok_or_else(|| Refusal::client("the Authorization header must be a single Basic one"))?;
    let text = STANDARD.decode(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let text = text.ok_or_else(|| Refusal::client("the Basic credentials are not base64 of text"))?;
    let (id, secret) =
        text.split_once(':').ok_or_else(|| Refusal::client("the Basic credentials have no colon"))?;
    Ok((form_decoded(id), form_decoded(secret)))
}

fn form_decoded(text: &str) -> String {
    // A bare `=` or `&` would end the name here; encoded text has neither.
    let escaped = text.replace('=', "%3D").replace('&', "%26");
    url::form_urlencoded::parse(escaped.as_bytes())
        .next()
        .map(|(name, _)| name.into_owned())
        .unwrap_or_default()
}

fn assertion_of(form: &Form) -> Result<&str, Refusal> {
    if form.get("client_assertion_type") != Some(JWT_BEARER) {
        return Err(Refusal::request(format!("client_assertion_type must be {JWT_BEARER}")));
    }
    form.get("client_assertion").ok_or_else(|| Refusal::request("client_assertion is missing"))
}

/// Checks an assertion that has to be the client's own, and takes it once.
pub(super) fn check_assertion(state: &State, client: &Client, token: &str) -> Result<(), String> {
    if client.keys.is_empty()
        && let Some(uri) = &client.jwks_uri
    {
        return Err(format!(
            "the sandbox does not fetch keys, so none are known from {uri}: register them as jwks"
        ));
    }
    let id = ClientId::parse(client.id.as_str()).ok_or_else(|| "the client is not known".to_owned())?;
    let endpoint = state.token_endpoint();
    let now = now();
    let checked = AssertionCheck {
        client_id: &id,
        keys: &client.keys,
        audiences: &[&endpoint, &state.issuer],
        algorithms: &Algorithm::ALL,
        now,
    }
    .check(token)
    .map_err(|error| error.to_string())?;
    remember(state, &format!("{}\n{}", client.id, checked.jti), checked.exp, now)
}

/// RFC 7523 §3, rule 7: a `jti` is taken once for as long as its assertion lives.
fn remember(state: &State, key: &str, expires: UnixTime, now: UnixTime) -> Result<(), String> {
    let mut seen = lock(&state.assertions);
    seen.drop_oldest_while(|expires| expires.plus_seconds(60) < now);
    if seen.get(key).is_some() {
        return Err("the client assertion was used before (its jti is known)".to_owned());
    }
    seen.insert(key, expires);
    Ok(())
}

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
