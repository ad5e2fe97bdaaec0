//! Sources on one store are so many processes: they renew in turn.

use std::sync::Arc;
use std::time::Duration;

use safire::TokenSource;
use safire::clock::Clock;
use safire::store::Change;
use safire::store::Claim;
use safire::store::Claimed;
use safire::store::LeaseOwner;
use safire::store::Store;
use safire::token_source::Obtain;

use crate::login::public_credentials;
use crate::token_source::setting::Instead;
use crate::token_source::setting::START;
use crate::token_source::setting::Setting;
use crate::token_source::setting::TestStore;
use crate::token_source::setting::access;
use crate::token_source::setting::access_text;
use crate::token_source::setting::id;
use crate::token_source::setting::refresh_text;
use crate::token_source::setting::stored;
use crate::token_source::setting::token;

fn ask(source: &TokenSource) -> tokio::task::JoinHandle<String> {
    let source = source.clone();
    tokio::spawn(async move { access(&source.token().await.unwrap()) })
}

/// A claim of a process that is no more.
async fn dead_claim(setting: &Setting) {
    let key = stored(&setting.source()).await.key;
    let (owner, now) = (LeaseOwner::from_random([9; 16]), setting.clock.now());
    let claim = Claim { key, owner, now, term: Duration::from_secs(60) };
    assert_eq!(setting.store.claim(claim).await, Ok(Claimed::Ours));
}

#[tokio::test]
async fn t19_a_second_process_takes_what_the_first_one_stored() {
    let setting = Setting::new("300").await;
    let first = setting.logged_in(Some(10)).await;
    let second = setting.source();
    assert_eq!(access(&second.token().await.unwrap()), access_text(0));
    setting.clock.advance(10);
    assert_eq!(access(&first.token().await.unwrap()), access_text(1));
    assert_eq!(access(&second.token().await.unwrap()), access_text(1));
    assert_eq!((setting.server.asked(), setting.server.is_dead()), (1, false));
}

#[tokio::test]
async fn t19_of_four_processes_at_once_one_renews() {
    let setting = Setting::new("300").await;
    setting.logged_in(Some(10)).await;
    setting.clock.advance(10);
    setting.server.hold_back().await;
    let asking: Vec<_> = (0..4).map(|_| ask(&setting.source())).collect();
    setting.server.has_been_asked(1).await;
    // The login's own claim, the renewal's, and one or more of each of the others.
    setting.store.has_been_claimed(5).await;
    setting.server.let_go();
    for process in asking {
        assert_eq!(process.await.unwrap(), access_text(1));
    }
    assert_eq!((setting.server.asked(), setting.server.is_dead()), (1, false));
}

#[tokio::test]
async fn while_another_process_renews_early_the_token_in_hand_is_given() {
    let setting = Setting::new("3600").await;
    let first = setting.logged_in(Some(3600)).await;
    let second = setting.source();
    setting.clock.advance(3600 - 20);
    setting.server.hold_back().await;
    let renewing = ask(&first);
    setting.server.has_been_asked(1).await;
    assert_eq!(access(&second.token().await.unwrap()), access_text(0));
    setting.server.let_go();
    assert_eq!(renewing.await.unwrap(), access_text(1));
    setting.clock.advance(1);
    assert_eq!(access(&second.token().await.unwrap()), access_text(1));
    assert_eq!(setting.server.asked(), 1);
}

#[tokio::test]
async fn the_lease_of_a_dead_process_is_taken_over_after_its_deadline() {
    let setting = Setting::new("300").await;
    let source = setting.logged_in(Some(10)).await;
    setting.clock.advance(10);
    dead_claim(&setting).await;
    let asking = ask(&source);
    // The login, the dead one, and two that were refused.
    setting.store.has_been_claimed(4).await;
    assert_eq!(setting.server.asked(), 0);
    setting.clock.advance(59);
    setting.store.has_been_claimed(5).await;
    assert_eq!(setting.server.asked(), 0);
    setting.clock.advance(1);
    assert_eq!(asking.await.unwrap(), access_text(1));
    assert_eq!(setting.server.asked(), 1);
}

#[tokio::test]
async fn a_renewal_that_takes_long_keeps_its_lease() {
    let setting = Setting::new("300").await;
    setting.logged_in(Some(10)).await;
    let slow = setting
        .client(public_credentials())
        .token_source(Obtain::Login)
        .kept_in(Arc::<TestStore>::clone(&setting.store), id())
        .lease_term(Duration::from_secs(1))
        .build()
        .unwrap();
    setting.clock.advance(10);
    setting.server.hold_back().await;
    let asking = ask(&slow);
    setting.server.has_been_asked(1).await;
    // The login, the renewal, and its prolongation.
    setting.store.has_been_claimed(3).await;
    setting.server.let_go();
    assert_eq!(asking.await.unwrap(), access_text(1));
    let key = stored(&slow).await.key;
    let owner = LeaseOwner::from_random([9; 16]);
    let claim = Claim { key, owner, now: setting.clock.now(), term: Duration::from_secs(1) };
    assert_eq!(setting.store.claim(claim).await, Ok(Claimed::Ours), "and has ended it");
}

#[tokio::test]
async fn a_failed_renewal_ends_its_lease() {
    let setting = Setting::new("300").await;
    let source = setting.logged_in(Some(10)).await;
    setting.clock.advance(10);
    setting.server.next(Instead::Answer(503, "{}"));
    source.token().await.unwrap_err();
    assert_eq!(access(&setting.source().token().await.unwrap()), access_text(1));
}

#[tokio::test]
async fn a_refusal_of_a_token_that_another_process_has_replaced_is_no_refusal() {
    for (end, expected, asked) in [(Some(START + 3600), 40, 1), (Some(START), 41, 2)] {
        let setting = Setting::new("300").await;
        let source = setting.logged_in(Some(10)).await;
        setting.clock.advance(10);
        setting.server.next(Instead::Answer(400, r#"{"error":"invalid_grant"}"#));
        setting.server.next(Instead::Answer(
            200,
            r#"{"access_token":"planted-access-token-41","token_type":"Bearer","expires_in":300}"#,
        ));
        setting.server.hold_back().await;
        let asking = ask(&source);
        setting.server.has_been_asked(1).await;
        let row = stored(&source).await.next(token(40, end), setting.clock.now());
        let put = Change::PutToken { token: Box::new(row), release: None };
        setting.store.commit(put).await.unwrap();
        setting.server.let_go();
        assert_eq!(asking.await.unwrap(), access_text(expected));
        assert_eq!(setting.server.asked(), asked);
        let refresh = if asked == 1 { refresh_text(0) } else { refresh_text(40) };
        assert_eq!(setting.server.last_form()["refresh_token"], refresh);
    }
}

#[tokio::test]
async fn a_login_waits_for_a_renewal_elsewhere_and_wins() {
    let setting = Setting::new("300").await;
    let first = setting.logged_in(Some(10)).await;
    let second = setting.source();
    setting.clock.advance(10);
    setting.server.hold_back().await;
    let renewing = ask(&first);
    setting.server.has_been_asked(1).await;
    let login = tokio::spawn({
        let second = second.clone();
        async move { second.logged_in(token(50, Some(START + 3600))).await }
    });
    setting.store.has_been_claimed(3).await;
    setting.server.let_go();
    renewing.await.unwrap();
    login.await.unwrap().unwrap();
    assert_eq!(access(&stored(&first).await.token), access_text(50));
    assert_eq!(access(&second.token().await.unwrap()), access_text(50));
    setting.clock.advance(300);
    assert_eq!(access(&first.token().await.unwrap()), access_text(50));
}
