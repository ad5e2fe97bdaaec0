//! `token --fresh` is killed, at a server whose refresh tokens work once.

use std::time::Duration;

use safire::clock::Clock as _;
use safire::clock::SystemClock;
use safire::protocol::authorize::Callback;
use safire::protocol::credentials::AuthMethod;
use safire::protocol::registration::ClientMetadata;
use safire::protocol::token_endpoints::HeldToken;
use safire::store::Claim;
use safire::store::Claimed;
use safire::store::LeaseOwner;
use safire::store::Record;
use safire::store::Standing;
use safire::store::Store as _;
use safire::store::TokenKey;
use safire::store::TokenQuery;
use safire::store::TokenSlot;
use safire::token_source::Obtain;
use url::Url;

use super::place::Place;
use super::place::Tally;
use super::place::Whole;
use super::place::database_server;
use super::place::kill_at_random;
use super::place::kills;
use super::place::wait;
use crate::browser::get;

const REDIRECT: &str = "http://127.0.0.1:8000/callback";
const SCOPE: &str = "launch/patient openid fhirUser offline_access patient/*.rs";

#[test]
fn done_when_3_killed_refreshes_in_sqlite() {
    refreshes(&Place::in_sqlite());
}

#[test]
fn done_when_3_killed_refreshes_in_postgres() {
    let Some(server) = database_server() else { return };
    refreshes(&Place::in_postgres(server));
}

fn refreshes(place: &Place) {
    let refresh = |record: &Record| place.command(&["token", record.id.as_str(), "--fresh"]);
    let (mut tally, mut whole) = (Tally::default(), Whole::default());
    let mut stored = 0;
    let kills = kills();
    for n in 0..kills {
        let length = whole.at(n, |number| refresh(&logged_in(place, number)));
        let record = logged_in(place, n);
        kill_at_random(refresh(&record), length, (n, kills));
        let key = TokenKey { record: record.id.clone(), slot: TokenSlot::login() };
        let is_leased = is_leased(place, &key);
        let row = wait(place.store.load_tokens(TokenQuery::At(key))).unwrap().pop().unwrap();
        assert_eq!(row.standing, Standing::Good);
        stored += row.generation - 1;
        if is_leased {
            // Whoever died in it may have spent the refresh token: the lease says which one.
            tally.in_doubt += 1;
            continue;
        }
        let client = place.client(&record);
        let refresh_token = HeldToken::Refresh(row.token.refresh_token.clone().unwrap());
        for token in [HeldToken::Access(row.token.access_token.clone()), refresh_token] {
            assert!(
                wait(client.introspect(token)).unwrap().active,
                "{n}: what is held is what the server issued last"
            );
        }
        *(if row.generation > 1 { &mut tally.done } else { &mut tally.not_done }) += 1;
    }
    let counts = place.live.sandbox.counts();
    let issued = counts.refreshes - whole.runs;
    assert!(
        (stored..=stored + u64::from(tally.in_doubt)).contains(&issued),
        "{issued} issued, {stored} stored"
    );
    assert_eq!(counts.reuses_detected, 0, "none is spent twice");
    tally.end("token --fresh");
}

/// Whether somebody who has died was renewing it; else it is ours for a moment.
fn is_leased(place: &Place, key: &TokenKey) -> bool {
    let (owner, now) = (LeaseOwner::from_random([7; 16]), SystemClock::new().now());
    let claim = Claim { key: key.clone(), owner, now, term: Duration::from_secs(1) };
    wait(place.store.claim(claim)).unwrap() != Claimed::Ours
}

/// A client whose user has logged in.
fn logged_in(place: &Place, n: u32) -> Record {
    let metadata = ClientMetadata::new()
        .client_name(format!("made-{n}"))
        .redirect_uris([REDIRECT])
        .grant_types(["authorization_code", "refresh_token"])
        .token_endpoint_auth_method(AuthMethod::ClientSecretBasic)
        .scope(SCOPE);
    let server = place.server();
    let registered = wait(async { server.register_client(&metadata).store(&place.store).await }).unwrap();
    let record = *registered.record.unwrap();
    let client = place.client(&record);
    let request = wait(client.authorization_request(REDIRECT, SCOPE)).unwrap();
    let (page, pending) = client.authorization_url(request).unwrap();
    let callback = Callback::from_url(&redirected(&page)).unwrap();
    let code = client.complete_authorization(callback, Some(pending)).unwrap();
    wait(async {
        let token = client.request_access_token(&code).await.unwrap();
        let store = std::sync::Arc::new(place.store.clone());
        let source = client.token_source(Obtain::Login).kept_in(store, record.id.clone()).build().unwrap();
        source.logged_in(token).await.unwrap();
    });
    record
}

/// Where a browser ends: at the app.
#[expect(clippy::disallowed_methods, reason = "a browser joins URLs")]
fn redirected(page: &Url) -> Url {
    let next = page.join(&get(page).location.unwrap()).unwrap();
    if next.as_str().starts_with(REDIRECT) { next } else { redirected(&next) }
}
