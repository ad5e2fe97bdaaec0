//! `safire token`.

use safire::Error;
use safire::management::ReRegister;
use safire::protocol::secret::AuthorizationHeader;
use safire::protocol::token::TokenResponse;
use safire::store::Protocol;
use serde_json::Value;
use serde_json::json;

use super::authorised::Authorised;
use super::authorised::authorised;
use super::authorised::backend_scope;
use super::authorised::with_way_to_login;
use super::known_client::KnownClient;
use super::known_client::ThisTime;
use super::known_client::never_show;
use crate::args::TokenArgs;
use crate::failure::Failure;
use crate::output::Sheet;
use crate::output::date_time;
use crate::output::deviation_line;
use crate::output::with_progress;
use crate::plan::authorization;
use crate::session::Session;

/// A token, and whether it came just now.
enum Got {
    Held(TokenResponse),
    Obtained(TokenResponse),
}

/// Gets an access token that is valid now.
pub(crate) async fn token(session: &Session, args: &TokenArgs) -> Result<(), Failure> {
    let this_time = ThisTime {
        key: args.key.as_deref(),
        basic_encoding: args.basic_encoding.as_deref(),
        token_endpoint: args.token_endpoint.as_deref(),
        ..ThisTime::default()
    };
    let known = KnownClient::find(session, &args.id, &this_time).await?;
    if args.re_register.re_register && known.record.protocol == Protocol::Udap {
        let id = &known.record.id;
        return Err(Failure::usage(
            format!("`--re-register` is not for `{id}`, which was registered by a software statement"),
            format!("`safire udap modify {id}` registers it again where the server has forgotten it"),
        ));
    }
    let authorization = authorization(&args.re_register)?;
    match with_progress(session.output, "getting a token", got(session, &known, args)).await {
        Err(Failure::Library(refusal)) if args.re_register.re_register => {
            let anew = Box::pin(registered_anew(session, known, &refusal, authorization, &this_time));
            let known = with_progress(session.output, "registering once more", anew).await?;
            let got = with_progress(session.output, "getting a token", got(session, &known, args)).await?;
            finish(session, &known, got).await
        }
        got => finish(session, &known, got?).await,
    }
}

async fn got(session: &Session, known: &KnownClient, args: &TokenArgs) -> Result<Got, Failure> {
    match &args.token_endpoint {
        Some(_) => asked(known, args.scope.as_deref()).await.map(Got::Obtained),
        None => held_or_renewed(session, known, args).await,
    }
}

async fn finish(session: &Session, known: &KnownClient, got: Got) -> Result<(), Failure> {
    let token = match got {
        Got::Held(token) => {
            known.mark_active(session).await;
            token
        }
        Got::Obtained(token) => {
            never_show(&token);
            known.note_that_it_works(session).await;
            token
        }
    };
    never_show(&token);
    show(session, known, &token)
}

/// The client that takes the place of the one that the server no longer knows, by the library's rule: once.
async fn registered_anew(
    session: &Session,
    known: KnownClient,
    refusal: &Error,
    authorization: Option<AuthorizationHeader>,
    this_time: &ThisTime<'_>,
) -> Result<KnownClient, Failure> {
    let server = known.client.server();
    let managed = server.manage(&*known.store, &known.record.id);
    let registered = managed.after_refusal(refusal, ReRegister::Once, authorization).await?;
    let Some(record) = registered.record else { return Ok(known) };
    if record.id != known.record.id {
        let text = format!(
            "the server no longer knew client `{}`: registration `{}` takes the place of `{}`",
            known.registration.client_id(),
            record.id,
            known.record.id
        );
        session.output.note("note", &text);
    }
    KnownClient::of_record(
        session.output,
        &session.connection(this_time.answers)?,
        known.store,
        *record,
        this_time,
    )
}

/// Held and valid, else renewed; shared with every process on the same store.
async fn held_or_renewed(session: &Session, known: &KnownClient, args: &TokenArgs) -> Result<Got, Failure> {
    let Authorised { source, asked } = authorised(session, known, args.scope.as_deref()).await?;
    if let Some(token) = asked {
        return Ok(Got::Obtained(token));
    }
    let held = source.held().await?;
    // A proof that was given for this time is meant to be tried.
    let is_fresh = args.fresh || args.key.is_some() || args.basic_encoding.is_some();
    let token = match &held {
        Some(held) if is_fresh => source.renew_after(&held.token.access_token).await,
        _ => source.token().await,
    };
    let token = token.map_err(|error| with_way_to_login(known, error))?;
    let text = token.access_token.expose_secret();
    let was_held = held.is_some_and(|held| held.token.access_token.expose_secret() == text);
    let token = TokenResponse::clone(&token);
    Ok(if was_held { Got::Held(token) } else { Got::Obtained(token) })
}

/// Asked for at an endpoint of this time only: what comes of it is not kept.
async fn asked(known: &KnownClient, scope: Option<&str>) -> Result<TokenResponse, Failure> {
    if known.is_public() {
        return Err(Failure::Usage {
            code: "public-client",
            message: format!(
                "registration `{}` is a public client: it gets tokens only for a user who logs in",
                known.record.id
            ),
            hint: Some(format!("`safire login {}` logs a user in", known.record.id)),
        });
    }
    Ok(known.client.request_backend_token(backend_scope(known, scope).as_deref()).await?)
}

/// The token, which is what the command is for.
pub(super) fn show(session: &Session, known: &KnownClient, token: &TokenResponse) -> Result<(), Failure> {
    let mut json = token.to_json(session.output.secrets());
    // The access token is what the command is for.
    let access_token = token.access_token.expose_secret();
    json.insert("access_token".to_owned(), Value::from(access_token));
    json.insert("registration".to_owned(), json!(known.record.id.as_str()));
    json.insert("deviations".to_owned(), json!(token.deviations));
    let context = token.launch_context();
    json.insert("patient".to_owned(), json!(context.patient));
    json.insert("encounter".to_owned(), json!(context.encounter));
    session.output.data(&Value::Object(json), || {
        Sheet::new()
            .row("access token", access_token)
            .row("type", token.token_type.as_str())
            .row("ends", token.expires_at.map_or_else(|| "unknown".to_owned(), date_time))
            .maybe("scope", token.scope.as_deref())
            .maybe("patient", context.patient.as_deref())
            .maybe("encounter", context.encounter.as_deref())
            .to_string()
    })?;
    if !session.output.is_json() {
        for deviation in &token.deviations {
            session.output.note(&deviation.severity.to_string(), &deviation_line(deviation));
        }
    }
    Ok(())
}
