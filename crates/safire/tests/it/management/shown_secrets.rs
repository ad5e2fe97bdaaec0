//! What a server shows in place of a credential does not take its place.

use safire::management::Proven;
use safire::protocol::fault::Diagnose;
use safire::store::State;

use super::setting::Place;
use super::setting::Shows;
use crate::script;

#[tokio::test]
async fn credentials_that_are_not_shown_stay() {
    let place = Place::new().await;
    place.set(|registry| registry.shows = Shows::NoCredentials);
    for _ in 0..3 {
        let read = place.managed().read().await.unwrap();
        assert!(read.rotated.is_empty(), "{:?}", read.rotated);
        let metadata = read.registration.to_metadata();
        place.managed().update(&metadata).await.unwrap();
        assert_eq!(place.held().await, place.issued());
    }
    assert_eq!(place.record().await.content.earlier.len(), 1);
}

#[tokio::test]
async fn a_hash_in_place_of_the_token_is_tried_once_and_never_again() {
    let place = Place::new().await;
    place.set(|registry| registry.shows = Shows::Hashes);
    place.managed().read().await.unwrap();
    assert_ne!(place.held().await.1, place.issued().1, "it may be a new token: only the next call can tell");
    assert_eq!(place.managing().len(), 1);
    place.managed().read().await.unwrap();
    assert_eq!(place.managing().len(), 3, "the hash, then the token before it");
    assert_eq!(place.held().await, place.issued());
    for _ in 0..3 {
        let metadata = script::metadata();
        place.managed().update(&metadata).await.unwrap();
        assert_eq!(place.held().await, place.issued());
    }
    assert_eq!(place.managing().len(), 6);
}

#[tokio::test]
async fn a_secret_that_never_worked_gives_way_to_the_one_before() {
    let place = Place::new().await;
    let (secret, _) = place.issued();
    place.set(|registry| registry.rotates_secret = true);
    let metadata = script::metadata();
    place.managed().update(&metadata).await.unwrap();
    // The server has shown a new one and goes on with the old one.
    place.set(|registry| registry.secret.clone_from(&secret));
    assert_ne!(place.held().await.0, secret);
    assert_eq!(place.managed().prove().await.unwrap(), Proven::Works);
    assert_eq!(place.held().await.0, secret);
    assert!(place.record().await.registration().unwrap().superseded_secret().is_none());
}

#[tokio::test]
async fn where_neither_secret_works_both_stay() {
    let place = Place::new().await;
    place.set(|registry| registry.rotates_secret = true);
    let metadata = script::metadata();
    place.managed().update(&metadata).await.unwrap();
    place.set(|registry| registry.no_token = Some((401, r#"{"error":"invalid_client"}"#)));
    let error = place.managed().prove().await.unwrap_err();
    assert_eq!(error.code(), "token-refused");
    assert!(place.record().await.registration().unwrap().superseded_secret().is_some());
    assert_eq!(place.script.count("/token"), 2);
}

#[tokio::test]
async fn a_token_that_came_elsewhere_settles_the_secret() {
    let place = Place::new().await;
    place.set(|registry| registry.rotates_secret = true);
    let metadata = script::metadata();
    place.managed().update(&metadata).await.unwrap();
    assert!(place.record().await.registration().unwrap().superseded_secret().is_some());
    place.managed().seen_to_work().await.unwrap();
    let record = place.record().await;
    assert_eq!(record.state, State::Active);
    assert!(record.registration().unwrap().superseded_secret().is_none());
    assert_eq!(place.held().await, place.issued());
    place.clock.advance(5);
    place.managed().seen_to_work().await.unwrap();
    assert_eq!(place.record().await.updated_at, record.updated_at, "what is known is not written again");
    assert_eq!(place.script.count("/token"), 0);
}
