//! Sealing: nothing secret in any file, and no sealed part works in another place.

use std::path::Path;

use rusqlite::Connection;
use safire::store::ContentError;
use safire::store::Query;
use safire::store::Store;
use safire::store::StoreError;
use safire_store::SqliteStore;

use crate::sample;
use crate::sample::answered;
use crate::sample::commit;
use crate::sample::insertion;
use crate::sample::intent;
use crate::sample::replacement;

fn files_below(folder: &Path, found: &mut Vec<Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, found);
        } else {
            found.push(std::fs::read(path).unwrap());
        }
    }
}

#[test]
fn planted_secrets_are_in_no_file() {
    let folder = sample::folder();
    let path = sample::file_in(&folder);
    let store = sample::open(&path);
    commit(&store, insertion(intent(1))).unwrap();
    commit(&store, replacement(answered(1, 0))).unwrap();
    commit(&store, insertion(intent(2))).unwrap();
    let mut files = Vec::new();
    files_below(folder.path(), &mut files);
    let has = |text: &str| {
        files.iter().any(|file| file.windows(text.len()).any(|window| window == text.as_bytes()))
    };
    assert!(files.len() >= 5, "database, log, index, key, rooms");
    assert!(has("fhir.example.com"), "the search finds what is in clear");
    assert!(!has(sample::SECRET));
    assert!(!has(sample::KEY_TEXT));
    assert!(!format!("{store:?}").contains("planted"));
}

fn edited(sql: &str) -> (SqliteStore, tempfile::TempDir) {
    let folder = sample::folder();
    let path = sample::file_in(&folder);
    let store = sample::open(&path);
    commit(&store, insertion(answered(1, 0))).unwrap();
    commit(&store, insertion(answered(2, 0))).unwrap();
    let db = Connection::open(&path).unwrap();
    db.execute_batch(sql).unwrap();
    (store, folder)
}

fn assert_unreadable(store: &SqliteStore) {
    let error = sample::run(store.load(Query::Id(sample::id(1)))).unwrap_err();
    let StoreError::Unreadable { id, reason: ContentError::Damaged { .. } } = error else {
        panic!("{error}")
    };
    assert_eq!(id, sample::id(1));
}

#[test]
fn a_sealed_part_of_another_row_is_refused() {
    let (store, _folder) = edited(
        "UPDATE registration SET sealed = (SELECT sealed FROM registration WHERE seq = 2) WHERE seq = 1",
    );
    assert_unreadable(&store);
}

#[test]
fn a_redirected_row_is_refused() {
    let (store, _folder) = edited("UPDATE registration SET base_url = 'https://evil.example' WHERE seq = 1");
    assert_unreadable(&store);
}

#[test]
fn a_cut_seal_is_refused() {
    let (store, _folder) = edited("UPDATE registration SET sealed = x'00' WHERE seq = 1");
    assert_unreadable(&store);
}
