//! Which token serves a command: that of a login, or one that the client gets for itself.

use std::sync::Arc;

use safire::Error;
use safire::protocol::registration::Registration;
use safire::protocol::scope::Scopes;
use safire::protocol::token::TokenResponse;
use safire::store::Store;
use safire::store::TokenKey;
use safire::store::TokenQuery;
use safire::store::TokenRecord;
use safire::store::TokenSlot;
use safire::token_source::Obtain;
use safire::token_source::TokenSource;

use super::known_client::KnownClient;
use super::known_client::never_show;
use crate::failure::Failure;
use crate::plan::MayUse;
use crate::plan::may_use;
use crate::session::Session;

/// A source of tokens, and the one that was asked for just now, if any was.
#[derive(Debug)]
pub(super) struct Authorised {
    pub(super) source: TokenSource,
    pub(super) asked: Option<TokenResponse>,
}

/// The source of tokens with this scope: the login, where one is held that has it, else the client for itself.
pub(super) async fn authorised(
    session: &Session,
    known: &KnownClient,
    scope: Option<&str>,
) -> Result<Authorised, Failure> {
    let key = TokenKey { record: known.record.id.clone(), slot: TokenSlot::login() };
    let login = known.store.load_tokens(TokenQuery::At(key)).await.map_err(Error::from)?.pop();
    if let Some(login) = &login {
        never_show(&login.token);
        if scope.is_none_or(|scope| lacking(login, scope).is_empty()) {
            return Ok(Authorised { source: of_login(known)?, asked: None });
        }
    }
    let may_ask = may_use(&known.record, &known.registration, "client_credentials") != MayUse::No;
    if known.is_public() || !may_ask {
        return Err(login_needed(known, login.as_ref(), scope));
    }
    for_itself(session, known, backend_scope(known, scope)).await
}

/// Where nothing is held the server is asked before the store is touched: a failure leaves no trace in it.
async fn for_itself(
    session: &Session,
    known: &KnownClient,
    scope: Option<String>,
) -> Result<Authorised, Failure> {
    let source = kept(known, Obtain::Backend { scope: scope.clone() })?;
    if source.held().await?.is_some() {
        return Ok(Authorised { source, asked: None });
    }
    let token = known.client.request_backend_token(scope.as_deref()).await?;
    never_show(&token);
    if let Err(error) = source.logged_in(token.clone()).await {
        // It is good all the same, and the next call can ask for another.
        session.output.note("warning", &format!("the token is not kept: {error}"));
    }
    Ok(Authorised { source, asked: Some(token) })
}

/// The source of the login's tokens.
pub(super) fn of_login(known: &KnownClient) -> Result<TokenSource, Failure> {
    kept(known, Obtain::Login)
}

/// What was said, else what was fixed by hand, else what was registered for the client itself.
pub(super) fn backend_scope(known: &KnownClient, scope: Option<&str>) -> Option<String> {
    let fixed = || known.record.content.settings.scope.clone();
    scope.map(str::to_owned).or_else(fixed).or_else(|| system_scope(&known.registration))
}

/// The error of the library, with the command that helps.
pub(super) fn with_way_to_login(known: &KnownClient, error: Error) -> Failure {
    if !matches!(error, Error::LoginNeeded(_)) {
        return error.into();
    }
    let (message, id) = (error.to_string(), known.record.id.clone());
    Failure::LoginNeeded { message, id, error: Some(Box::new(error)) }
}

fn kept(known: &KnownClient, obtain: Obtain) -> Result<TokenSource, Failure> {
    let store: Arc<dyn Store> = known.store.clone();
    let source = known.client.token_source(obtain).kept_in(store, known.record.id.clone());
    Ok(source.build()?)
}

/// Which of the scopes wanted a login does not have. A server that does not say what it granted granted what was
/// asked (RFC 6749 §5.1).
fn lacking(login: &TokenRecord, scope: &str) -> Vec<String> {
    let Some(granted) = login.token.scope.as_deref().map(Scopes::read) else { return Vec::new() };
    let wanted = Scopes::read(scope);
    wanted.iter().filter(|wanted| !granted.covers(wanted)).map(ToString::to_string).collect()
}

fn login_needed(known: &KnownClient, login: Option<&TokenRecord>, scope: Option<&str>) -> Failure {
    let id = known.record.id.clone();
    let message = match (login, scope) {
        (Some(login), Some(scope)) => {
            format!("the login held of `{id}` was not granted {}", lacking(login, scope).join(" "))
        }
        _ => format!("nobody has logged in with registration `{id}`, which gets its tokens only for users"),
    };
    Failure::LoginNeeded { message, id, error: None }
}

/// What was granted to the client itself; scopes of users have no place in a token without one.
fn system_scope(registration: &Registration) -> Option<String> {
    let granted = registration.granted().scope.as_deref()?;
    let own: Vec<&str> =
        granted.split_ascii_whitespace().filter(|scope| scope.starts_with("system/")).collect();
    (!own.is_empty()).then(|| own.join(" "))
}
