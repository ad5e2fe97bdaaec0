//! When a token is renewed, and what happens when that fails.

use std::time::Duration;

use safire::protocol::fault::Diagnose;
use safire::token_source::Obtain;

use crate::login::public_credentials;
use crate::token_source::setting::Instead;
use crate::token_source::setting::Setting;
use crate::token_source::setting::access;
use crate::token_source::setting::access_text;
use crate::token_source::setting::login;
use crate::token_source::setting::refresh_text;
use crate::token_source::setting::stored;

#[tokio::test]
async fn a_token_is_renewed_some_time_before_its_end() {
    let setting = Setting::new("3600").await;
    let source = setting.logged_in(Some(3600)).await;
    setting.clock.advance(3600 - 61);
    assert_eq!(access(&source.token().await.unwrap()), access_text(0));
    setting.clock.advance(31);
    assert_eq!(access(&source.token().await.unwrap()), access_text(1));
    assert_eq!(setting.server.asked(), 1);
}

#[tokio::test]
async fn the_margin_can_be_chosen() {
    let setting = Setting::new("3600").await;
    let builder = setting.client(public_credentials()).token_source(Obtain::Login);
    let source = builder.renew_before(Duration::from_secs(600)).build().unwrap();
    source.logged_in(login(Some(3600))).await.unwrap();
    setting.clock.advance(3600 - 601);
    assert_eq!(access(&source.token().await.unwrap()), access_text(0));
    setting.clock.advance(301);
    assert_eq!(access(&source.token().await.unwrap()), access_text(1));
}

#[tokio::test]
async fn td_21_t18_what_a_refresh_leaves_out_stays_and_works_again() {
    let setting = Setting::new("300").await;
    let source = setting.logged_in(Some(10)).await;
    setting.clock.advance(10);
    setting
        .server
        .next(Instead::Answer(200, r#"{"access_token":"bare","token_type":"Bearer","expires_in":5}"#));
    let token = source.token().await.unwrap();
    assert_eq!(access(&token), "bare");
    assert_eq!(token.refresh_token.as_ref().unwrap().expose_secret(), refresh_text(0));
    assert_eq!((token.extra["patient"].as_str(), token.scope.is_some()), (Some("p-1"), true));
    assert_eq!(stored(&source).await.token.refresh_token.unwrap().expose_secret(), refresh_text(0));
    setting.clock.advance(5);
    assert_eq!(access(&source.token().await.unwrap()), access_text(1));
    assert_eq!(setting.server.last_form()["refresh_token"], refresh_text(0));
}

#[tokio::test]
async fn a_token_of_unknown_end_is_used_until_it_is_refused() {
    for expires_in in ["", "-1", r#""soon""#, "999999999999999999999"] {
        let setting = Setting::new(expires_in).await;
        let source = setting.logged_in(Some(10)).await;
        setting.clock.advance(10);
        let token = source.token().await.unwrap();
        setting.clock.advance(10 * 365 * 24 * 3600);
        assert_eq!(access(&source.token().await.unwrap()), access(&token), "{expires_in}");
        assert_eq!(setting.server.asked(), 1);
        assert_eq!(access(&source.renew_after(&token.access_token).await.unwrap()), access_text(2));
    }
}

#[tokio::test]
async fn a_token_that_has_ended_already_is_renewed_at_once() {
    let setting = Setting::new("300").await;
    let source = setting.logged_in(Some(-5)).await;
    assert_eq!(access(&source.token().await.unwrap()), access_text(1));
}

#[tokio::test]
async fn a_token_that_ends_at_once_is_given_all_the_same() {
    let setting = Setting::new("0").await;
    let source = setting.logged_in(Some(0)).await;
    for number in 1..=3 {
        assert_eq!(access(&source.token().await.unwrap()), access_text(number));
    }
}

#[tokio::test]
async fn an_early_renewal_that_fails_gives_the_token_in_hand_and_waits_a_while() {
    let setting = Setting::new("3600").await;
    let source = setting.logged_in(Some(3600)).await;
    setting.clock.advance(3600 - 20);
    setting.server.next(Instead::Answer(503, "{}"));
    assert_eq!(access(&source.token().await.unwrap()), access_text(0));
    setting.clock.advance(4);
    assert_eq!(access(&source.token().await.unwrap()), access_text(0));
    assert_eq!(setting.server.asked(), 1, "a server in trouble is left alone for a while");
    setting.clock.advance(1);
    setting.server.next(Instead::Answer(503, "{}"));
    assert_eq!(access(&source.token().await.unwrap()), access_text(0));
    assert_eq!(setting.server.asked(), 2);
    setting.clock.advance(3);
    assert_eq!(access(&source.token().await.unwrap()), access_text(1));
}

#[tokio::test]
async fn after_its_end_a_token_is_never_given() {
    let setting = Setting::new("3600").await;
    let source = setting.logged_in(Some(3600)).await;
    setting.clock.advance(3600 - 1);
    setting.server.next(Instead::Answer(503, "{}"));
    assert_eq!(access(&source.token().await.unwrap()), access_text(0));
    setting.clock.advance(1);
    setting.server.next(Instead::Answer(503, "{}"));
    assert_eq!(source.token().await.unwrap_err().code(), "token-refused");
}

#[tokio::test]
async fn an_early_renewal_that_fails_for_good_is_an_error() {
    let setting = Setting::new("3600").await;
    let source = setting.logged_in(Some(3600)).await;
    setting.clock.advance(3600 - 1);
    setting.server.next(Instead::Answer(401, r#"{"error":"invalid_client"}"#));
    assert_eq!(source.token().await.unwrap_err().code(), "token-refused");
}

#[tokio::test]
async fn a_backend_token_is_asked_for_when_there_is_none_and_when_it_is_due() {
    let setting = Setting::new("300").await;
    let source = setting.backend();
    assert_eq!(access(&source.token().await.unwrap()), access_text(1));
    assert_eq!(access(&source.token().await.unwrap()), access_text(1));
    assert_eq!(
        access(&setting.backend().token().await.unwrap()),
        access_text(1),
        "a second process shares it"
    );
    setting.clock.advance(300);
    assert_eq!(access(&source.token().await.unwrap()), access_text(2));
    assert_eq!(setting.server.last_form()["grant_type"], "client_credentials");
    assert_eq!(stored(&source).await.key.slot.as_str(), "backend");
}
