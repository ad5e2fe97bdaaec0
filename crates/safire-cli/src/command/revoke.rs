//! `safire revoke`.

use std::time::Duration;

use safire::Error;
use safire::clock::Clock as _;
use safire::clock::SystemClock;
use safire::protocol::token_endpoints::HeldToken;
use safire::store::Change;
use safire::store::Claim;
use safire::store::Claimed;
use safire::store::LeaseOwner;
use safire::store::Store as _;
use safire::store::TokenQuery;
use safire::store::TokenRecord;
use serde_json::json;

use super::introspect::choose;
use super::known_client::KnownClient;
use super::known_client::ThisTime;
use crate::args::RevokeArgs;
use crate::failure::Failure;
use crate::output::deviation_line;
use crate::output::with_progress;
use crate::session::Session;

/// Longer than the two steps in the store take.
const TERM: Duration = Duration::from_secs(10);

/// What is left here after a token was given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Left {
    /// Nothing: the login is forgotten.
    Nothing,
    /// The refresh token, which leads to the next access token.
    Refresh,
}

/// Gives a held token back, and forgets what is no longer good.
pub(crate) async fn revoke(session: &Session, args: &RevokeArgs) -> Result<(), Failure> {
    let this_time = ThisTime { key: args.key.as_deref(), ..ThisTime::default() };
    let known = KnownClient::find(session, &args.id, &this_time).await?;
    let held = known.held().await?;
    let (kept, token) = choose(&known, &held, args.token)?;
    let hint = token.hint();
    let left = match &token {
        HeldToken::Access(_) if kept.token.refresh_token.is_some() => Left::Refresh,
        HeldToken::Access(_) | HeldToken::Refresh(_) | _ => Left::Nothing,
    };
    let revoked = with_progress(session.output, "giving the token back", known.client.revoke(token)).await?;
    match left {
        Left::Nothing => {
            known.store.commit(Change::RemoveToken(kept.key.clone())).await.map_err(Error::from)?;
        }
        Left::Refresh => end_access_token(&known, kept).await?,
    }
    let json = json!({
        "id": known.record.id.as_str(),
        "slot": kept.key.slot.as_str(),
        "revoked": hint,
        "forgotten": left == Left::Nothing,
        "deviations": revoked.deviations,
    });
    session.output.data(&json, || {
        let id = &known.record.id;
        match left {
            Left::Nothing => format!("gave the {} of `{id}` back; nothing of it is kept here\n", words(hint)),
            Left::Refresh => {
                format!("gave the access token of `{id}` back; its refresh token is kept, and still good\n")
            }
        }
    })?;
    if !session.output.is_json() {
        for deviation in &revoked.deviations {
            session.output.note(&deviation.severity.to_string(), &deviation_line(deviation));
        }
    }
    Ok(())
}

fn words(hint: &str) -> String {
    hint.replace('_', " ")
}

/// Lets nobody take the access token that the server has ended; one that was renewed meanwhile stays.
async fn end_access_token(known: &KnownClient, kept: &TokenRecord) -> Result<(), Failure> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|error| Error::Random { detail: error.to_string() })?;
    let (owner, now) = (LeaseOwner::from_random(random), SystemClock::new().now());
    let key = kept.key.clone();
    let claim = Claim { key: key.clone(), owner: owner.clone(), now, term: TERM };
    let claimed = known.store.claim(claim).await.map_err(Error::from)?;
    match claimed {
        Claimed::Ours => {}
        // A renewal is under way: the token is on its way out.
        Claimed::Theirs { .. } => return Ok(()),
    }
    let there = known.store.load_tokens(TokenQuery::At(key.clone())).await.map_err(Error::from)?;
    let change = match there.first().filter(|there| there.generation == kept.generation) {
        Some(there) => {
            let mut token = there.token.clone();
            token.expires_at = Some(now);
            Change::PutToken { token: Box::new(there.next(token, now)), release: Some(owner) }
        }
        None => Change::Release { key, owner },
    };
    Ok(known.store.commit(change).await.map_err(Error::from)?)
}
