//! What a real server tells of live tokens and of dead ones.

use safire::protocol::secret::AccessToken;
use safire::protocol::token_endpoints::HeldToken;
use safire_e2e::Authlib;
use safire_e2e::OidcProvider;
use safire_e2e::Options;

use crate::site;
use crate::site::Site;
use crate::site::USER;

async fn a_live_token_is_told_whole(site: &Site) {
    let client = site.client().await;
    let token = site::token(&client).await;
    let told = client.introspect(HeldToken::Access(token.access_token.clone())).await.unwrap();
    assert!(told.active);
    assert_eq!(told.scope, token.scope);
    assert_eq!(told.client_id.as_deref(), Some(client.credentials().proof.client_id().as_str()));
    assert_eq!(told.sub.as_deref(), Some(USER));
    assert_eq!(told.iss.as_deref(), Some(&*site.running.issuer()));
    assert!(told.expires_at.is_some_and(|end| end > site::now()));
    assert_eq!(told.launch_context().patient.as_deref(), Some("example"));
    assert!(told.deviations.is_empty(), "{:?}", told.deviations);
}

async fn a_refresh_token_is_told_too(site: &Site) {
    let client = site.client().await;
    let token = site::token(&client).await;
    let told = client.introspect(HeldToken::Refresh(token.refresh_token.unwrap())).await.unwrap();
    assert!(told.active);
}

async fn an_ended_token_is_inactive_and_nothing_more(site: &Site) {
    let client = site.client().await;
    let token = site::token(&client).await;
    site.running.advance_clock(301).await.unwrap();
    let told = client.introspect(HeldToken::Access(token.access_token)).await.unwrap();
    assert!(!told.active);
    assert_eq!((told.scope, told.sub, told.client_id), (None, None, None));
    assert!(told.extra.is_empty(), "{:?}", told.extra);
}

async fn an_unknown_token_is_inactive(site: &Site) {
    let client = site.client().await;
    let unknown = HeldToken::Access(AccessToken::new("nobody-ever-issued-this"));
    assert!(!client.introspect(unknown).await.unwrap().active);
}

at_each_real_server!(
    a_live_token_is_told_whole,
    a_refresh_token_is_told_too,
    an_ended_token_is_inactive_and_nothing_more,
    an_unknown_token_is_inactive,
);

#[tokio::test]
async fn a_token_lives_as_long_as_the_server_was_told() {
    let started = || Options::default().with_token_lifetime(20);
    for running in [OidcProvider::start(started()).await, Authlib::start(started()).await] {
        let Some(running) = running.unwrap() else { continue };
        let site = Site::of(running);
        let client = site.client().await;
        let token = site::token(&client).await;
        assert!(token.expires_at.unwrap() <= site::now().plus_seconds(20));
        site.running.advance_clock(21).await.unwrap();
        assert!(!client.introspect(HeldToken::Access(token.access_token)).await.unwrap().active);
    }
}
