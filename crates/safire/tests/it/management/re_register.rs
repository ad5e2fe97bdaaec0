//! A client that its server no longer knows is registered once more where that is wanted, and never twice.

use safire::Credentials;
use safire::Error;
use safire::management::ReRegister;
use safire::protocol::fault::Diagnose;
use safire::server::Origin;
use safire::store::Change;
use safire::store::Query;
use safire::store::RecordId;
use safire::store::State;
use safire::store::Store;

use super::setting::Place;
use crate::script;

/// A second run: the registration comes from the store, and a token is asked for.
async fn token(place: &Place, id: &RecordId) -> Result<(), Error> {
    let record = place.server.manage(&*place.store, id).record().await.unwrap();
    let credentials = Credentials::of_record(&record, &record.registration()?, None)?;
    place.server.client(credentials).request_backend_token(None).await.map(drop)
}

async fn recover(place: &Place, id: &RecordId, refusal: &Error) -> Result<(RecordId, Origin), Error> {
    let managed = place.server.manage(&*place.store, id);
    let registered = managed.after_refusal(refusal, ReRegister::Once, None).await?;
    Ok((registered.id().unwrap().clone(), registered.origin))
}

#[tokio::test]
async fn t12_invalid_client_leads_to_one_registration_and_the_old_one_stays_as_history() {
    for status in [401, 400] {
        let place = Place::new().await;
        let metadata = script::metadata();
        let second = place.server.register_client(&metadata).store(&*place.store).await.unwrap();
        assert_eq!(second.origin, Origin::Found, "a second run registers nothing");

        place.set(|registry| registry.no_token = Some((status, r#"{"error":"invalid_client"}"#)));
        let refusal = token(&place, &place.id).await.unwrap_err();
        let (new, origin) = recover(&place, &place.id, &refusal).await.unwrap();
        assert_eq!(origin, Origin::Sent);
        assert_eq!(place.registry.lock().unwrap().registered, 2);
        let old = place.record().await;
        assert_eq!(old.state, State::Gone);
        assert_eq!(old.content.replaced_by.as_ref(), Some(&new));
        assert!(old.registration().unwrap().client_secret().is_some(), "history is whole");

        // Whoever still has the old one is led to the new one.
        let again = recover(&place, &place.id, &refusal).await.unwrap();
        assert_eq!(again, (new.clone(), Origin::Found));

        // Never twice, never in a loop.
        let refusal = token(&place, &new).await.unwrap_err();
        for _ in 0..3 {
            let error = recover(&place, &new, &refusal).await.unwrap_err();
            assert_eq!(error.code(), "token-refused");
        }
        assert_eq!(place.registry.lock().unwrap().registered, 2);

        place.set(|registry| registry.no_token = None);
        token(&place, &new).await.unwrap();
    }
}

#[tokio::test]
async fn a_successor_that_worked_for_a_day_may_be_replaced_in_its_turn() {
    let place = Place::new().await;
    place.set(|registry| registry.no_token = Some((401, r#"{"error":"invalid_client"}"#)));
    let refusal = token(&place, &place.id).await.unwrap_err();
    let (new, _) = recover(&place, &place.id, &refusal).await.unwrap();
    let at = place.record().await.updated_at;
    let worked = Change::SetState { id: new.clone(), from: State::Registered, to: State::Active, at };
    place.store.commit(worked).await.unwrap();
    recover(&place, &new, &refusal).await.unwrap_err();
    place.clock.advance(25 * 3600);
    let (third, origin) = recover(&place, &new, &refusal).await.unwrap();
    assert_eq!(origin, Origin::Sent);
    assert_ne!(third, new);
}

#[tokio::test]
async fn by_the_policy_report_nothing_is_registered() {
    let place = Place::new().await;
    place.set(|registry| registry.no_token = Some((401, r#"{"error":"invalid_client"}"#)));
    let refusal = token(&place, &place.id).await.unwrap_err();
    let error = place.managed().after_refusal(&refusal, ReRegister::default(), None).await.unwrap_err();
    assert_eq!(error.code(), "token-refused");
    assert_eq!(place.registry.lock().unwrap().registered, 1);
    assert_eq!(place.record().await.state, State::Registered);
}

#[tokio::test]
async fn no_other_refusal_leads_to_a_registration() {
    for (status, body) in [
        (400, r#"{"error":"invalid_grant"}"#),
        (400, r#"{"error":"unauthorized_client"}"#),
        (401, ""),
        (500, ""),
    ] {
        let place = Place::new().await;
        place.set(|registry| registry.no_token = Some((status, body)));
        let refusal = token(&place, &place.id).await.unwrap_err();
        recover(&place, &place.id, &refusal).await.unwrap_err();
        assert_eq!(place.registry.lock().unwrap().registered, 1, "{status} {body}");
    }
}

#[tokio::test]
async fn what_waits_for_approval_or_was_deleted_is_not_replaced() {
    for state in [State::AwaitingApproval, State::Deleted] {
        let place = Place::new().await;
        place.set(|registry| registry.no_token = Some((401, r#"{"error":"invalid_client"}"#)));
        let refusal = token(&place, &place.id).await.unwrap_err();
        let at = place.record().await.updated_at;
        let change = Change::SetState { id: place.id.clone(), from: State::Registered, to: state, at };
        place.store.commit(change).await.unwrap();
        recover(&place, &place.id, &refusal).await.unwrap_err();
        assert_eq!(place.registry.lock().unwrap().registered, 1, "{state}");
    }
}

#[tokio::test]
async fn t13_a_crash_between_the_two_records_does_not_lead_to_a_third() {
    let place = Place::new().await;
    place.set(|registry| registry.no_token = Some((401, r#"{"error":"invalid_client"}"#)));
    let refusal = token(&place, &place.id).await.unwrap_err();
    let (new, _) = recover(&place, &place.id, &refusal).await.unwrap();
    // The process died before the old record got its link.
    let mut old = place.record().await;
    old.content.replaced_by = None;
    old.state = State::Registered;
    place.store.commit(Change::Replace(Box::new(old))).await.unwrap();
    assert_eq!(recover(&place, &place.id, &refusal).await.unwrap(), (new.clone(), Origin::Found));
    assert_eq!(place.record().await.content.replaced_by, Some(new.clone()));

    // It died before the new answer was stored.
    let mut successor = place.store.load(Query::Id(new.clone())).await.unwrap().pop().unwrap();
    (successor.state, successor.content.answer) = (State::InDoubt, None);
    place.store.commit(Change::Replace(Box::new(successor))).await.unwrap();
    let error = recover(&place, &place.id, &refusal).await.unwrap_err();
    assert_eq!((error.code(), error.record_id()), ("registration-in-doubt", Some(&new)));
    assert_eq!(place.registry.lock().unwrap().registered, 2);
}

#[tokio::test]
async fn a_secret_that_an_update_seemed_to_replace_is_tried_first() {
    let place = Place::new().await;
    let (secret, _) = place.issued();
    place.set(|registry| registry.rotates_secret = true);
    let metadata = script::metadata();
    place.managed().update(&metadata).await.unwrap();
    // The server has shown a new one and goes on with the old one.
    place.set(|registry| registry.secret.clone_from(&secret));
    let refusal = token(&place, &place.id).await.unwrap_err();
    assert_eq!(recover(&place, &place.id, &refusal).await.unwrap(), (place.id.clone(), Origin::Found));
    assert_eq!(place.registry.lock().unwrap().registered, 1);
    token(&place, &place.id).await.unwrap();
}
