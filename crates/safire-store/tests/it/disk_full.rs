//! A full disk, before the request and between the answer and its commit.

use std::path::PathBuf;

use safire::store::Query;
use safire::store::State;
use safire::store::StoreError;

use crate::process;
use crate::sample;
use crate::sample::answered;
use crate::sample::commit;
use crate::sample::id;
use crate::sample::insertion;
use crate::sample::intent;
use crate::sample::load;
use crate::sample::replacement;
use crate::sample::states;
use crate::sample::told;

/// Fits into a room, and is more than half of what fits into the file.
const LARGE: usize = 150_000;
/// Fits into no room.
const LARGER: usize = 900_000;

#[test]
fn before_the_request_nothing_is_left() {
    if let Some((path, _)) = process::task() {
        let error = commit(&sample::open(&path), insertion(intent(2))).unwrap_err();
        assert!(matches!(error, StoreError::Failed { .. }), "{error}");
        return;
    }
    let folder = sample::folder();
    let path = sample::file_in(&folder);
    commit(&sample::open(&path), insertion(answered(1, 0))).unwrap();
    let before = std::fs::read(&path).unwrap();
    let name = "disk_full::before_the_request_nothing_is_left";
    assert!(process::again_limited(name, &path, 0, 224).status().unwrap().success());
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert_eq!(std::fs::read_dir(folder.path().join("safire.db.rescue")).unwrap().count(), 0);
    assert_eq!(states(&load(&sample::open(&path), Query::All)), [(id(1), State::Registered)]);
}

#[test]
fn between_answer_and_commit_the_answer_is_rescued() {
    if let Some((path, _)) = process::task() {
        rescue_the_second(&path, LARGE);
        return;
    }
    taken_in_again("disk_full::between_answer_and_commit_the_answer_is_rescued", LARGE, 400);
}

#[test]
fn an_answer_larger_than_its_room_takes_more_of_the_disk_where_there_is_more() {
    if let Some((path, _)) = process::task() {
        rescue_the_second(&path, LARGER);
        return;
    }
    let name = "disk_full::an_answer_larger_than_its_room_takes_more_of_the_disk_where_there_is_more";
    taken_in_again(name, LARGER, 1700);
}

fn rescue_the_second(path: &PathBuf, size: usize) {
    let store = sample::open(path);
    commit(&store, insertion(answered(1, size))).unwrap();
    commit(&store, insertion(intent(2))).unwrap();
    let error = commit(&store, replacement(answered(2, size))).unwrap_err();
    let StoreError::Rescued { id: rescued, path, .. } = error else { panic!("{error}") };
    assert_eq!(rescued, id(2));
    assert!(path.is_file());
    assert_eq!(states(&load(&store, Query::Id(id(2)))), [(id(2), State::InDoubt)]);
}

fn taken_in_again(name: &str, size: usize, kib: u64) {
    let folder = sample::folder();
    let path = sample::file_in(&folder);
    drop(sample::open(&path));
    assert!(process::again_limited(name, &path, 0, kib).status().unwrap().success());
    let store = sample::open(&path);
    assert_eq!(store.taken_in(), [id(2)]);
    assert_eq!(told(&load(&store, Query::Id(id(2)))[0]), told(&answered(2, size)));
    assert!(!folder.path().join("safire.db.rescue").join(id(2).as_str()).exists());
    assert!(sample::open(&path).taken_in().is_empty(), "once");
}
