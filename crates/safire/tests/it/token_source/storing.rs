//! Nobody sees a token before it is stored, and none is lost when that fails.

use safire::Error;
use safire::protocol::fault::Diagnose;
use safire::store::Change;
use safire::store::Store;

use crate::token_source::setting::Instead;
use crate::token_source::setting::Setting;
use crate::token_source::setting::access;
use crate::token_source::setting::access_text;
use crate::token_source::setting::login;
use crate::token_source::setting::refresh_text;
use crate::token_source::setting::stored;
use crate::token_source::setting::token;

#[tokio::test]
async fn a_token_that_was_not_stored_is_stored_by_the_next_call_without_another_request() {
    let setting = Setting::new("300").await;
    let source = setting.logged_in(Some(10)).await;
    setting.clock.advance(10);
    setting.store.fail(2);
    for _ in 0..2 {
        let error = source.token().await.unwrap_err();
        assert!(matches!(&error, Error::Store(_)) && error.is_retryable(), "{error:?}");
        assert_eq!(access(&stored(&source).await.token), access_text(0));
    }
    assert_eq!(access(&source.token().await.unwrap()), access_text(1));
    let row = stored(&source).await;
    assert_eq!((access(&row.token), row.generation), (access_text(1), 2));
    assert_eq!(row.token.refresh_token.unwrap().expose_secret(), refresh_text(1));
    assert_eq!(setting.server.asked(), 1);
    setting.clock.advance(300);
    assert_eq!(access(&source.token().await.unwrap()), access_text(2));
}

#[tokio::test]
async fn one_that_has_ended_by_then_is_stored_and_renewed() {
    let setting = Setting::new("300").await;
    let source = setting.logged_in(Some(10)).await;
    setting.clock.advance(10);
    setting.store.fail(1);
    source.token().await.unwrap_err();
    setting.clock.advance(300);
    assert_eq!(access(&source.token().await.unwrap()), access_text(2));
    assert_eq!(stored(&source).await.generation, 3);
    assert_eq!((setting.server.asked(), setting.server.is_dead()), (2, false));
}

#[tokio::test]
async fn one_that_is_refused_by_then_is_stored_and_renewed() {
    let setting = Setting::new("300").await;
    let source = setting.logged_in(Some(10)).await;
    setting.clock.advance(10);
    setting.store.fail(1);
    source.token().await.unwrap_err();
    assert_eq!(access(&source.renew_after(&token(1, None).access_token).await.unwrap()), access_text(2));
    assert!(!setting.server.is_dead());
}

#[tokio::test]
async fn in_the_early_time_the_old_token_is_given_until_the_new_one_is_stored() {
    let setting = Setting::new("3600").await;
    let source = setting.logged_in(Some(3600)).await;
    setting.clock.advance(3600 - 8);
    setting.store.fail(1);
    assert_eq!(access(&source.token().await.unwrap()), access_text(0));
    setting.clock.advance(2);
    assert_eq!(access(&source.token().await.unwrap()), access_text(1));
    assert_eq!(setting.server.asked(), 1);
}

#[tokio::test]
async fn one_that_was_not_stored_gives_way_to_a_later_login_elsewhere() {
    let setting = Setting::new("300").await;
    let source = setting.logged_in(Some(10)).await;
    setting.clock.advance(10);
    setting.store.fail(1);
    source.token().await.unwrap_err();
    setting.clock.advance(60);
    let elsewhere = setting.source();
    elsewhere.logged_in(token(77, None)).await.unwrap();
    assert_eq!(access(&source.token().await.unwrap()), access_text(77));
    assert_eq!(access(&stored(&source).await.token), access_text(77));
}

#[tokio::test]
async fn one_that_was_not_stored_does_not_bring_a_forgotten_login_back() {
    let setting = Setting::new("300").await;
    let source = setting.logged_in(Some(10)).await;
    setting.clock.advance(10);
    setting.store.fail(1);
    source.token().await.unwrap_err();
    setting.store.commit(Change::RemoveToken(stored(&source).await.key)).await.unwrap();
    assert_eq!(source.token().await.unwrap_err().code(), "login-needed-first");
}

#[tokio::test]
async fn one_that_was_not_stored_outlives_the_refusal_of_the_token_that_it_replaced() {
    let setting = Setting::new("300").await;
    let source = setting.logged_in(Some(10)).await;
    setting.clock.advance(10);
    setting.store.fail(1);
    source.token().await.unwrap_err();
    let other = setting.source();
    let asking = tokio::spawn(async move { other.token().await });
    // The login, the renewal, and two that were refused: nobody else sends what is spent while the lease lasts.
    setting.store.has_been_claimed(4).await;
    assert_eq!(setting.server.asked(), 1);
    setting.server.next(Instead::Answer(400, r#"{"error":"invalid_grant"}"#));
    setting.clock.advance(60);
    assert_eq!(asking.await.unwrap().unwrap_err().code(), "login-needed");
    assert_eq!(access(&source.token().await.unwrap()), access_text(1));
    assert_eq!(access(&setting.source().token().await.unwrap()), access_text(1));
}

#[tokio::test]
async fn a_login_is_stored_before_it_returns_and_not_lost_when_that_fails() {
    let setting = Setting::new("300").await;
    let source = setting.logged_in(Some(10)).await;
    assert_eq!(access(&stored(&source).await.token), access_text(0));
    setting.store.fail(2);
    let error = source.logged_in(token(5, None)).await.unwrap_err();
    assert!(matches!(error, Error::Store(_)), "{error:?}");
    assert!(matches!(source.token().await.unwrap_err(), Error::Store(_)), "the login before is over");
    assert_eq!(access(&source.token().await.unwrap()), access_text(5));
    assert_eq!(stored(&source).await.generation, 2);
    assert_eq!(setting.server.asked(), 0);
}

#[tokio::test]
async fn a_login_that_nobody_waits_for_is_stored() {
    let setting = Setting::new("300").await;
    let source = setting.source();
    let other = setting.source();
    let mut future = Box::pin(source.logged_in(login(None)));
    std::future::poll_fn(|context| {
        assert!(future.as_mut().poll(context).is_pending());
        std::task::Poll::Ready(())
    })
    .await;
    drop(future);
    // On one thread the task before comes first, and this one claims after it.
    other.logged_in(token(9, None)).await.unwrap();
    assert_eq!(stored(&source).await.generation, 2);
}
