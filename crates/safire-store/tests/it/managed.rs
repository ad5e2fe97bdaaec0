//! A registration that is managed: room for the answer of an update, and a state that changes alone.

use std::path::Path;

use rusqlite::Connection;
use safire::protocol::registration::Answer;
use safire::protocol::registration::AnswerTo;
use safire::protocol::registration::Trial;
use safire::protocol::registration::management::Operation;
use safire::protocol::secret::PrivateKeyPem;
use safire::protocol::time::UnixTime;
use safire::store::Change;
use safire::store::KeyMaterial;
use safire::store::KeyRotation;
use safire::store::MemoryStore;
use safire::store::Pending;
use safire::store::Query;
use safire::store::Record;
use safire::store::State;
use safire::store::Store;
use safire::store::StoreError;

use crate::sample;
use crate::sample::answered;
use crate::sample::commit;
use crate::sample::id;
use crate::sample::insertion;
use crate::sample::load;
use crate::sample::replacement;
use crate::sample::told;

pub(crate) const LATER: UnixTime = UnixTime::from_seconds(1_700_000_900);

fn room(store: &Path) -> bool {
    store.with_file_name("safire.db.rescue").join(id(1).as_str()).is_file()
}

/// An update is about to be sent.
pub(crate) fn updating(number: u64) -> Record {
    let mut record = answered(number, 0);
    let requested = record.content.requested.clone();
    record.content.pending = Some(Pending::new(Operation::Update, LATER, Some(requested)));
    record
}

/// It was answered.
pub(crate) fn updated(number: u64) -> Record {
    let mut record = answered(number, 0);
    let body = br#"{"client_id":"c1","registration_access_token":"planted-second-token"}"#.to_vec();
    let mut answers = record.content.answers();
    let requested = std::sync::Arc::new(record.content.requested.clone());
    answers.add(&requested, Answer::new(Some(200), None, body, LATER).to(AnswerTo::Update));
    record.content.set_answers(answers);
    record
}

#[test]
fn memory_store_keeps_managed_registrations() {
    suite(&MemoryStore::new());
}

#[test]
fn sqlite_store_keeps_managed_registrations() {
    let folder = sample::folder();
    suite(&sample::open(&sample::file_in(&folder)));
}

/// On an empty store.
pub(crate) fn suite(store: &dyn Store) {
    all_that_managing_needs_comes_back_whole(store);
    a_state_changes_alone_and_only_from_where_it_was(store);
    an_update_may_be_sent_again_and_only_for_what_is_there(store);
}

fn all_that_managing_needs_comes_back_whole(store: &dyn Store) {
    let mut record = updated(1);
    assert_eq!(record.content.earlier.len(), 1, "the secret stands in the first answer");
    record.content.earlier[0].token = Trial::Refused;
    record.content.earlier[0].secret = Trial::Works;
    record.content.pending = updating(1).content.pending;
    record.content.pending.as_mut().unwrap().note = Some("no answer".to_owned());
    record.content.key_rotation =
        Some(KeyRotation::Proving { next: KeyMaterial::Pem(PrivateKeyPem::new("planted-next-key")) });
    record.content.replaces = Some(id(7));
    record.content.replaced_by = Some(id(8));
    commit(store, insertion(record.clone())).unwrap();
    assert_eq!(told(&load(store, Query::Id(id(1)))[0]), told(&record));
    record.content.key_rotation = Some(KeyRotation::Retiring { kid: "old".to_owned() });
    commit(store, replacement(record.clone())).unwrap();
    let back = load(store, Query::Id(id(1)));
    assert_eq!(told(&back[0]), told(&record));
    assert!(!format!("{back:?}").contains("planted"), "{back:?}");
}

fn a_state_changes_alone_and_only_from_where_it_was(store: &dyn Store) {
    let set = |number, from| Change::SetState { id: id(number), from, to: State::Active, at: LATER };
    commit(store, insertion(answered(2, 0))).unwrap();
    // Somebody writes a new answer after the state was looked at.
    commit(store, replacement(updated(2))).unwrap();
    commit(store, set(2, State::Registered)).unwrap();
    let record = load(store, Query::Id(id(2))).pop().unwrap();
    assert_eq!((record.state, record.updated_at), (State::Active, LATER));
    assert_eq!(record.content.to_bytes(), updated(2).content.to_bytes());

    commit(store, set(2, State::Gone)).unwrap();
    assert_eq!(load(store, Query::Id(id(2)))[0].state, State::Active);
    assert_eq!(commit(store, set(9, State::Registered)), Err(StoreError::Unknown { id: id(9) }));
}

fn an_update_may_be_sent_again_and_only_for_what_is_there(store: &dyn Store) {
    commit(store, insertion(answered(3, 0))).unwrap();
    commit(store, replacement(updating(3))).unwrap();
    commit(store, replacement(updating(3))).unwrap();
    assert!(load(store, Query::Id(id(3)))[0].awaits_answer());
    commit(store, replacement(updated(3))).unwrap();
    assert_eq!(told(&load(store, Query::Id(id(3)))[0]), told(&updated(3)));
    assert_eq!(commit(store, replacement(updating(9))), Err(StoreError::Unknown { id: id(9) }));
}

#[test]
fn an_update_that_is_about_to_be_sent_has_room_for_its_answer() {
    let folder = sample::folder();
    let path = sample::file_in(&folder);
    let store = sample::open(&path);
    commit(&store, insertion(answered(1, 0))).unwrap();
    assert!(!room(&path));
    commit(&store, replacement(updating(1))).unwrap();
    assert!(room(&path));
    // Another process opens the store meanwhile.
    assert!(sample::open(&path).taken_in().is_empty());
    assert!(room(&path), "an answer is still awaited");
    commit(&store, replacement(updating(1))).unwrap();
    assert!(room(&path));
    commit(&store, replacement(updated(1))).unwrap();
    assert!(!room(&path));
    let unknown = StoreError::Unknown { id: id(2) };
    assert_eq!(commit(&store, replacement(updating(2))), Err(unknown));
}

#[test]
fn a_rotated_token_that_cannot_be_committed_is_rescued_and_taken_in() {
    let folder = sample::folder();
    let path = sample::file_in(&folder);
    let store = sample::open(&path);
    commit(&store, insertion(answered(1, 0))).unwrap();
    commit(&store, replacement(updating(1))).unwrap();
    let db = Connection::open(&path).unwrap();
    db.execute_batch(
        "CREATE TRIGGER refuse BEFORE UPDATE ON registration BEGIN SELECT RAISE(ABORT, 'refused'); END",
    )
    .unwrap();
    let error = commit(&store, replacement(updated(1))).unwrap_err();
    assert!(matches!(error, StoreError::Rescued { .. }), "{error}");
    db.execute_batch("DROP TRIGGER refuse").unwrap();

    // Who goes on without it would send the old token and lose the new one.
    let error = commit(&store, replacement(updating(1))).unwrap_err();
    assert!(error.to_string().contains("rescue room"), "{error}");
    assert_eq!(sample::open(&path).taken_in(), [id(1)]);
    let record = load(&sample::open(&path), Query::Id(id(1))).pop().unwrap();
    assert_eq!(told(&record), told(&updated(1)));
    let registration = record.registration().unwrap();
    assert_eq!(registration.client_secret().unwrap().expose_secret(), sample::SECRET);
    let token = registration.registration_access_token().unwrap();
    assert_eq!(token.expose_secret(), "planted-second-token");
}

#[test]
fn without_room_no_update_is_begun() {
    let folder = sample::folder();
    let path = sample::file_in(&folder);
    let store = sample::open(&path);
    commit(&store, insertion(answered(1, 0))).unwrap();
    std::fs::write(path.with_file_name("safire.db.rescue"), "in the way").unwrap();
    let error = commit(&store, replacement(updating(1))).unwrap_err();
    assert!(error.to_string().contains("reserving room"), "{error}");
    assert!(load(&store, Query::Id(id(1)))[0].content.pending.is_none());
}
