//! A token that a FHIR server refuses is renewed once, however many callers come with it.

use std::sync::Arc;

use tokio::sync::Barrier;

use crate::token_source::setting::Instead;
use crate::token_source::setting::Setting;
use crate::token_source::setting::access;
use crate::token_source::setting::access_text;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_callers_with_the_same_token_cause_one_renewal() {
    let setting = Setting::new("300").await;
    let source = setting.logged_in(Some(300)).await;
    let token = source.token().await.unwrap();
    let barrier = Arc::new(Barrier::new(100));
    let callers: Vec<_> = (0..100)
        .map(|_| {
            let (source, token, barrier) = (source.clone(), Arc::clone(&token), Arc::clone(&barrier));
            tokio::spawn(async move {
                barrier.wait().await;
                access(&source.renew_after(&token.access_token).await.unwrap())
            })
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap(), access_text(1));
    }
    assert_eq!(
        access(&source.renew_after(&token.access_token).await.unwrap()),
        access_text(1),
        "who comes late"
    );
    assert_eq!(setting.server.asked(), 1);
}

#[tokio::test]
async fn a_second_process_takes_the_token_of_the_first() {
    let setting = Setting::new("300").await;
    let first = setting.logged_in(Some(300)).await;
    let second = setting.source();
    let token = second.token().await.unwrap();
    first.renew_after(&token.access_token).await.unwrap();
    assert_eq!(access(&second.renew_after(&token.access_token).await.unwrap()), access_text(1));
    assert_eq!(setting.server.asked(), 1);
}

#[tokio::test]
async fn the_same_token_again_is_given_and_not_asked_for_without_end() {
    let setting = Setting::new("300").await;
    let source = setting.logged_in(Some(300)).await;
    let token = source.token().await.unwrap();
    setting.server.next(Instead::Answer(
        200,
        r#"{"access_token":"planted-access-token-0","token_type":"Bearer","expires_in":300}"#,
    ));
    assert_eq!(access(&source.renew_after(&token.access_token).await.unwrap()), access_text(0));
    assert_eq!(setting.server.asked(), 1);
}

#[tokio::test]
async fn a_refused_token_is_never_given_when_the_renewal_fails() {
    let setting = Setting::new("300").await;
    let source = setting.logged_in(Some(300)).await;
    let token = source.token().await.unwrap();
    setting.server.next(Instead::Answer(503, "{}"));
    source.renew_after(&token.access_token).await.unwrap_err();
    assert_eq!(setting.server.asked(), 1);
}

#[tokio::test]
async fn a_flight_that_set_out_early_is_enough() {
    let setting = Setting::new("3600").await;
    let source = setting.logged_in(Some(3600)).await;
    let token = source.token().await.unwrap();
    setting.clock.advance(3600 - 10);
    setting.server.hold_back().await;
    let ask = |need_other: Option<_>| {
        let source = source.clone();
        tokio::spawn(async move {
            match need_other {
                Some(token) => source.renew_after(&token).await,
                None => source.token().await,
            }
        })
    };
    let early = ask(None);
    setting.server.has_been_asked(1).await;
    let refused = ask(Some(token.access_token.clone()));
    tokio::task::yield_now().await;
    setting.server.let_go();
    assert_eq!(access(&early.await.unwrap().unwrap()), access_text(1));
    assert_eq!(access(&refused.await.unwrap().unwrap()), access_text(1));
    assert_eq!(setting.server.asked(), 1);
}

#[tokio::test]
async fn an_early_flight_that_fails_is_not_enough() {
    let setting = Setting::new("3600").await;
    let source = setting.logged_in(Some(3600)).await;
    let token = source.token().await.unwrap();
    setting.clock.advance(3600 - 10);
    setting.server.next(Instead::Answer(503, "{}"));
    setting.server.hold_back().await;
    let early = tokio::spawn({
        let source = source.clone();
        async move { source.token().await }
    });
    setting.server.has_been_asked(1).await;
    let refused = tokio::spawn({
        let source = source.clone();
        async move { source.renew_after(&token.access_token).await }
    });
    tokio::task::yield_now().await;
    setting.server.let_go();
    assert_eq!(access(&early.await.unwrap().unwrap()), access_text(0), "still good for others");
    assert_eq!(access(&refused.await.unwrap().unwrap()), access_text(1));
}
