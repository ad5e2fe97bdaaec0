//! `safire login`: the authorization code flow with a loopback redirect (RFC 8252).

use std::time::Duration;

use safire::Error;
use safire::protocol::authorize::Aud;
use safire::protocol::authorize::AuthorizationRequest;
use safire::protocol::authorize::Callback;
use safire::protocol::authorize::PendingAuthorization;
use safire::protocol::deviation::Deviation;
use safire::protocol::id_token::ValidIdToken;
use safire::protocol::registration::SecretsShown;
use safire::protocol::time::UnixTime;
use safire::protocol::token::FhirUser;
use safire::protocol::token::TokenResponse;
use safire::protocol::url::UrlPolicy;
use safire::store::Protocol;
use serde_json::Value;
use serde_json::json;
use url::Url;

use super::authorised::of_login;
use super::known_client::KnownClient;
use super::known_client::ThisTime;
use super::known_client::never_show;
use super::login_page::last_page;
use crate::args::LoginArgs;
use crate::args::SecretText;
use crate::args::TrustArgs;
use crate::failure::Failure;
use crate::loopback::Bound;
use crate::loopback::Listener;
use crate::loopback::open_browser;
use crate::output;
use crate::output::Sheet;
use crate::output::clean;
use crate::output::date_time;
use crate::output::deviation_line;
use crate::output::with_progress;
use crate::plan::LoopbackRedirect;
use crate::plan::MayUse;
use crate::plan::loopback;
use crate::plan::may_use;
use crate::plan::span;
use crate::session::Session;

/// Whoever knocks again and again is told of so often.
const MOST_STRAY_NOTES: usize = 8;

/// A finished login.
#[derive(Debug)]
pub(super) struct LoggedIn {
    token: TokenResponse,
    user: Option<ValidIdToken>,
}

/// What is particular to a login by UDAP.
#[derive(Debug, Default)]
pub(super) struct LoginAt<'a> {
    /// The identity provider of the user.
    pub(super) idp: Option<&'a str>,
    /// Whom to trust, where it is said anew.
    pub(super) trust: Option<&'a TrustArgs>,
}

/// Logs a user in and keeps the tokens.
pub(crate) async fn login(session: &Session, args: &LoginArgs) -> Result<(), Failure> {
    Box::pin(login_at(session, args, &LoginAt::default())).await
}

/// The same, with what is particular to UDAP.
pub(super) async fn login_at(session: &Session, args: &LoginArgs, at: &LoginAt<'_>) -> Result<(), Failure> {
    let wait = span("--wait", &args.wait)?;
    let this_time = ThisTime { key: args.key.as_deref(), trust: at.trust, ..ThisTime::default() };
    let known = KnownClient::find(session, &args.id, &this_time).await?;
    check_grant(&known)?;
    let redirects = LoopbackRedirect::all_of(&known.record.id, &known.registration)?;
    let scope = scope(args, &known)?;
    if args.launch.is_some() && !scope.split_ascii_whitespace().any(|scope| scope == "launch") {
        session.output.note("warning", "an EHR launch wants `launch` in the scope (SMART App Launch 2.2)");
    }
    let Bound { mut listener, moved } = Listener::bind(&redirects, args.port).await?;
    if let Some(why) = moved {
        let text = format!(
            "{why}: the login comes back to {}, which servers take that follow RFC 8252 §7.3; free the port where yours does not",
            listener.redirect_uri()
        );
        session.output.note("warning", &text);
    }
    let request = known.client.authorization_request(listener.redirect_uri(), &scope);
    let request = with_progress(session.output, "asking the server", request).await?;
    let mut request = completed(request, args, wait);
    if let Some(idp) = at.idp {
        let policy = UrlPolicy::new(loopback(&session.global.connection));
        request = request.with_identity_provider(idp, &policy).map_err(Error::from)?;
    }
    let (url, pending) = known.client.authorization_url(request)?;
    send_away(session, args, &url, wait);
    let callback = callback(session, &known, &mut listener, &pending, wait).await?;
    let outcome =
        with_progress(session.output, "finishing the login", finish(&known, callback, pending)).await;
    listener.last_page(&last_page(&known, &outcome)).await;
    let login = outcome?;
    known.note_that_it_works(session).await;
    show(session, &known, &login)
}

/// A server would refuse it, after the person has typed a password.
fn check_grant(known: &KnownClient) -> Result<(), Failure> {
    if may_use(&known.record, &known.registration, "authorization_code") != MayUse::No {
        return Ok(());
    }
    Err(Failure::Usage {
        code: "grant-not-registered",
        message: format!(
            "registration `{}` is not for users: `authorization_code` is not among its grants",
            known.record.id
        ),
        hint: Some(
            "`safire token` gets a token for the client itself; for users, register another with `--grant-type authorization_code`"
                .to_owned(),
        ),
    })
}

/// What was said, else what was registered, without what only a backend gets or only an EHR launch can use.
fn scope(args: &LoginArgs, known: &KnownClient) -> Result<String, Failure> {
    if let Some(scope) = &args.scope {
        return Ok(scope.clone());
    }
    let fits = |scope: &&str| !scope.starts_with("system/") && (*scope != "launch" || args.launch.is_some());
    let registered = known.known_scope().unwrap_or_default();
    let scopes: Vec<&str> = registered.split_ascii_whitespace().filter(fits).collect();
    if scopes.is_empty() {
        return Err(Failure::usage(
            format!("no scope for users is known of registration `{}`", known.record.id),
            "give one, such as `--scope 'launch/patient openid fhirUser offline_access patient/*.rs'`",
        ));
    }
    Ok(scopes.join(" "))
}

fn completed(mut request: AuthorizationRequest, args: &LoginArgs, wait: Duration) -> AuthorizationRequest {
    if let Some(launch) = args.launch.as_ref().map(SecretText::expose_secret) {
        request = request.with_launch(launch);
    }
    if let Some(aud) = &args.aud {
        request = request.with_aud(Aud::Text(aud.clone()));
    } else if args.no_aud {
        request = request.with_aud(Aud::Omitted);
    }
    if let Some(hint) = &args.login_hint {
        request = request.with_login_hint(hint);
    }
    if let Some(prompt) = &args.prompt {
        request = request.with_prompt(prompt);
    }
    let seconds = i64::try_from(wait.as_secs()).unwrap_or(i64::MAX);
    request.with_lifetime(seconds.saturating_add(1))
}

fn send_away(session: &Session, args: &LoginArgs, url: &Url, wait: Duration) {
    if args.no_browser {
        output::tell_page(url.as_str());
        return;
    }
    session.output.note(
        "note",
        &format!("your browser opens the login page of {}; it is waited for {} s", host(url), wait.as_secs()),
    );
    open_browser(url.to_string());
}

fn host(url: &Url) -> String {
    clean(url.host_str().unwrap_or_default())
}

/// The callback of this login; what else comes is told, and waited on.
async fn callback(
    session: &Session,
    known: &KnownClient,
    listener: &mut Listener,
    pending: &PendingAuthorization,
    wait: Duration,
) -> Result<Callback, Failure> {
    let (mut stray, mut notes) = (None, 0..MOST_STRAY_NOTES);
    let judge = |callback: Callback| {
        if callback.belongs_to(pending) {
            return Ok(callback);
        }
        // It fails as it must, and says why.
        let seen = callback.clone();
        known.client.complete_authorization(callback, Some(pending.clone())).map(|_| seen)
    };
    let coming = listener.callback(judge, |error| {
        if notes.next().is_some() {
            session.output.note("warning", &format!("{}; the login still waits", clean(&error.to_string())));
        }
        stray = Some(error);
    });
    match tokio::time::timeout(wait, coming).await {
        Ok(callback) => Ok(callback),
        Err(_) => Err(match stray {
            Some(error) => error.into(),
            None => Failure::NobodyCame { waited: wait },
        }),
    }
}

/// The code becomes tokens, the user is known, and both are kept; in this order, so that a doubtful login is not.
async fn finish(
    known: &KnownClient,
    callback: Callback,
    pending: PendingAuthorization,
) -> Result<LoggedIn, Failure> {
    let code = known.client.complete_authorization(callback, Some(pending))?;
    output::never_show(code.code.expose_secret());
    let token = known.client.request_access_token(&code).await?;
    never_show(&token);
    let granted = token.scope.as_deref().unwrap_or(&code.scope);
    let is_openid = granted.split_ascii_whitespace().any(|scope| scope == "openid");
    let is_asked = is_openid || (code.nonce.is_some() && token.id_token.is_some());
    let user = if is_asked && is_checkable(known).await? {
        Some(known.client.verify_id_token(&token, &code).await?)
    } else {
        None
    };
    of_login(known)?.logged_in(token.clone()).await?;
    Ok(LoggedIn { token, user })
}

/// UDAP metadata name no issuer (UDAP Security 2.0 §2.2), so that nobody says whose keys sign an id token: then it is
/// kept, and tells nobody here who logged in.
async fn is_checkable(known: &KnownClient) -> Result<bool, Failure> {
    if known.record.protocol != Protocol::Udap {
        return Ok(true);
    }
    Ok(known.client.server().metadata().await?.issuer.is_some())
}

impl LoggedIn {
    /// The user as a FHIR resource, by the id token or by the token answer.
    pub(super) fn fhir_user(&self) -> Option<String> {
        let by_id_token = self.user.as_ref().and_then(ValidIdToken::fhir_user).map(FhirUser::as_str);
        by_id_token
            .map(str::to_owned)
            .or_else(|| self.token.launch_context().fhir_user.map(|user| user.as_str().to_owned()))
    }

    fn deviations(&self) -> Vec<Deviation> {
        let mut all = self.token.deviations.clone();
        all.extend(self.token.launch_context().deviations);
        all.extend(self.user.iter().flat_map(|user| user.deviations().iter().cloned()));
        all
    }

    fn to_json(&self, known: &KnownClient, secrets: SecretsShown) -> Value {
        let context = self.token.launch_context();
        let mut json = json!({
            "id": known.record.id.as_str(),
            "base_url": known.record.base_url,
            "scope": self.token.scope,
            "expires_at": self.token.expires_at.map(UnixTime::as_seconds),
            "patient": context.patient,
            "encounter": context.encounter,
            "fhir_user": self.fhir_user(),
            "subject": self.user.as_ref().map(ValidIdToken::subject),
            "has_refresh_token": self.token.refresh_token.is_some(),
            "has_id_token": self.token.id_token.is_some(),
            "deviations": self.deviations(),
        });
        if let (SecretsShown::Shown, Some(members)) = (secrets, json.as_object_mut()) {
            let mut token = self.token.to_json(secrets);
            for name in ["access_token", "refresh_token", "id_token"] {
                members.insert(name.to_owned(), token.remove(name).unwrap_or(Value::Null));
            }
        }
        json
    }
}

fn show(session: &Session, known: &KnownClient, login: &LoggedIn) -> Result<(), Failure> {
    let id = &known.record.id;
    let json = login.to_json(known, session.output.secrets());
    session.output.data(&json, || {
        let context = login.token.launch_context();
        let renewal = match login.token.refresh_token {
            Some(_) => "kept sealed, and renewed when it ends",
            None => "kept sealed; it cannot be renewed, for no refresh token came",
        };
        let mut text = Sheet::new()
            .row("logged in", id.as_str())
            .row("FHIR base", known.record.base_url.as_str())
            .maybe("user", login.fhir_user())
            .maybe("patient", context.patient)
            .maybe("encounter", context.encounter)
            .maybe("scope", login.token.scope.as_deref())
            .row("ends", login.token.expires_at.map_or_else(|| "unknown".to_owned(), date_time))
            .row("token", renewal)
            .to_string();
        text.push_str(&format!(
            "\nnext: `safire token {id}` for the token, `safire fhir {id} GET Patient/…` for data\n"
        ));
        text
    })?;
    if login.token.id_token.is_some() && login.user.is_none() {
        let text = "the id token is not checked, for the server's metadata name no issuer: it tells nobody who logged in";
        session.output.note("warning", text);
    }
    if !session.output.is_json() {
        for deviation in login.deviations() {
            session.output.note(&deviation.severity.to_string(), &deviation_line(&deviation));
        }
    }
    Ok(())
}
