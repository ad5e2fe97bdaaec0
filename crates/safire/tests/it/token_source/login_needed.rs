//! When only a new login helps, nobody asks the server again; and how a login ends.

use safire::Error;
use safire::error::LoginNeeded;
use safire::protocol::fault::Diagnose;
use safire::protocol::token::TokenResponse;
use safire::store::Standing;

use crate::token_source::setting::Instead;
use crate::token_source::setting::Setting;
use crate::token_source::setting::access;
use crate::token_source::setting::access_text;
use crate::token_source::setting::login;
use crate::token_source::setting::refresh_text;
use crate::token_source::setting::stored;
use crate::token_source::setting::token;

const REFUSED: Instead = Instead::Answer(400, r#"{"error":"invalid_grant","error_description":null}"#);

#[tokio::test]
async fn a_refused_refresh_token_is_never_sent_again_until_there_is_a_login() {
    let setting = Setting::new("300").await;
    let source = setting.logged_in(Some(10)).await;
    setting.clock.advance(10);
    setting.server.next(REFUSED);
    let error = source.token().await.unwrap_err();
    assert!(matches!(error, Error::LoginNeeded(LoginNeeded::Refused(_))), "{error:?}");
    assert_eq!(stored(&source).await.standing, Standing::LoginNeeded);
    for process in [source.clone(), setting.source()] {
        for _ in 0..3 {
            let error = process.token().await.unwrap_err();
            assert!(matches!(error, Error::LoginNeeded(LoginNeeded::RefusedBefore)), "{error:?}");
            assert_eq!((error.code(), error.is_retryable()), ("login-needed", false));
        }
    }
    assert_eq!(setting.server.asked(), 1);
    setting.source().logged_in(token(0, None)).await.unwrap();
    assert_eq!(access(&source.token().await.unwrap()), access_text(0));
    assert_eq!(stored(&source).await.standing, Standing::Good);
}

#[tokio::test]
async fn an_early_refusal_is_a_refusal() {
    let setting = Setting::new("3600").await;
    let source = setting.logged_in(Some(3600)).await;
    setting.clock.advance(3600 - 10);
    setting.server.next(REFUSED);
    assert_eq!(source.token().await.unwrap_err().code(), "login-needed");
    assert_eq!(source.token().await.unwrap_err().code(), "login-needed");
    assert_eq!(setting.server.asked(), 1);
}

#[tokio::test]
async fn without_a_login_and_without_a_refresh_token_nothing_is_sent() {
    let setting = Setting::new("300").await;
    let source = setting.source();
    assert_eq!(source.token().await.unwrap_err().code(), "login-needed-first");
    let mut alone: TokenResponse = login(Some(300));
    alone.refresh_token = None;
    source.logged_in(alone).await.unwrap();
    setting.clock.advance(299);
    assert_eq!(access(&source.token().await.unwrap()), access_text(0), "used to its end");
    setting.clock.advance(1);
    assert_eq!(source.token().await.unwrap_err().code(), "login-needed-no-refresh-token");
    assert_eq!(setting.server.asked(), 0);
}

#[tokio::test]
async fn a_login_that_is_forgotten_is_gone_for_all() {
    let setting = Setting::new("300").await;
    let source = setting.logged_in(Some(300)).await;
    source.forget().await.unwrap();
    assert!(source.held().await.unwrap().is_none());
    assert_eq!(source.token().await.unwrap_err().code(), "login-needed-first");
    assert_eq!(setting.source().token().await.unwrap_err().code(), "login-needed-first");
    assert_eq!(setting.server.asked(), 0);
    source.forget().await.unwrap();
}

#[tokio::test]
async fn a_logout_gives_the_refresh_token_back_and_forgets() {
    let setting = Setting::new("300").await;
    let source = setting.logged_in(Some(300)).await;
    setting.server.next(Instead::Answer(503, "{}"));
    assert_eq!(source.logout().await.unwrap_err().code(), "revocation-refused");
    assert_eq!(access(&source.token().await.unwrap()), access_text(0), "nothing is forgotten");
    setting.server.next(Instead::Answer(200, ""));
    source.logout().await.unwrap();
    let sent = setting.server.last_form();
    assert_eq!((&*sent["token"], &*sent["token_type_hint"]), (&*refresh_text(0), "refresh_token"));
    assert_eq!(source.token().await.unwrap_err().code(), "login-needed-first");
    source.logout().await.unwrap();
    assert_eq!(setting.server.asked(), 2, "there is nothing to give back");
}
