//! A client is deleted at its server, and its record stays as history.

use safire::protocol::fault::Diagnose;
use safire::server::Origin;
use safire::store::State;

use super::setting::Instead;
use super::setting::Place;
use crate::script;

#[tokio::test]
async fn t11_deleted_is_deleted_and_the_token_is_no_longer_taken() {
    for (status, body) in [(401, ""), (400, r#"{"error":"invalid_token"}"#), (403, "")] {
        let place = Place::new().await;
        place.set(|registry| registry.rotates_token = vec!["GET", "PUT"]);
        place.managed().read().await.unwrap();
        let metadata = script::metadata().client_name("Renamed");
        place.managed().update(&metadata).await.unwrap();
        let deletion = place.managed().delete().await.unwrap();
        assert_eq!(deletion.deleted.unwrap().status, 204);
        assert_eq!(place.record().await.state, State::Deleted);

        place.instead(Instead::Answer(status, body));
        let error = place.managed().read().await.unwrap_err();
        assert_eq!(error.code(), "management-token-refused");
        let record = place.record().await;
        assert_eq!(record.state, State::Deleted);
        assert!(record.content.answer.is_some(), "history stays until it is forgotten");
    }
}

#[tokio::test]
async fn deleting_twice_is_no_error_and_sends_nothing() {
    let place = Place::new().await;
    place.managed().delete().await.unwrap();
    assert!(place.managed().delete().await.unwrap().deleted.is_none());
    assert_eq!(place.managing(), ["DELETE"]);
}

#[tokio::test]
async fn a_client_that_was_gone_already_is_no_error() {
    let place = Place::new().await;
    place.managed().read().await.unwrap();
    place.instead(Instead::Answer(404, ""));
    let deletion = place.managed().delete().await.unwrap();
    assert!(deletion.deleted.is_none());
    assert_eq!((deletion.record.state, place.record().await.state), (State::Gone, State::Gone));
}

#[tokio::test]
async fn a_refused_delete_deletes_nothing() {
    for (status, code) in
        [(403, "management-token-refused"), (405, "management-not-supported"), (404, "management-not-found")]
    {
        let place = Place::new().await;
        place.instead(Instead::Answer(status, ""));
        assert_eq!(place.managed().delete().await.unwrap_err().code(), code);
        let record = place.record().await;
        assert_eq!(record.state, State::Registered);
        assert!(record.content.pending.is_none());
    }
}

#[tokio::test]
async fn a_deleted_registration_does_not_stand_in_the_way() {
    let place = Place::new().await;
    place.managed().delete().await.unwrap();
    let metadata = script::metadata();
    let registered = place.server.register_client(&metadata).store(&*place.store).await.unwrap();
    assert_eq!(registered.origin, Origin::Sent);
    assert_ne!(registered.id(), Some(&place.id));
}
