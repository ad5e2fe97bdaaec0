//! The authorization request, RFC 6749 §4.1.1 and SMART App Launch 2.2.

use std::fmt;

use url::Url;

use super::aud::Aud;
use super::error::AuthorizeError;
use super::form::AuthorizationForm;
use super::pending::IssParameter;
use super::pending::PendingAuthorization;
use super::pkce::CHALLENGE_METHOD;
use super::pkce::CodeVerifier;
use super::pkce::PkcePolicy;
use super::query;
use super::query::Parameter;
use super::rules;
use super::state::Nonce;
use super::state::Randomness;
use super::state::State;
use crate::discovery::DiscoveryError;
use crate::discovery::EndpointKind;
use crate::identifier::ClientId;
use crate::registration::check_redirect_uri;
use crate::server_profile::ServerProfile;
use crate::time::UnixTime;
use crate::url::FhirBase;
use crate::url::UrlPolicy;
use crate::url::display_url;

/// How long a login may take unless the caller says otherwise, in seconds.
const DEFAULT_LIFETIME: i64 = 900;

/// What the request sets itself; none of these is a further parameter.
const RESERVED: [&str; 14] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "aud",
    "launch",
    "nonce",
    "prompt",
    "login_hint",
    "max_age",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
];

/// What the user is asked for, and where. `Debug` shows no launch value.
#[derive(Clone)]
pub struct AuthorizationRequest {
    base: FhirBase,
    authorization_endpoint: Url,
    token_endpoint: Url,
    client_id: ClientId,
    redirect_uri: String,
    scope: String,
    aud: Aud,
    launch: Option<String>,
    pkce: PkcePolicy,
    challenge_methods: Option<Vec<String>>,
    issuer: Option<String>,
    iss: IssParameter,
    state: Option<State>,
    nonce: Option<Nonce>,
    max_age: Option<u64>,
    further: Vec<Parameter>,
    lifetime: i64,
}

impl AuthorizationRequest {
    /// A request for `scope` with these endpoints; the user comes back to `redirect_uri`.
    #[must_use]
    pub fn new(
        base: FhirBase,
        authorization_endpoint: Url,
        token_endpoint: Url,
        client_id: ClientId,
        redirect_uri: impl Into<String>,
        scope: impl Into<String>,
    ) -> Self {
        Self {
            base,
            authorization_endpoint,
            token_endpoint,
            client_id,
            redirect_uri: redirect_uri.into(),
            scope: scope.into(),
            aud: Aud::Base,
            launch: None,
            pkce: PkcePolicy::S256,
            challenge_methods: None,
            issuer: None,
            iss: IssParameter::Unknown,
            state: None,
            nonce: None,
            max_age: None,
            further: Vec::new(),
            lifetime: DEFAULT_LIFETIME,
        }
    }

    /// The same with the endpoints of the server's profile, and with what the callback is checked against.
    ///
    /// # Errors
    /// [`DiscoveryError`] when the profile lacks an endpoint, or `policy` refuses one.
    pub fn of_profile(
        base: FhirBase,
        profile: &ServerProfile,
        policy: &UrlPolicy,
        client_id: ClientId,
        redirect_uri: impl Into<String>,
        scope: impl Into<String>,
    ) -> Result<Self, DiscoveryError> {
        let authorization = profile.endpoint(EndpointKind::Authorization, &base, policy)?;
        let token = profile.endpoint(EndpointKind::Token, &base, policy)?;
        Ok(Self::new(base, authorization, token, client_id, redirect_uri, scope).with_profile(profile))
    }

    /// Takes from the server's profile what the callback is checked against: its issuer, whether it promises `iss`
    /// (RFC 9207 §3), and what it says of PKCE.
    #[must_use]
    pub fn with_profile(mut self, profile: &ServerProfile) -> Self {
        self.issuer.clone_from(&profile.issuer);
        self.challenge_methods.clone_from(&profile.code_challenge_methods_supported);
        let promised = profile.raw.get("authorization_response_iss_parameter_supported");
        self.iss = match promised.and_then(serde_json::Value::as_bool) {
            Some(true) => IssParameter::Promised,
            Some(false) | None => IssParameter::Unknown,
        };
        self
    }

    /// Sets whose data the token shall be for.
    #[must_use]
    pub fn with_aud(mut self, aud: Aud) -> Self {
        self.aud = aud;
        self
    }

    /// Sets the value that the EHR gave with its launch.
    #[must_use]
    pub fn with_launch(mut self, launch: impl Into<String>) -> Self {
        self.launch = Some(launch.into());
        self
    }

    /// Sets whether a code challenge is sent.
    #[must_use]
    pub const fn with_pkce(mut self, policy: PkcePolicy) -> Self {
        self.pkce = policy;
        self
    }

    /// Sets the caller's own state in place of a random one.
    #[must_use]
    pub fn with_state(mut self, state: State) -> Self {
        self.state = Some(state);
        self
    }

    /// Sets the caller's own nonce. Without it a random one is sent where the scope has `openid`.
    #[must_use]
    pub fn with_nonce(mut self, nonce: Nonce) -> Self {
        self.nonce = Some(nonce);
        self
    }

    /// Sets `prompt`, OpenID Connect Core §3.1.2.1: `none`, `login`, `consent`, `select_account`.
    #[must_use]
    pub fn with_prompt(mut self, prompt: impl Into<String>) -> Self {
        self.further.push(("prompt".to_owned(), prompt.into()));
        self
    }

    /// Sets `login_hint`, OpenID Connect Core §3.1.2.1.
    #[must_use]
    pub fn with_login_hint(mut self, hint: impl Into<String>) -> Self {
        self.further.push(("login_hint".to_owned(), hint.into()));
        self
    }

    /// Sets `max_age`: how many seconds ago the user may have logged in at most.
    #[must_use]
    pub const fn with_max_age(mut self, seconds: u64) -> Self {
        self.max_age = Some(seconds);
        self
    }

    /// Adds a scope to those asked for, unless it is among them.
    #[must_use]
    pub fn with_scope(mut self, scope: &str) -> Self {
        if !self.scope.split_ascii_whitespace().any(|asked| asked == scope) {
            self.scope = format!("{} {scope}", self.scope.trim_end()).trim_start().to_owned();
        }
        self
    }

    /// Adds a further parameter.
    ///
    /// # Errors
    /// [`AuthorizeError::Reserved`] for one that the request sets itself, [`AuthorizeError::Blank`] for no name.
    pub fn with_parameter(
        mut self,
        name: impl Into<String>,
        value: impl Into<String>,
    ) -> Result<Self, AuthorizeError> {
        let name = name.into();
        if name.trim().is_empty() {
            return Err(AuthorizeError::Blank { parameter: "the name of a further parameter" });
        }
        if RESERVED.contains(&name.as_str()) {
            return Err(AuthorizeError::Reserved { name });
        }
        self.further.push((name, value.into()));
        Ok(self)
    }

    /// Sets how many seconds the login may take; at least one.
    #[must_use]
    pub fn with_lifetime(mut self, seconds: i64) -> Self {
        self.lifetime = seconds.max(1);
        self
    }

    /// The URL that the browser opens, and what the callback needs.
    ///
    /// # Errors
    /// [`AuthorizeError`] for the first rule that is broken.
    pub fn url(
        self,
        random: &Randomness,
        now: UnixTime,
    ) -> Result<(Url, PendingAuthorization), AuthorizeError> {
        let endpoint = self.authorization_endpoint.clone();
        let (parameters, pending) = self.parameters(random, now)?;
        Ok((query::append(&endpoint, &parameters), pending))
    }

    /// The form that the browser posts, and what the callback needs.
    ///
    /// # Errors
    /// [`AuthorizeError`] for the first rule that is broken.
    pub fn form(
        self,
        random: &Randomness,
        now: UnixTime,
    ) -> Result<(AuthorizationForm, PendingAuthorization), AuthorizeError> {
        let action = self.authorization_endpoint.clone();
        let (fields, pending) = self.parameters(random, now)?;
        Ok((AuthorizationForm { action, fields }, pending))
    }

    fn parameters(
        self,
        random: &Randomness,
        now: UnixTime,
    ) -> Result<(Vec<Parameter>, PendingAuthorization), AuthorizeError> {
        self.check()?;
        let state = self.state.unwrap_or_else(|| State::from_random(&random.state));
        let is_login = self.scope.split_ascii_whitespace().any(|scope| scope == "openid");
        let nonce = self.nonce.or_else(|| is_login.then(|| Nonce::from_random(&random.nonce)));
        let verifier = match self.pkce {
            PkcePolicy::S256 | PkcePolicy::Required => Some(CodeVerifier::from_random(&random.verifier)),
            PkcePolicy::Omit => None,
        };
        let mut parameters: Vec<Parameter> = Vec::with_capacity(16);
        let mut add = |name: &str, value: &str| parameters.push((name.to_owned(), value.to_owned()));
        add("response_type", "code");
        add("client_id", self.client_id.as_str());
        add("redirect_uri", &self.redirect_uri);
        add("scope", &self.scope);
        add("state", state.expose_secret());
        match &self.aud {
            Aud::Base => add("aud", self.base.as_str()),
            Aud::Text(text) => add("aud", text),
            Aud::Omitted => {}
        }
        if let Some(launch) = &self.launch {
            add("launch", launch);
        }
        if let Some(nonce) = &nonce {
            add("nonce", nonce.expose_secret());
        }
        if let Some(verifier) = &verifier {
            add("code_challenge", &verifier.challenge());
            add("code_challenge_method", CHALLENGE_METHOD);
        }
        if let Some(seconds) = self.max_age {
            add("max_age", &seconds.to_string());
        }
        parameters.extend(self.further);
        if let Some(name) = query::doubled(&self.authorization_endpoint, &parameters) {
            return Err(AuthorizeError::Doubled { name });
        }
        let pending = PendingAuthorization {
            state,
            nonce,
            verifier,
            base: self.base.as_str().to_owned(),
            client_id: self.client_id,
            redirect_uri: self.redirect_uri,
            token_endpoint: self.token_endpoint,
            issuer: self.issuer,
            iss: self.iss,
            scope: self.scope,
            max_age: self.max_age,
            created_at: now,
            expires_at: now.plus_seconds(self.lifetime),
        };
        Ok((parameters, pending))
    }

    /// The rules that need no server.
    fn check(&self) -> Result<(), AuthorizeError> {
        rules::check_endpoint("authorization_endpoint", &self.authorization_endpoint)?;
        rules::check_endpoint("token_endpoint", &self.token_endpoint)?;
        check_redirect_uri(&self.redirect_uri).map_err(AuthorizeError::RedirectUri)?;
        let aud = match &self.aud {
            Aud::Text(text) => Some(text.as_str()),
            Aud::Base | Aud::Omitted => None,
        };
        let texts = [("scope", Some(self.scope.as_str())), ("launch", self.launch.as_deref()), ("aud", aud)];
        let blank = |value: Option<&str>| value.is_some_and(|text| text.trim().is_empty());
        if let Some((parameter, _)) = texts.into_iter().find(|(_, value)| blank(*value)) {
            return Err(AuthorizeError::Blank { parameter });
        }
        rules::check_pkce(self.pkce, self.challenge_methods.as_deref())
    }
}

impl fmt::Debug for AuthorizationRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let further: Vec<&str> = self.further.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("AuthorizationRequest")
            .field("base", &self.base.as_str())
            .field("authorization_endpoint", &display_url(&self.authorization_endpoint))
            .field("client_id", &self.client_id)
            .field("redirect_uri", &redirect_shown(&self.redirect_uri))
            .field("scope", &self.scope)
            .field("aud", &self.aud)
            .field("pkce", &self.pkce)
            .field("further", &further)
            .finish_non_exhaustive()
    }
}

/// A redirect URI may have a query of the app's own.
pub(super) fn redirect_shown(uri: &str) -> &str {
    uri.split(['?', '#']).next().unwrap_or_default()
}
