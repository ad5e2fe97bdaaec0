//! Rescue rooms of a database: on this machine, filled while it is away, taken in when it is back.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use safire::store::Change;
use safire::store::Query;
use safire::store::State;
use safire::store::StoreError;

use crate::postgres::server::Place;
use crate::postgres::server::own;
use crate::postgres::server::rooms;
use crate::postgres::server::shared;
use crate::sample::answered;
use crate::sample::commit;
use crate::sample::id;
use crate::sample::insertion;
use crate::sample::intent;
use crate::sample::load;
use crate::sample::replacement;
use crate::sample::states;
use crate::sample::told;

#[test]
fn an_answer_is_rescued_while_the_server_is_away_and_taken_in_when_it_is_back() {
    let Some(server) = own() else { return };
    let place = Place::at(&server);
    let store = place.open();
    for number in [1, 2] {
        commit(&store, insertion(intent(number))).unwrap();
    }
    server.stop().unwrap();
    for number in [1, 2] {
        let error = commit(&store, replacement(answered(number, 900_000))).unwrap_err();
        let StoreError::Rescued { id: rescued, path, .. } = &error else { panic!("{error}") };
        assert_eq!(*rescued, id(number));
        let room = std::fs::read(path).unwrap();
        assert!(!room.windows(7).any(|window| window == b"planted"), "sealed");
    }
    server.start_again().unwrap();
    // The same process, at its next use.
    assert_eq!(told(&load(&store, Query::Id(id(1)))[0]), told(&answered(1, 900_000)));
    let mut taken_in = store.taken_in();
    taken_in.sort();
    assert_eq!(taken_in, [id(1), id(2)]);
    assert!(rooms(&place.rooms()).is_empty());
    let again = place.open();
    assert!(again.taken_in().is_empty(), "once");
    assert_eq!(load(&again, Query::All).len(), 2);
}

/// A store whose row 1 is in doubt and whose answer lies in its room: a trigger refused the commit.
fn rescued(place: &Place<'_>) {
    let store = place.open();
    commit(&store, insertion(intent(1))).unwrap();
    let refuse = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ \
                  BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100'; END $$; \
                  CREATE TRIGGER refuse BEFORE UPDATE ON safire.registration FOR EACH ROW EXECUTE FUNCTION refuse()";
    place.database.sql(refuse).unwrap();
    let error = commit(&store, replacement(answered(1, 0))).unwrap_err();
    let StoreError::Rescued { detail, .. } = error else { panic!("{error}") };
    assert!(detail.contains("no space left"), "{detail}");
    drop(store);
    assert!(place.open().taken_in().is_empty(), "still refused: the room stays, the store opens");
    place.database.sql("DROP TRIGGER refuse ON safire.registration").unwrap();
}

#[test]
fn an_answer_rescued_from_a_full_disk_is_taken_in_by_the_next_opening() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    rescued(&place);
    let store = place.open();
    assert_eq!(store.taken_in(), [id(1)]);
    assert_eq!(states(&load(&store, Query::All)), [(id(1), State::Registered)]);
    assert!(rooms(&place.rooms()).is_empty());
}

#[test]
fn a_rescued_answer_without_its_row_is_kept() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    rescued(&place);
    place.database.sql("DELETE FROM safire.registration").unwrap();
    assert_eq!(states(&load(&place.open(), Query::All)), [(id(1), State::Registered)]);
}

#[test]
fn a_changed_rescue_file_stays_and_the_store_opens() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    rescued(&place);
    let room = place.rooms().join(id(1).as_str());
    let mut bytes = std::fs::read(&room).unwrap();
    bytes[60] ^= 1;
    std::fs::write(&room, &bytes).unwrap();
    let store = place.open();
    assert!(store.taken_in().is_empty());
    assert_eq!(states(&load(&store, Query::All)), [(id(1), State::InDoubt)]);
    assert_eq!(std::fs::read(&room).unwrap(), bytes);
}

#[test]
fn rooms_that_belong_to_nobody_are_cleared() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    let store = place.open();
    commit(&store, insertion(intent(1))).unwrap();
    std::fs::write(place.rooms().join("new-0123"), "half").unwrap();
    std::fs::write(place.rooms().join(id(5).as_str()), [0; 64]).unwrap();
    drop(place.open());
    assert_eq!(rooms(&place.rooms()), [id(1).as_str(), "spare"]);
    commit(&store, Change::Remove(id(1))).unwrap();
    assert_eq!(rooms(&place.rooms()), ["spare"]);
}

/// Openings clear rooms while intents are under way: none of them loses its room.
#[test]
fn a_room_is_not_cleared_before_its_intent_is_committed() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    let store = place.open();
    commit(&store, insertion(intent(0))).unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                drop(place.open());
            }
        });
        for number in 1..30 {
            commit(&store, insertion(intent(number))).unwrap();
            assert!(place.rooms().join(id(number).as_str()).is_file(), "{number}");
            commit(&store, replacement(answered(number, 0))).unwrap();
        }
        done.store(true, Ordering::Relaxed);
    });
}
