//! `safire introspect`.

use safire::protocol::introspection::Introspection;
use safire::protocol::time::UnixTime;
use safire::protocol::token_endpoints::HeldToken;
use safire::store::TokenRecord;
use serde_json::Value;
use serde_json::json;

use super::known_client::KnownClient;
use super::known_client::ThisTime;
use crate::args::HeldTokenKind;
use crate::args::IntrospectArgs;
use crate::failure::Failure;
use crate::output::Sheet;
use crate::output::date_time;
use crate::output::deviation_line;
use crate::output::with_progress;
use crate::session::Session;

/// Tells what the server knows of a held token. That it is no longer good is an answer too, and no failure.
pub(crate) async fn introspect(session: &Session, args: &IntrospectArgs) -> Result<(), Failure> {
    let this_time = ThisTime { key: args.key.as_deref(), ..ThisTime::default() };
    let known = KnownClient::find(session, &args.id, &this_time).await?;
    let held = known.held().await?;
    let (kept, token) = choose(&known, &held, Some(args.token))?;
    let asking = async {
        if args.bearer {
            known.client.introspect_with_bearer(token, kept.token.access_token.clone()).await
        } else {
            known.client.introspect(token).await
        }
    };
    let told = with_progress(session.output, "asking about the token", asking).await?;
    session.output.data(&to_json(&told), || for_people(&told))?;
    if !session.output.is_json() {
        for deviation in &told.deviations {
            session.output.note(&deviation.severity.to_string(), &deviation_line(deviation));
        }
    }
    Ok(())
}

/// The token of this kind out of those that are held: of the login, else the newest.
pub(super) fn choose<'a>(
    known: &KnownClient,
    held: &'a [TokenRecord],
    kind: Option<HeldTokenKind>,
) -> Result<(&'a TokenRecord, HeldToken), Failure> {
    let refresh = |kept: &TokenRecord| kept.token.refresh_token.clone().map(HeldToken::Refresh);
    let access = |kept: &TokenRecord| HeldToken::Access(kept.token.access_token.clone());
    let found = held.iter().find_map(|kept| match kind {
        Some(HeldTokenKind::Refresh) => Some((kept, refresh(kept)?)),
        Some(HeldTokenKind::Access) => Some((kept, access(kept))),
        None => Some((kept, refresh(kept).unwrap_or_else(|| access(kept)))),
    });
    found.ok_or_else(|| {
        let id = &known.record.id;
        let what = if kind == Some(HeldTokenKind::Refresh) { "refresh token" } else { "token" };
        Failure::Usage {
            code: "no-token-held",
            message: format!("no {what} of registration `{id}` is held here; nothing was sent"),
            hint: Some(format!("`safire login {id}` or `safire token {id}` gets one")),
        }
    })
}

fn to_json(told: &Introspection) -> Value {
    let seconds = |time: Option<UnixTime>| time.map(UnixTime::as_seconds);
    let mut json = json!({
        "active": told.active,
        "scope": told.scope,
        "client_id": told.client_id,
        "username": told.username,
        "token_type": told.token_type,
        "exp": seconds(told.expires_at),
        "iat": seconds(told.issued_at),
        "nbf": seconds(told.not_before),
        "sub": told.sub,
        "aud": told.aud,
        "iss": told.iss,
        "jti": told.jti,
        "deviations": told.deviations,
    });
    if let Some(members) = json.as_object_mut() {
        for (name, value) in &told.extra {
            members.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
    json
}

fn for_people(told: &Introspection) -> String {
    let when = |time: Option<UnixTime>| time.map(date_time);
    let mut sheet = Sheet::new()
        .row("active", if told.active { "yes" } else { "no" })
        .maybe("scope", told.scope.as_deref())
        .maybe("client", told.client_id.as_deref())
        .maybe("user", told.username.as_deref())
        .maybe("subject", told.sub.as_deref())
        .maybe("issuer", told.iss.as_deref())
        .maybe("ends", when(told.expires_at))
        .maybe("issued", when(told.issued_at));
    for (name, value) in &told.extra {
        sheet = sheet.row(name, value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
    sheet.to_string()
}
