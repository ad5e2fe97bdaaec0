//! Tiered OAuth: the user logs in at another server, UDAP Security 2.0 §6.

use std::sync::Arc;

use http::StatusCode;
use http::header::COOKIE;
use http::header::LOCATION;
use http::header::SET_COOKIE;
use safire_protocol::authorize::CodeVerifier;
use safire_protocol::time::UnixTime;

use super::approval::Approval;
use super::flow;
use super::parameters::Parameters;
use super::request::Request;
use super::visit;
use crate::asked::Asked;
use crate::clock::now;
use crate::fault::Strike;
use crate::lock::lock;
use crate::page::error_page;
use crate::random;
use crate::reply::Reply;
use crate::state::State;
use crate::udap::Provider;
use crate::user::SignIn;
use crate::user::USERS;

/// A login that goes on at an identity provider.
#[derive(Debug, Clone)]
pub(crate) struct Journey {
    /// The `state` that was sent along.
    text: String,
    request: Arc<Request>,
    provider: Provider,
    consent: Consent,
    nonce: String,
    verifier: CodeVerifier,
    expires_at: UnixTime,
}

/// How the user will agree to what the app asks for.
#[derive(Debug, Clone)]
enum Consent {
    /// It is taken as given, without a browser.
    Given(Approval),
    /// On a page, in the browser that has a cookie of this value.
    Asked { binding: String },
}

impl Consent {
    /// Whether the browser that comes back is the one that went.
    fn is_of(&self, bindings: &[&str]) -> bool {
        match self {
            Self::Given(_) => true,
            Self::Asked { binding } => bindings.contains(&binding.as_str()),
        }
    }
}

/// The identity provider that the app prefers; the parameter means nothing without the scope `udap` (§6.1).
pub(super) fn wanted(request: &Request, parameters: &Parameters) -> Option<String> {
    if request.asks_for(&["udap"]) { parameters.get("idp").map(str::to_owned) } else { None }
}

/// Sends the user to the identity provider.
pub(super) async fn begin(state: &State, request: Request, idp: &str, strike: Option<Strike<'_>>) -> Reply {
    let provider = match Provider::find(state, idp).await {
        Ok(provider) => provider,
        Err(why) => {
            tracing::debug!(%why, "an identity provider is not trusted");
            return request.back.with_error(state, "invalid_idp", UNUSABLE, strike);
        }
    };
    let approval = state.approval();
    let (Ok(text), Ok(binding), Ok(nonce), Ok(verifier)) =
        (random::token(), random::token(), random::identifier(), random::token())
    else {
        return flow::no_random();
    };
    let Ok(verifier) = CodeVerifier::parse(verifier) else { return flow::no_random() };
    let url = provider.login_url(state, &text, &nonce, &verifier.challenge());
    let reply = Reply::new(StatusCode::SEE_OTHER).with_header(LOCATION, &url).no_store();
    let (consent, reply) = match approval {
        Some(approval) => (Consent::Given(approval), reply),
        None => {
            // The session's cookie does not do: a provider on this host, at another port, would replace it.
            let secure = if state.issuer.starts_with("https:") { "; Secure" } else { "" };
            let name = text.get(..8).unwrap_or_default();
            let cookie = format!("{COOKIE_PREFIX}{name}={binding}; Path=/; HttpOnly; SameSite=Lax{secure}");
            (Consent::Asked { binding }, reply.with_header(SET_COOKIE, &cookie))
        }
    };
    let expires_at = now().plus_seconds(PATIENCE);
    let journey = Journey {
        text: text.clone(),
        request: Arc::new(request),
        provider,
        consent,
        nonce,
        verifier,
        expires_at,
    };
    lock(&state.udap.journeys).insert(&text, journey);
    reply
}

/// The user comes back.
pub(super) async fn callback(state: &State, asked: &Asked, strike: Option<Strike<'_>>) -> Reply {
    let parameters = Parameters::of_query(asked);
    let found = lock(&state.udap.journeys).get(parameters.get("state").unwrap_or_default()).cloned();
    let bindings = bindings(asked);
    let Some(journey) = found.filter(|one| one.expires_at > now()) else {
        return unknown_state(state, &bindings, strike);
    };
    if !journey.consent.is_of(&bindings) {
        return error_page(StatusCode::FORBIDDEN, "This login began in another browser.");
    }
    if lock(&state.udap.journeys).remove(&journey.text).is_none() {
        return unknown_state(state, &[], strike);
    }
    let refused = |error: &str, why: &str| journey.request.back.with_error(state, error, why, strike);
    if let Some(error) = parameters.get("error") {
        // §6.2: the app is told something suitable.
        let known = if error == "access_denied" { "access_denied" } else { "invalid_idp" };
        return refused(known, "the identity provider did not log the user in");
    }
    let code = parameters.get("code").unwrap_or_default();
    let subject =
        journey.provider.subject(state, code, journey.verifier.expose_secret(), &journey.nonce).await;
    let subject = match subject {
        Ok(subject) => subject,
        Err(why) => {
            tracing::debug!(%why, "an identity provider gave no good id token");
            return refused("invalid_idp", UNUSABLE);
        }
    };
    // §6.3: all sandboxes know the same people, under the same subjects.
    let Some(user) = USERS.iter().find(|user| user.subject == subject) else {
        return refused("access_denied", "the user is not known here");
    };
    match &journey.consent {
        Consent::Given(approval) => approval.clone().by(user).answer(state, &journey.request, strike),
        Consent::Asked { .. } => ask(state, asked, &journey.request, SignIn { user, at: now() }, strike),
    }
}

/// Goes on as after a login here.
fn ask(
    state: &State,
    asked: &Asked,
    request: &Arc<Request>,
    sign_in: SignIn,
    strike: Option<Strike<'_>>,
) -> Reply {
    let opened = lock(&state.sessions).open(visit::cookie(asked));
    let Ok(visit) = opened else { return flow::no_random() };
    let begun = lock(&state.sessions).begin(&visit, Arc::clone(request), now());
    let Ok(mut transaction) = begun else { return flow::no_random() };
    let signed_in = lock(&state.sessions).sign_in(visit, sign_in);
    let Ok(visit) = signed_in else { return flow::no_random() };
    transaction.sign_in = Some(sign_in);
    let reply = flow::next(state, &visit, transaction, strike);
    visit.give_cookie(state, reply)
}

/// §6.2: without a valid `state`, the login that this browser has begun ends with `server_error`.
fn unknown_state(state: &State, bindings: &[&str], strike: Option<Strike<'_>>) -> Reply {
    let is_here = |one: &&Journey| match &one.consent {
        Consent::Given(_) => false,
        asked @ Consent::Asked { .. } => asked.is_of(bindings),
    };
    let begun = lock(&state.udap.journeys).values().find(is_here).cloned();
    match begun {
        None => error_page(StatusCode::BAD_REQUEST, "No login is under way that this would answer."),
        Some(journey) => {
            lock(&state.udap.journeys).remove(&journey.text);
            let why = "the identity provider gave back another state";
            journey.request.back.with_error(state, "server_error", why, strike)
        }
    }
}

/// The values of the cookies that logins elsewhere have left in this browser.
fn bindings(asked: &Asked) -> Vec<&str> {
    asked
        .headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|pairs| pairs.split(';'))
        .filter_map(|pair| pair.trim().strip_prefix(COOKIE_PREFIX)?.split_once('='))
        .map(|(_, value)| value)
        .collect()
}

const COOKIE_PREFIX: &str = "safire_sandbox_idp_";

const UNUSABLE: &str = "the identity provider cannot be used to log in here";

/// How many seconds a login elsewhere may take.
const PATIENCE: i64 = 900;
