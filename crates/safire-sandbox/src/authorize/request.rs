//! An authorization request that keeps the rules.

use std::sync::Arc;

use super::parameters::Parameters;
use super::redirect::Naming;
use super::redirect::Return;
use super::redirect_uri;
use super::refusal::Refusal;
use crate::client::Client;
use crate::launch::Launch;
use crate::lock::lock;
use crate::profile::Audience;
use crate::scope;
use crate::scope_syntax::Settled;
use crate::state::State;

/// What an app asks for.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) client: Arc<Client>,
    pub(super) back: Return,
    /// Each is registered for the client.
    pub(super) scopes: Vec<String>,
    pub(super) challenge: String,
    pub(super) nonce: Option<String>,
    pub(super) launch: Option<Launch>,
    pub(super) prompt: Prompt,
    pub(super) login_hint: Option<String>,
    /// OpenID Connect Core §3.1.2.1: how many seconds ago the login may have been.
    pub(super) max_age: Option<i64>,
}

/// OpenID Connect Core §3.1.2.1, `prompt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prompt {
    /// As needed.
    Usual,
    /// No page may be shown.
    None,
    /// The login page is shown, whoever is logged in.
    Login,
}

impl Request {
    /// Reads and checks a request: first where an answer may go, then everything else.
    pub(super) fn read(state: &State, parameters: &Parameters) -> Result<Self, Refusal> {
        let (client, back) = destination(state, parameters)?;
        Self::checked(state, parameters, client, back.clone())
            .map_err(|(error, description)| Refusal::Redirect { to: back, error, description })
    }

    fn checked(
        state: &State,
        parameters: &Parameters,
        client: Arc<Client>,
        back: Return,
    ) -> Result<Self, (&'static str, String)> {
        let invalid = |text: &str| ("invalid_request", text.to_owned());
        if let Some(name) = parameters.doubled() {
            return Err(("invalid_request", format!("the parameter {} is there twice", printable(name))));
        }
        match parameters.get("response_type") {
            Some("code") => {}
            None => return Err(invalid("response_type is missing")),
            Some(_) => return Err(("unsupported_response_type", "response_type must be code".to_owned())),
        }
        if !client.may_use("authorization_code") {
            return Err((
                "unauthorized_client",
                "the client is not registered for authorization_code".to_owned(),
            ));
        }
        // SMART 2.2, "Obtain authorization code": `state` is required.
        if back.state.is_none() {
            return Err(invalid("state is missing"));
        }
        let base = state.fhir_base();
        match parameters.get("aud") {
            // T24: people write the base with a slash at its end, and clients send it as it was given.
            Some(aud) if aud == base => {}
            Some(aud)
                if state.profile.audience == Audience::Lenient
                    && aud.strip_suffix('/') == Some(base.as_str()) => {}
            // UDAP Security 2.0 §7.2: `aud` is SMART's alone.
            None if client.is_udap() => {}
            None => return Err(("invalid_request", format!("aud is missing: it must be {base}"))),
            Some(_) => return Err(("invalid_request", format!("aud must be {base}"))),
        }
        let challenge = challenge(parameters)?;
        let scopes = scopes(state, parameters, &client)?;
        let launch = launch(state, parameters, &scopes)?;
        let prompt = prompt(parameters)?;
        let max_age = match parameters.get("max_age").map(str::parse::<u32>) {
            None => None,
            Some(Ok(seconds)) => Some(i64::from(seconds)),
            Some(Err(_)) => return Err(invalid("max_age must be a number of seconds")),
        };
        Ok(Self {
            client,
            back,
            scopes,
            challenge,
            nonce: parameters.get("nonce").map(str::to_owned),
            launch,
            prompt,
            login_hint: parameters.get("login_hint").map(str::to_owned),
            max_age,
        })
    }

    /// Whether one of these scopes was asked for.
    pub(super) fn asks_for(&self, names: &[&str]) -> bool {
        self.scopes.iter().any(|scope| names.contains(&scope.as_str()))
    }

    /// Whether the app can do nothing without a patient.
    pub(super) fn needs_patient(&self) -> bool {
        self.asks_for(&["launch/patient", "launch/encounter"])
            || self.scopes.iter().any(|scope| scope.starts_with("patient/"))
    }
}

fn destination(state: &State, parameters: &Parameters) -> Result<(Arc<Client>, Return), Refusal> {
    if let Some(name @ ("client_id" | "redirect_uri")) = parameters.doubled() {
        return Err(Refusal::page(format!("The parameter {name} is there twice.")));
    }
    let id = parameters
        .get("client_id")
        .ok_or_else(|| Refusal::page("The app does not say who it is: client_id is missing."))?;
    let client = lock(&state.clients).get(id).map(Arc::clone);
    let client =
        client.ok_or_else(|| Refusal::page(format!("The app is not registered here: client_id {id}")))?;
    if client.standing.waits() {
        return Err(Refusal::page("The app is registered, but nobody has approved it yet."));
    }
    let (uri, naming) = match (parameters.get("redirect_uri"), client.redirect_uris.as_slice()) {
        (Some(uri), _) => (uri.to_owned(), Naming::Named),
        // UDAP Security 2.0 §7.2: it is required when more than one is registered.
        (None, [only]) if client.is_udap() => (only.clone(), Naming::Understood),
        (None, _) => {
            return Err(Refusal::page("The app does not say where to return to: redirect_uri is missing."));
        }
    };
    if !redirect_uri::is_registered(&client, &uri) {
        return Err(Refusal::page(format!("The app did not register this redirect URI: {uri}")));
    }
    let back = Return { redirect_uri: uri, naming, state: parameters.get("state").map(str::to_owned) };
    Ok((client, back))
}

/// RFC 7636 §4.3. SMART 2.2: every server supports S256, and none supports plain.
fn challenge(parameters: &Parameters) -> Result<String, (&'static str, String)> {
    let invalid = |text: &str| Err(("invalid_request", text.to_owned()));
    let Some(challenge) = parameters.get("code_challenge") else {
        return invalid("code_challenge is missing");
    };
    if parameters.get("code_challenge_method") != Some("S256") {
        return invalid("code_challenge_method must be S256");
    }
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if challenge.len() != 43 || !challenge.bytes().all(is_base64url) {
        return invalid("code_challenge must be a SHA-256 digest as base64url, which has 43 characters");
    }
    Ok(challenge.to_owned())
}

/// Each scope once, and only those that are registered.
fn scopes(
    state: &State,
    parameters: &Parameters,
    client: &Client,
) -> Result<Vec<String>, (&'static str, String)> {
    let refused =
        |scope: &str, why: &str| Err(("invalid_scope", format!("the scope {} {why}", printable(scope))));
    let mut scopes: Vec<String> = Vec::new();
    for wanted in parameters.get("scope").unwrap_or_default().split_ascii_whitespace() {
        if scope::is_system(wanted) {
            return refused(wanted, "is for backend services only");
        }
        if !scope::covers(&client.scope, wanted) {
            return refused(wanted, "is not registered for this client");
        }
        // Without a launch there is nothing that `launch` could stand for.
        let empty = wanted == "launch" && parameters.get("launch").is_none();
        match state.scopes.settle(wanted) {
            Settled::Granted(scope) if !empty && !scopes.contains(&scope) => scopes.push(scope),
            Settled::Granted(_) | Settled::Dropped => {}
            Settled::Refused => return refused(wanted, "has a syntax that this server does not know"),
        }
    }
    if scopes.is_empty() {
        return Err(("invalid_scope", "no scope is asked for that could be granted".to_owned()));
    }
    Ok(scopes)
}

fn launch(
    state: &State,
    parameters: &Parameters,
    scopes: &[String],
) -> Result<Option<Launch>, (&'static str, String)> {
    let Some(id) = parameters.get("launch") else { return Ok(None) };
    if !scopes.iter().any(|scope| scope == "launch") {
        return Err(("invalid_scope", "the parameter launch needs the scope launch".to_owned()));
    }
    let launch = lock(&state.launches).get(id).cloned();
    launch.map(Some).ok_or_else(|| ("invalid_request", "the launch is not known".to_owned()))
}

fn prompt(parameters: &Parameters) -> Result<Prompt, (&'static str, String)> {
    let mut prompt = Prompt::Usual;
    let words: Vec<&str> = parameters.get("prompt").unwrap_or_default().split_ascii_whitespace().collect();
    for word in &words {
        match *word {
            "none" if words.len() == 1 => prompt = Prompt::None,
            "none" => return Err(("invalid_request", "prompt none goes with nothing else".to_owned())),
            "login" | "select_account" => prompt = Prompt::Login,
            // The consent page is shown every time anyway.
            "consent" => {}
            other => return Err(("invalid_request", format!("prompt {} is not known", printable(other)))),
        }
    }
    Ok(prompt)
}

/// RFC 6749 §4.1.2.1: what may stand in an `error_description`, and not too much of it.
fn printable(text: &str) -> String {
    let shown = |character: char| match character {
        '"' | '\\' => '\'',
        ' '..='~' => character,
        _ => '?',
    };
    text.chars().take(200).map(shown).collect()
}
