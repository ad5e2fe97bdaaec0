//! Registrations that are managed: room on this machine for the answer of an update, and what another machine did meanwhile.

use safire::protocol::registration::Answer;
use safire::protocol::registration::AnswerTo;
use safire::protocol::time::UnixTime;
use safire::store::Query;
use safire::store::Record;
use safire::store::StoreError;
use safire_store::PostgresStore;

use crate::managed::LATER;
use crate::managed::updated;
use crate::managed::updating;
use crate::postgres::server::Place;
use crate::postgres::server::builder;
use crate::postgres::server::opened;
use crate::postgres::server::rooms;
use crate::postgres::server::shared;
use crate::sample;
use crate::sample::answered;
use crate::sample::commit;
use crate::sample::id;
use crate::sample::insertion;
use crate::sample::load;
use crate::sample::replacement;
use crate::sample::told;

fn one(store: &PostgresStore) -> Record {
    load(store, Query::Id(id(1))).pop().unwrap()
}

#[test]
fn an_update_that_is_about_to_be_sent_has_room_for_its_answer() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    let store = place.open();
    commit(&store, insertion(answered(1, 0))).unwrap();
    assert!(rooms(&place.rooms()).is_empty());
    commit(&store, replacement(updating(1))).unwrap();
    assert_eq!(rooms(&place.rooms()), [id(1).as_str()]);
    // Another process opens the store meanwhile.
    assert!(place.open().taken_in().is_empty());
    assert_eq!(rooms(&place.rooms()), [id(1).as_str()], "an answer is still awaited");
    commit(&store, replacement(updating(1))).unwrap();
    commit(&store, replacement(updated(1))).unwrap();
    assert_eq!(rooms(&place.rooms()), ["spare"]);
    let unknown = StoreError::Unknown { id: id(2) };
    assert_eq!(commit(&store, replacement(updating(2))), Err(unknown));
    assert_eq!(rooms(&place.rooms()), ["spare"], "nothing awaits an answer");
}

#[test]
fn without_room_no_update_is_begun() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    let store = place.open();
    commit(&store, insertion(answered(1, 0))).unwrap();
    std::fs::remove_dir_all(place.rooms()).ok();
    std::fs::write(place.rooms(), "in the way").unwrap();
    let error = commit(&store, replacement(updating(1))).unwrap_err();
    assert!(error.to_string().contains("reserving room"), "{error}");
    assert!(one(&store).content.pending.is_none());
}

/// An update was answered, and only its room has the answer: the database refuses it.
fn rescued(place: &Place<'_>) -> PostgresStore {
    let store = place.open();
    commit(&store, insertion(answered(1, 0))).unwrap();
    commit(&store, replacement(updating(1))).unwrap();
    let refuse = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ \
                  BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '53100'; END $$; \
                  CREATE TRIGGER refuse BEFORE UPDATE ON safire.registration FOR EACH ROW EXECUTE FUNCTION refuse()";
    place.database.sql(refuse).unwrap();
    let error = commit(&store, replacement(updated(1))).unwrap_err();
    assert!(matches!(error, StoreError::Rescued { .. }), "{error}");
    place.database.sql("DROP TRIGGER refuse ON safire.registration").unwrap();
    store
}

#[test]
fn a_rotated_token_that_cannot_be_committed_is_rescued_and_taken_in() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    drop(rescued(&place));
    let store = place.open();
    assert_eq!(store.taken_in(), [id(1)]);
    assert_eq!(told(&one(&store)), told(&updated(1)));
    assert_eq!(rooms(&place.rooms()).len(), 0);
}

/// Who goes on without it would send the old token and lose the new one.
#[test]
fn nothing_is_sent_while_a_room_holds_an_answer() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    let other = place.open();
    drop(rescued(&place));
    let error = commit(&other, replacement(updating(1))).unwrap_err();
    assert!(error.to_string().contains("rescue room"), "{error}");
    assert_eq!(place.open().taken_in(), [id(1)]);
    commit(&other, replacement(updated(1))).unwrap();
    commit(&other, replacement(updating(1))).unwrap();
}

/// Another machine cannot see the room. It settled the doubt by a read, with the token that it knew.
#[test]
fn what_another_machine_did_meanwhile_stays_beside_the_rescued_answer() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    drop(rescued(&place));
    let elsewhere = sample::folder();
    let there = opened(builder(&place.database.url(), elsewhere.path()));
    let mut read = answered(1, 0);
    let requested = std::sync::Arc::new(read.content.requested.clone());
    let mut answers = read.content.answers();
    let body = br#"{"client_id":"c1","client_name":"A name of today"}"#.to_vec();
    let later = UnixTime::from_seconds(LATER.as_seconds() + 100);
    answers.add(&requested, Answer::new(Some(200), None, body, later).to(AnswerTo::Read));
    read.content.set_answers(answers);
    commit(&there, replacement(read)).unwrap();

    let store = place.open();
    assert_eq!(store.taken_in(), [id(1)]);
    let registration = one(&store).registration().unwrap();
    assert_eq!(registration.granted().client_name.as_deref(), Some("A name of today"));
    assert_eq!(registration.client_secret().unwrap().expose_secret(), sample::SECRET);
    let token = registration.registration_access_token().unwrap();
    assert_eq!(token.expose_secret(), "planted-second-token");
}
