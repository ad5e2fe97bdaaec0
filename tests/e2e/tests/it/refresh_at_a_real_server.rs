//! Refresh tokens that rotate: the new one works, the spent one ends the login.

use safire::Client;
use safire::Error;
use safire::error::LoginNeeded;
use safire::protocol::fault::Diagnose;
use safire::protocol::token::TokenResponse;
use safire::protocol::token_endpoints::HeldToken;

use crate::site;
use crate::site::Site;

fn secret(token: &TokenResponse) -> &str {
    token.refresh_token.as_ref().unwrap().expose_secret()
}

async fn assert_login_needed(client: &Client, token: &TokenResponse) {
    let error = client.refresh_token(token, None).await.unwrap_err();
    assert!(matches!(error, Error::LoginNeeded(LoginNeeded::Refused(_))), "{error:?}");
    assert_eq!(error.code(), "login-needed");
    assert_eq!(error.server_answer().unwrap().error.as_deref(), Some("invalid_grant"));
    assert!(error.hint().unwrap().starts_with("start a new login"), "{:?}", error.hint());
}

async fn each_refresh_brings_the_next_one(site: &Site) {
    let client = site.client().await;
    let mut token = site::token(&client).await;
    for _ in 0..3 {
        let next = client.refresh_token(&token, None).await.unwrap();
        assert_ne!(secret(&next), secret(&token));
        assert_ne!(next.access_token.expose_secret(), token.access_token.expose_secret());
        assert_eq!(next.scope, token.scope);
        assert_eq!(next.launch_context().patient.as_deref(), Some("example"));
        assert_eq!(site.read_patient(&next.access_token).await, 200);
        token = next;
    }
}

async fn a_spent_one_needs_a_login_and_ends_what_came_of_it(site: &Site) {
    let client = site.client().await;
    let first = site::token(&client).await;
    let second = client.refresh_token(&first, None).await.unwrap();

    assert_login_needed(&client, &first).await;
    assert_login_needed(&client, &second).await;
    assert_eq!(site.read_patient(&second.access_token).await, 401);

    // Only this login has ended: the next one works.
    let again = site::token(&client).await;
    assert!(client.refresh_token(&again, None).await.is_ok());
}

async fn it_works_after_the_access_token_has_ended(site: &Site) {
    let client = site.client().await;
    let first = site::token(&client).await;
    site.running.advance_clock(301).await.unwrap();
    assert_eq!(site.read_patient(&first.access_token).await, 401);
    let second = client.refresh_token(&first, None).await.unwrap();
    assert_eq!(site.read_patient(&second.access_token).await, 200);
}

async fn it_may_ask_for_less(site: &Site) {
    let client = site.client().await;
    let first = site::token(&client).await;
    let narrow = client.refresh_token(&first, Some("patient/*.rs")).await.unwrap();
    assert_eq!(narrow.scope.as_deref(), Some("patient/*.rs"));
    assert_eq!(site.read_patient(&narrow.access_token).await, 200);
}

async fn it_may_not_ask_for_more(site: &Site) {
    let client = site.client().await;
    let first = site::token(&client).await;
    let error = client.refresh_token(&first, Some("patient/*.rs system/*.rs")).await.unwrap_err();
    assert!(matches!(error, Error::Token(_)), "no login would help: {error:?}");
    assert_eq!(error.server_answer().unwrap().error.as_deref(), Some("invalid_scope"));
    assert!(error.hint().unwrap().contains("leave the scope out"), "{:?}", error.hint());
    // The refusal has not spent it.
    assert!(client.refresh_token(&first, None).await.is_ok());
}

async fn the_bare_token_is_enough(site: &Site) {
    let client = site.client().await;
    let first = site::token(&client).await;
    let next = client.refresh_token_alone(first.refresh_token.as_ref().unwrap(), None).await.unwrap();
    assert_ne!(secret(&next), secret(&first));
    assert!(client.introspect(HeldToken::Access(next.access_token.clone())).await.unwrap().active);
}

async fn another_clients_token_is_refused(site: &Site) {
    let first = site::token(&site.client().await).await;
    let metadata = site::app("Other App", safire::protocol::credentials::AuthMethod::ClientSecretBasic);
    let other = site.register(&metadata, None).await;
    assert_login_needed(&other, &first).await;
}

at_each_real_server!(
    each_refresh_brings_the_next_one,
    a_spent_one_needs_a_login_and_ends_what_came_of_it,
    it_works_after_the_access_token_has_ended,
    it_may_ask_for_less,
    it_may_not_ask_for_more,
    the_bare_token_is_enough,
    another_clients_token_is_refused,
);
