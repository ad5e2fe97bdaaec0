//! Rescue rooms: claimed, filled, taken in, given up.

use std::path::Path;
use std::path::PathBuf;

use rusqlite::Connection;
use safire::store::Change;
use safire::store::Query;
use safire::store::State;
use safire::store::StoreError;

use crate::sample;
use crate::sample::answered;
use crate::sample::commit;
use crate::sample::id;
use crate::sample::insertion;
use crate::sample::intent;
use crate::sample::load;
use crate::sample::replacement;
use crate::sample::states;

fn rooms(store: &Path) -> Vec<String> {
    let folder = store.with_file_name("safire.db.rescue");
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A store whose row 1 is in doubt and whose answer lies in its room: a trigger refused the commit.
fn rescued(path: &PathBuf) {
    let store = sample::open(path);
    commit(&store, insertion(intent(1))).unwrap();
    let db = Connection::open(path).unwrap();
    db.execute_batch(
        "CREATE TRIGGER refuse BEFORE UPDATE ON registration BEGIN SELECT RAISE(ABORT, 'refused'); END",
    )
    .unwrap();
    let error = commit(&store, replacement(answered(1, 0))).unwrap_err();
    let StoreError::Rescued { detail, .. } = error else { panic!("{error}") };
    assert!(detail.contains("refused"), "{detail}");
    drop(store);
    assert!(sample::open(path).taken_in().is_empty(), "still refused: the room stays, the store opens");
    db.execute_batch("DROP TRIGGER refuse").unwrap();
}

#[test]
fn one_spare_serves_one_registration_after_another() {
    let folder = sample::folder();
    let path = sample::file_in(&folder);
    let store = sample::open(&path);
    for number in 0..3 {
        commit(&store, insertion(intent(number))).unwrap();
        assert_eq!(rooms(&path), [id(number).as_str()]);
        commit(&store, replacement(answered(number, 0))).unwrap();
        assert_eq!(rooms(&path), ["spare"]);
    }
    commit(&store, insertion(intent(7))).unwrap();
    commit(&store, Change::Remove(id(7))).unwrap();
    assert_eq!(rooms(&path), ["spare"]);
}

#[test]
fn a_rescued_answer_is_taken_in_by_the_next_opening() {
    let folder = sample::folder();
    let path = sample::file_in(&folder);
    rescued(&path);
    let store = sample::open(&path);
    assert_eq!(store.taken_in(), [id(1)]);
    assert_eq!(states(&load(&store, Query::All)), [(id(1), State::Registered)]);
    assert!(rooms(&path).is_empty());
}

#[test]
fn a_rescued_answer_without_its_row_is_kept() {
    let folder = sample::folder();
    let path = sample::file_in(&folder);
    rescued(&path);
    Connection::open(&path).unwrap().execute("DELETE FROM registration", []).unwrap();
    assert_eq!(states(&load(&sample::open(&path), Query::All)), [(id(1), State::Registered)]);
}

#[test]
fn a_changed_rescue_file_stays_and_the_store_opens() {
    let folder = sample::folder();
    let path = sample::file_in(&folder);
    rescued(&path);
    let room = path.with_file_name("safire.db.rescue").join(id(1).as_str());
    let mut bytes = std::fs::read(&room).unwrap();
    bytes[60] ^= 1;
    std::fs::write(&room, &bytes).unwrap();
    let store = sample::open(&path);
    assert!(store.taken_in().is_empty());
    assert_eq!(states(&load(&store, Query::All)), [(id(1), State::InDoubt)]);
    assert_eq!(std::fs::read(&room).unwrap(), bytes);
}

#[test]
fn rooms_that_belong_to_nobody_are_cleared() {
    let folder = sample::folder();
    let path = sample::file_in(&folder);
    let store = sample::open(&path);
    commit(&store, insertion(intent(1))).unwrap();
    let rescue = path.with_file_name("safire.db.rescue");
    std::fs::write(rescue.join("new-0123"), "half").unwrap();
    std::fs::write(rescue.join(id(5).as_str()), [0; 64]).unwrap();
    drop(sample::open(&path));
    assert_eq!(rooms(&path), [id(1).as_str(), "spare"]);
    // The spare is too small to be trusted: the next claim makes a room of its own.
    commit(&store, insertion(intent(2))).unwrap();
    let room = std::fs::metadata(rescue.join(id(2).as_str())).unwrap();
    assert!(room.len() > 1 << 17);
}
