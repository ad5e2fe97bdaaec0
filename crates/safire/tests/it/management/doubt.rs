//! A call whose answer is lost is told exactly, and a read settles it.

use std::sync::Arc;

use safire::management::Settled;
use safire::management::Unmanaged;
use safire::protocol::fault::Diagnose;
use safire::protocol::registration::management::Operation;
use safire::store::State;

use super::setting::Instead;
use super::setting::Place;
use super::setting::START;
use super::setting::reason;
use crate::script;

async fn update(place: &Place) -> Result<(), safire::Error> {
    let metadata = script::metadata().client_name("Renamed");
    place.managed().update(&metadata).await.map(drop)
}

#[tokio::test]
async fn t13_the_intent_is_there_when_the_request_arrives_and_the_client_stays_usable() {
    let place = Place::new().await;
    place.instead(Instead::Silence);
    let (server, store, id) = (place.server.clone(), Arc::clone(&place.store), place.id.clone());
    let call = tokio::spawn(async move {
        let metadata = script::metadata().client_name("Renamed");
        server.manage(&*store, &id).update(&metadata).await.map(drop)
    });
    while place.managing().is_empty() {
        tokio::task::yield_now().await;
    }
    let record = place.record().await;
    assert!(record.awaits_answer());
    assert_eq!(record.state, State::Registered);
    let pending = record.content.pending.as_ref().unwrap();
    assert_eq!((pending.operation, pending.since.as_seconds()), (Operation::Update, START));
    assert_eq!(pending.requested.as_ref().unwrap()["client_name"], "Renamed");
    assert_eq!(record.registration().unwrap().client_secret().unwrap().expose_secret(), place.issued().0);

    // The process dies. Others wait until its turn is over, and are then told what it left behind.
    call.abort();
    call.await.unwrap_err();
    let error = place.managed().read().await.unwrap_err();
    assert!(matches!(reason(&error), Unmanaged::Busy { .. }), "{error:?}");
    assert!(error.is_retryable());
    place.clock.advance(61);
    let error = update(&place).await.unwrap_err();
    assert_eq!(error.code(), "management-in-doubt");
    let text = error.to_string();
    assert!(text.contains("an update was sent at 2026-") && text.contains("its process ended"), "{text}");
    assert!(error.hint().unwrap().contains(place.id.as_str()), "{:?}", error.hint());

    let read = place.managed().read().await.unwrap();
    assert_eq!(read.settled, Some(Settled::Done));
    assert_eq!(read.record.content.requested["client_name"], "Renamed");
    assert!(read.record.content.pending.is_none());
    update(&place).await.unwrap();
}

#[tokio::test]
async fn an_update_whose_answer_broke_off_is_settled_by_a_read() {
    for (instead, settled, name) in [
        (Instead::DoneAndCut, Settled::Done, "Renamed"),
        (Instead::Cut, Settled::NotDone, "Scripted"),
        (Instead::DoneBut(502, "<html>"), Settled::Done, "Renamed"),
        (Instead::Answer(500, ""), Settled::NotDone, "Scripted"),
        (Instead::DoneBut(200, "{oops"), Settled::Done, "Renamed"),
        (Instead::DoneBut(204, ""), Settled::Done, "Renamed"),
    ] {
        let place = Place::new().await;
        place.instead(instead.clone());
        let error = update(&place).await.unwrap_err();
        assert_eq!(error.record_id(), Some(&place.id), "{instead:?}");
        assert!(!error.is_retryable(), "{instead:?}: {error:?}");
        let record = place.record().await;
        assert!(!record.awaits_answer() && record.content.pending.is_some(), "{instead:?}");
        let error = update(&place).await.unwrap_err();
        let Unmanaged::InDoubt { pending } = reason(&error) else { panic!("{error:?}") };
        assert!(pending.note.is_some(), "{instead:?}");

        let read = place.managed().read().await.unwrap();
        assert_eq!(read.settled, Some(settled), "{instead:?}");
        assert_eq!(read.record.client_name.as_deref(), Some(name), "{instead:?}");
        assert_eq!(read.record.content.requested["client_name"], name, "{instead:?}");
        update(&place).await.unwrap();
    }
}

#[tokio::test]
async fn a_secret_in_an_answer_that_cannot_be_used_is_kept() {
    let place = Place::new().await;
    place.instead(Instead::DoneBut(200, r#"{"client_secret":"planted-new-secret","#));
    update(&place).await.unwrap_err();
    let pending = place.record().await.content.pending.unwrap();
    assert!(pending.answer.as_ref().unwrap().expose_body().starts_with(br#"{"client_secret":"planted-new"#));
    assert!(!format!("{pending:?}").contains("planted"), "{pending:?}");
}

#[tokio::test]
async fn where_the_token_was_replaced_too_the_doubt_stays_and_says_so() {
    let place = Place::new().await;
    place.set(|registry| registry.rotates_token = vec!["PUT"]);
    place.instead(Instead::DoneAndCut);
    update(&place).await.unwrap_err();
    let error = place.managed().read().await.unwrap_err();
    assert_eq!(error.code(), "management-token-refused");
    assert!(error.hint().unwrap().contains("never arrived"), "{:?}", error.hint());
    let record = place.record().await;
    assert_eq!(record.state, State::Registered, "its secret may still work");
    assert_eq!(record.content.pending.as_ref().unwrap().operation, Operation::Update);
    let error = update(&place).await.unwrap_err();
    assert!(matches!(reason(&error), Unmanaged::InDoubt { .. }), "{error:?}");
}

#[tokio::test]
async fn a_delete_whose_answer_broke_off_is_settled() {
    // Done: the token that the server took before is no longer taken.
    let place = Place::new().await;
    place.managed().read().await.unwrap();
    place.instead(Instead::DoneAndCut);
    place.managed().delete().await.unwrap_err();
    assert_eq!(place.record().await.state, State::Registered);
    assert_eq!(place.managed().read().await.unwrap_err().code(), "management-token-refused");
    assert_eq!(place.record().await.state, State::Deleted);

    // Done, and deleted once more instead of read.
    let place = Place::new().await;
    place.managed().read().await.unwrap();
    place.instead(Instead::DoneAndCut);
    place.managed().delete().await.unwrap_err();
    assert!(place.managed().delete().await.unwrap().deleted.is_none());
    assert_eq!(place.record().await.state, State::Deleted);

    // Done, but whether the token ever worked is not known: nothing is certain.
    let place = Place::new().await;
    place.instead(Instead::DoneAndCut);
    place.managed().delete().await.unwrap_err();
    place.managed().read().await.unwrap_err();
    let record = place.record().await;
    assert_eq!(record.state, State::Registered);
    assert!(record.content.pending.is_some());

    // Not done.
    let place = Place::new().await;
    place.instead(Instead::Cut);
    place.managed().delete().await.unwrap_err();
    let read = place.managed().read().await.unwrap();
    assert_eq!((read.settled, read.record.state), (Some(Settled::NotDone), State::Registered));
}

#[tokio::test]
async fn a_read_that_fails_leaves_no_doubt_but_its_own() {
    let place = Place::new().await;
    place.instead(Instead::Answer(503, ""));
    let error = place.managed().read().await.unwrap_err();
    assert!(error.is_retryable());
    assert!(place.record().await.content.pending.is_none());

    // Its answer may have held a new token.
    place.instead(Instead::DoneAndCut);
    place.managed().read().await.unwrap_err();
    assert_eq!(place.record().await.content.pending.unwrap().operation, Operation::Read);
    update(&place).await.unwrap();
    assert!(place.record().await.content.pending.is_none());
}
