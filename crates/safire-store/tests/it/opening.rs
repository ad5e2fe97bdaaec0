//! Opening: what is recognised, what is refused, what is made.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rusqlite::Connection;
use safire::store::Query;
use safire::store::StoreError;
use safire_store::KeySource;
use safire_store::SealingKey;
use safire_store::SqliteStore;

use crate::process;
use crate::sample;
use crate::sample::answered;
use crate::sample::commit;
use crate::sample::insertion;
use crate::sample::intent;
use crate::sample::load;

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn eight_processes_open_a_fresh_store_at_once() {
    if let Some((path, number)) = process::task() {
        commit(&sample::open(&path), insertion(intent(number))).unwrap();
        return;
    }
    for _ in 0..5 {
        let folder = sample::folder();
        let path = sample::file_in(&folder);
        let name = "opening::eight_processes_open_a_fresh_store_at_once";
        let children: Vec<_> = (0..8)
            .map(|number| {
                let mut command = process::again(name, &path, number);
                command.stdout(std::process::Stdio::null()).spawn().unwrap()
            })
            .collect();
        for mut child in children {
            assert!(child.wait().unwrap().success());
        }
        assert_eq!(load(&sample::open(&path), Query::All).len(), 8);
        let header = std::fs::read(&path).unwrap();
        assert_eq!(header[18], 2, "write-ahead journal");
    }
}

#[test]
fn files_are_closed_to_others() {
    let folder = sample::folder();
    let path = folder.path().join("new/deep/safire.db");
    let store = sample::open(&path);
    commit(&store, insertion(intent(1))).unwrap();
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    for suffix in ["", "-wal", "-shm", ".key"] {
        let file = path.with_file_name(format!("safire.db{suffix}"));
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    let rooms = path.with_file_name("safire.db.rescue");
    assert_eq!(mode(&rooms), 0o700);
    assert_eq!(mode(&rooms.join(sample::id(1).as_str())), 0o600);
}

#[test]
fn opening_to_read_makes_nothing() {
    let folder = sample::folder();
    let opened = SqliteStore::open_existing(&sample::file_in(&folder), KeySource::Beside).unwrap();
    assert!(opened.is_none());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn reading_leaves_the_file_byte_for_byte() {
    let folder = sample::folder();
    let path = sample::file_in(&folder);
    let store = sample::open(&path);
    commit(&store, insertion(answered(1, 0))).unwrap();
    drop(store);
    let before = std::fs::read(&path).unwrap();
    let store = SqliteStore::open_existing(&path, KeySource::Beside).unwrap().unwrap();
    assert_eq!(load(&store, Query::All).len(), 1);
    drop(store);
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_wrong_key_changes_nothing() {
    let folder = sample::folder();
    let path = sample::file_in(&folder);
    drop(sample::open(&path));
    let before = std::fs::read(&path).unwrap();
    let other = SealingKey::generate().unwrap();
    let error = SqliteStore::open_or_create(&path, KeySource::Base64(other.expose_base64())).unwrap_err();
    let StoreError::WrongKey { given, wanted, .. } = error else { panic!("{error}") };
    assert_eq!(given, other.id().as_str());
    assert_ne!(given, wanted);
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_missing_key_is_not_made_for_an_old_store() {
    let folder = sample::folder();
    let path = sample::file_in(&folder);
    drop(sample::open(&path));
    let key = path.with_file_name("safire.db.key");
    std::fs::remove_file(&key).unwrap();
    let error = SqliteStore::open_or_create(&path, KeySource::Beside).unwrap_err();
    assert!(matches!(error, StoreError::Key { .. }), "{error}");
    assert!(!key.exists());
}

#[test]
fn a_key_file_open_to_others_is_refused() {
    let folder = sample::folder();
    let path = sample::file_in(&folder);
    drop(sample::open(&path));
    let key = path.with_file_name("safire.db.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let error = SqliteStore::open_or_create(&path, KeySource::File(key)).unwrap_err();
    assert!(error.to_string().contains("chmod 600"), "{error}");
}

#[test]
fn a_keyring_is_refused_with_its_alternatives() {
    let folder = sample::folder();
    let error = SqliteStore::open_or_create(&sample::file_in(&folder), KeySource::Keyring).unwrap_err();
    assert!(error.to_string().contains("SAFIRE_STORE_KEY"), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn what_is_no_store_is_left_byte_for_byte() {
    let folder = sample::folder();
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "milk, bread").unwrap();
    let foreign = folder.path().join("foreign.db");
    let db = Connection::open(&foreign).unwrap();
    db.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1);").unwrap();
    drop(db);
    for path in [text, foreign] {
        let before = std::fs::read(&path).unwrap();
        for create in [true, false] {
            let error = if create {
                SqliteStore::open_or_create(&path, KeySource::Beside).unwrap_err()
            } else {
                SqliteStore::open_existing(&path, KeySource::Beside).unwrap_err()
            };
            assert!(matches!(error, StoreError::NotAStore { .. }), "{error}");
        }
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is made beside them");
}

#[test]
fn a_newer_format_is_refused() {
    let folder = sample::folder();
    let path = sample::file_in(&folder);
    drop(sample::open(&path));
    let db = Connection::open(&path).unwrap();
    db.pragma_update(None, "user_version", 5).unwrap();
    drop(db);
    let before = std::fs::read(&path).unwrap();
    let error = SqliteStore::open_or_create(&path, KeySource::Beside).unwrap_err();
    assert!(matches!(error, StoreError::NewerFormat { found: 5, known: 4, .. }), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

/// A process that closes a file loses all its locks on it (POSIX). Without them another process with an SQLite older
/// than 3.51, such as a shell to look into the store, takes itself for the last one and removes the journal from under
/// the first.
#[test]
#[cfg(target_os = "linux")]
fn a_second_opening_leaves_the_locks_of_the_first() {
    use std::os::unix::fs::MetadataExt as _;
    let folder = sample::folder();
    let path = sample::file_in(&folder);
    let first = sample::open(&path);
    commit(&first, insertion(answered(1, 0))).unwrap();
    let process = format!(" {} ", std::process::id());
    let number = format!(":{} ", std::fs::metadata(&path).unwrap().ino());
    let is_locked = || {
        let locks = std::fs::read_to_string("/proc/locks").unwrap();
        locks.lines().any(|line| line.contains(&number) && line.contains(&process))
    };
    assert!(is_locked(), "the connection holds a lock while it is open");
    let second = sample::open(&path);
    assert!(is_locked());
    assert!(SqliteStore::open_existing(&path, KeySource::Beside).unwrap().is_some());
    assert!(is_locked());
    drop(first);
    assert_eq!(load(&second, Query::All).len(), 1);
    drop(second);
    assert!(!is_locked());
    assert_eq!(load(&sample::open(&path), Query::All).len(), 1);
}
