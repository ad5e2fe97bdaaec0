//! However many tasks want a token, one renewal is under way, and it outlives them.

use std::sync::Arc;
use std::task::Context;
use std::task::Waker;

use safire::Error;
use safire::protocol::fault::Diagnose;
use safire::token_source::Obtain;
use tokio::sync::Barrier;

use crate::login::public_credentials;
use crate::token_source::setting::Instead;
use crate::token_source::setting::Setting;
use crate::token_source::setting::access;
use crate::token_source::setting::access_text;
use crate::token_source::setting::login;
use crate::token_source::setting::refresh_text;
use crate::token_source::setting::stored;

async fn many(tasks: usize) {
    let setting = Setting::new("300").await;
    let source = setting.logged_in(Some(100)).await;
    setting.clock.advance(100);
    let barrier = Arc::new(Barrier::new(tasks));
    let waiting: Vec<_> = (0..tasks)
        .map(|_| {
            let (source, barrier) = (source.clone(), Arc::clone(&barrier));
            tokio::spawn(async move {
                barrier.wait().await;
                let token = source.token().await.unwrap();
                (access(&token), access(&stored(&source).await.token))
            })
        })
        .collect();
    for task in waiting {
        let (given, in_store) = task.await.unwrap();
        assert_eq!(given, access_text(1));
        assert_eq!(in_store, given, "stored before any task goes on");
    }
    assert_eq!(setting.server.asked(), 1);
    assert!(!setting.server.is_dead());
    assert_eq!(stored(&source).await.generation, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t19_of_fifty_tasks_one_renews_and_the_token_is_stored_before_any_goes_on() {
    many(50).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t19_of_two_hundred_tasks_one_renews() {
    many(200).await;
}

#[tokio::test]
async fn a_caller_that_goes_away_loses_nothing() {
    let setting = Setting::new("300").await;
    let source = setting.logged_in(Some(10)).await;
    setting.clock.advance(10);
    setting.server.hold_back().await;
    let caller = tokio::spawn({
        let source = source.clone();
        async move { source.token().await }
    });
    setting.server.has_been_asked(1).await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    setting.server.let_go();
    assert_eq!(access(&source.token().await.unwrap()), access_text(1));
    assert_eq!(stored(&source).await.token.refresh_token.unwrap().expose_secret(), refresh_text(1));
    assert_eq!(setting.server.asked(), 1);
}

#[tokio::test]
async fn all_who_wait_share_the_error_and_the_next_call_asks_again() {
    let setting = Setting::new("300").await;
    let source = setting.logged_in(Some(10)).await;
    setting.clock.advance(10);
    setting.server.next(Instead::Answer(503, "{}"));
    setting.server.hold_back().await;
    let callers: Vec<_> = (0..20)
        .map(|_| {
            let source = source.clone();
            tokio::spawn(async move { source.token().await })
        })
        .collect();
    setting.server.has_been_asked(1).await;
    setting.server.let_go();
    for caller in callers {
        let error = caller.await.unwrap().unwrap_err();
        assert_eq!((error.code(), error.is_retryable()), ("token-refused", true));
    }
    assert_eq!(setting.server.asked(), 1);
    assert_eq!(access(&source.token().await.unwrap()), access_text(1));
}

#[tokio::test]
async fn a_panic_frees_the_flight() {
    let setting = Setting::new("300").await;
    let source = setting.logged_in(Some(10)).await;
    setting.clock.advance(10);
    setting.server.next(Instead::Panic);
    let error = source.token().await.unwrap_err();
    assert!(matches!(error, Error::RenewalAborted), "{error:?}");
    assert_eq!(access(&source.token().await.unwrap()), access_text(1));
}

#[test]
fn the_end_of_a_runtime_frees_the_flight() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let first = runtime();
    let (setting, source) = first.block_on(async {
        let setting = Setting::new("300").await;
        let source = setting.logged_in(Some(10)).await;
        setting.clock.advance(10);
        setting.server.next(Instead::Answer(503, "{}"));
        setting.server.hold_back().await;
        tokio::spawn({
            let source = source.clone();
            async move { source.token().await }
        });
        setting.server.has_been_asked(1).await;
        (setting, source)
    });
    drop(first);
    setting.server.let_go();
    runtime().block_on(async { assert_eq!(access(&source.token().await.unwrap()), access_text(1)) });
}

#[test]
fn outside_of_a_runtime_it_panics_and_frees_the_flight() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let source = runtime.block_on(async { Setting::new("300").await.logged_in(Some(-1)).await });
    let outside = std::thread::spawn({
        let source = source.clone();
        move || {
            let mut context = Context::from_waker(Waker::noop());
            let _ = Box::pin(source.token()).as_mut().poll(&mut context);
        }
    });
    assert!(outside.join().is_err());
    runtime.block_on(async { assert_eq!(access(&source.token().await.unwrap()), access_text(1)) });
}

#[tokio::test]
async fn without_a_store_a_source_lives_on_its_own() {
    let setting = Setting::new("300").await;
    let source = setting.client(public_credentials()).token_source(Obtain::Login).build().unwrap();
    assert!(source.held().await.unwrap().is_none());
    source.logged_in(login(Some(10))).await.unwrap();
    assert_eq!(access(&source.token().await.unwrap()), access_text(0));
    setting.clock.advance(10);
    assert_eq!(access(&source.token().await.unwrap()), access_text(1));
    assert_eq!(stored(&source).await.generation, 2);
}
