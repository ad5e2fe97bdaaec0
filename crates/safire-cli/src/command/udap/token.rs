//! `safire udap token`.

use safire::protocol::token::TokenResponse;

use crate::args::UdapTokenArgs;
use crate::command::authorised::Authorised;
use crate::command::authorised::authorised;
use crate::command::authorised::with_way_to_login;
use crate::command::known_client::KnownClient;
use crate::command::known_client::ThisTime;
use crate::command::known_client::never_show;
use crate::command::token::show;
use crate::failure::Failure;
use crate::output::with_progress;
use crate::plan::Circumstances;
use crate::session::Session;

/// Gets a token that is valid now, under the circumstances that were said.
pub(super) async fn token(session: &Session, args: &UdapTokenArgs) -> Result<(), Failure> {
    let circumstances = Circumstances::plan(&args.extensions)?;
    let this_time = ThisTime {
        key: args.extensions.key.as_deref(),
        trust: Some(&args.trust),
        circumstances: Some(&circumstances),
        ..ThisTime::default()
    };
    let known = KnownClient::find(session, &args.id, &this_time).await?;
    if known.record.content.settings.udap.is_none() {
        return Err(Failure::Usage {
            code: "not-registered-by-udap",
            message: format!("registration `{}` was not made by UDAP", known.record.id),
            hint: Some(format!("`safire token {}` gets its token", known.record.id)),
        });
    }
    let getting = held_or_asked(session, &known, args);
    let token = with_progress(session.output, "getting a token", getting).await?;
    never_show(&token);
    known.mark_active(session).await;
    show(session, &known, &token)
}

/// A token of other circumstances is held apart, and never serves.
async fn held_or_asked(
    session: &Session,
    known: &KnownClient,
    args: &UdapTokenArgs,
) -> Result<TokenResponse, Failure> {
    let Authorised { source, asked } = authorised(session, known, args.scope.as_deref()).await?;
    if let Some(token) = asked {
        return Ok(token);
    }
    // A key that was given for this time is meant to be tried.
    let is_fresh = args.fresh || args.extensions.key.is_some();
    let token = match source.held().await?.filter(|_| is_fresh) {
        Some(held) => source.renew_after(&held.token.access_token).await,
        None => source.token().await,
    };
    token.map(|token| TokenResponse::clone(&token)).map_err(|error| with_way_to_login(known, error))
}
