//! Looking after a store, of either kind: check, change of key, export, import.

use rusqlite::Connection;
use safire::protocol::time::UnixTime;
use safire::store::Query;
use safire::store::StoreError;
use safire::store::TokenQuery;
use safire_store::AnyStore;
use safire_store::KeySource;
use safire_store::Opening;
use safire_store::SealingKey;
use safire_store::SqliteStore;
use tempfile::TempDir;

use crate::process;
use crate::sample;
use crate::sample::answered;
use crate::sample::commit;
use crate::sample::id;
use crate::sample::insertion;
use crate::sample::intent;
use crate::sample::keep;
use crate::sample::load;
use crate::sample::load_tokens;
use crate::sample::replacement;
use crate::sample::run;
use crate::sample::token;
use crate::sample::told;
use crate::sample::told_token;

/// Two registrations, one of them in doubt, and a token.
pub(crate) fn fill(store: &AnyStore) {
    commit(store, insertion(answered(1, 4_000))).unwrap();
    commit(store, insertion(intent(2))).unwrap();
    commit(store, keep(token(1))).unwrap();
}

pub(crate) fn assert_filled(store: &AnyStore) {
    let records: Vec<_> = load(store, Query::All).iter().map(told).collect();
    assert_eq!(records, [told(&answered(1, 4_000)), told(&intent(2))]);
    let tokens = load_tokens(store, TokenQuery::Of(id(1)));
    assert_eq!(tokens.iter().map(told_token).collect::<Vec<_>>(), [told_token(&token(1))]);
}

pub(crate) fn findings(store: &AnyStore) -> Vec<&'static str> {
    let report = run(store.check()).unwrap();
    report.findings.iter().map(safire_store::Finding::code).collect()
}

fn open(folder: &TempDir, name: &str, key: &KeySource) -> AnyStore {
    let path = folder.path().join(name);
    run(Opening::new(&path, key).open_or_create()).unwrap()
}

pub(crate) fn base64(key: &SealingKey) -> KeySource {
    KeySource::Base64(key.expose_base64())
}

/// The key of a filled store is changed: nobody goes on under the old one.
pub(crate) fn key_change(store: &AnyStore, reopen: impl Fn(KeySource) -> Result<AnyStore, StoreError>) {
    let new = SealingKey::generate().unwrap();
    run(store.rotate_key(&new)).unwrap();
    let old = [
        commit(store, insertion(answered(9, 0))).unwrap_err(),
        commit(store, replacement(answered(1, 0))).unwrap_err(),
        commit(store, keep(token(1))).unwrap_err(),
        run(safire::store::Store::load(store, Query::All)).unwrap_err(),
        run(safire::store::Store::load_tokens(store, TokenQuery::Of(id(1)))).unwrap_err(),
        run(store.rotate_key(&new)).unwrap_err(),
    ];
    for error in old {
        assert!(matches!(error, StoreError::WrongKey { .. }), "{error}");
    }
    let store = reopen(base64(&new)).unwrap();
    assert_filled(&store);
    assert!(findings(&store).is_empty());
}

#[test]
fn sqlite_changes_its_key() {
    let folder = sample::folder();
    let first = base64(&SealingKey::generate().unwrap());
    let store = open(&folder, "a.db", &first);
    fill(&store);
    let path = folder.path().join("a.db");
    key_change(&store, |key| run(Opening::new(&path, key).open_or_create()));
    let error = run(Opening::new(&path, &first).open_existing()).unwrap_err();
    assert!(matches!(error, StoreError::WrongKey { .. }), "{error}");
}

#[test]
fn a_key_beside_its_store_is_changed_with_it() {
    let folder = sample::folder();
    let store = open(&folder, "a.db", &KeySource::Beside);
    fill(&store);
    let AnyStore::Sqlite(sqlite) = &store else { panic!("{store:?}") };
    let before = std::fs::read(folder.path().join("a.db.key")).unwrap();
    run(sqlite.rotate_key_beside()).unwrap();
    assert_ne!(std::fs::read(folder.path().join("a.db.key")).unwrap(), before);
    assert!(!folder.path().join("a.db.key.next").exists());
    assert_filled(&open(&folder, "a.db", &KeySource::Beside));
    let elsewhere = open(&folder, "b.db", &base64(&SealingKey::generate().unwrap()));
    let AnyStore::Sqlite(sqlite) = &elsewhere else { panic!("{elsewhere:?}") };
    assert!(matches!(run(sqlite.rotate_key_beside()), Err(StoreError::Key { .. })));
}

/// The process died after the database was sealed anew, or before: the key that fits is found.
#[test]
fn a_change_of_key_that_was_cut_leaves_a_key_that_fits() {
    let folder = sample::folder();
    let (key, next) = (folder.path().join("a.db.key"), folder.path().join("a.db.key.next"));
    let store = open(&folder, "a.db", &KeySource::Beside);
    fill(&store);
    let old = std::fs::read(&key).unwrap();
    let AnyStore::Sqlite(sqlite) = &store else { panic!("{store:?}") };
    run(sqlite.rotate_key_beside()).unwrap();
    std::fs::rename(&key, &next).unwrap();
    write_private(&key, &old);
    assert_filled(&open(&folder, "a.db", &KeySource::Beside));
    assert!(!next.exists(), "the opening put it into place");
    // A next key that was written and never used is in nobody's way.
    let unused = SealingKey::generate().unwrap();
    write_private(&next, unused.expose_base64().as_bytes());
    assert_filled(&open(&folder, "a.db", &KeySource::Beside));
    let store = open(&folder, "a.db", &KeySource::Beside);
    let AnyStore::Sqlite(sqlite) = &store else { panic!("{store:?}") };
    run(sqlite.rotate_key_beside()).unwrap();
    assert_filled(&open(&folder, "a.db", &KeySource::Beside));
}

fn write_private(path: &std::path::Path, text: &[u8]) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn of_many_processes_that_change_the_key_each_leaves_the_store_open() {
    if let Some((path, _)) = process::task() {
        for _ in 0..5 {
            let store = SqliteStore::open_existing(&path, KeySource::Beside).unwrap().unwrap();
            match run(store.rotate_key_beside()) {
                Ok(_) | Err(StoreError::WrongKey { .. }) => {}
                Err(error) => panic!("{error}"),
            }
        }
        return;
    }
    let folder = sample::folder();
    fill(&open(&folder, "a.db", &KeySource::Beside));
    let name = "upkeep::of_many_processes_that_change_the_key_each_leaves_the_store_open";
    let children: Vec<_> = (0..4)
        .map(|number| {
            let mut command = process::again(name, &folder.path().join("a.db"), number);
            command.stdout(std::process::Stdio::null()).spawn().unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_filled(&open(&folder, "a.db", &KeySource::Beside));
}

/// Its answer would come under the old key.
pub(crate) fn key_stays_while_a_registration_is_under_way(store: &AnyStore) {
    use safire::clock::Clock as _;
    let mut now = intent(3);
    now.updated_at = safire::clock::SystemClock::new().now();
    commit(store, insertion(now)).unwrap();
    let new = SealingKey::generate().unwrap();
    let error = run(store.rotate_key(&new)).unwrap_err();
    assert!(error.to_string().contains(id(3).as_str()), "{error}");
    let mut long_ago = intent(3);
    long_ago.updated_at = UnixTime::from_seconds(1_700_000_000);
    commit(store, replacement(long_ago)).unwrap();
    run(store.rotate_key(&new)).unwrap();
}

#[test]
fn the_key_of_a_file_stays_while_a_registration_is_under_way() {
    let folder = sample::folder();
    let store = open(&folder, "a.db", &KeySource::Beside);
    key_stays_while_a_registration_is_under_way(&store);
}

/// A filled store goes into a file, and from there into an empty one.
pub(crate) fn export_and_import(from: &AnyStore, to: &AnyStore) {
    let folder = sample::folder();
    let file = folder.path().join("all.safire");
    let key = SealingKey::generate().unwrap();
    let exported = run(from.export(&file, &key)).unwrap();
    assert_eq!((exported.records, exported.tokens), (2, 1));
    let bytes = std::fs::read(&file).unwrap();
    assert!(
        !bytes.windows(7).any(|window| window == b"planted" || window == b"example"),
        "all of it is sealed"
    );
    let again = run(from.export(&file, &key)).unwrap_err();
    assert!(again.to_string().contains("exists"), "{again}");
    assert_eq!(std::fs::read(&file).unwrap(), bytes);

    let wrong = run(to.import(&file, &SealingKey::generate().unwrap())).unwrap_err();
    assert!(matches!(wrong, StoreError::WrongKey { .. }), "{wrong}");
    for damaged in [
        &bytes[..bytes.len() - 1],
        &bytes[..bytes.len() / 2],
        &bytes[..20],
        &[bytes.as_slice(), b"x"].concat(),
    ] {
        let damaged = if damaged.len() > bytes.len() { flipped(&bytes) } else { damaged.to_vec() };
        std::fs::write(folder.path().join("damaged"), damaged).unwrap();
        let error = run(to.import(folder.path().join("damaged"), &key)).unwrap_err();
        assert!(matches!(error, StoreError::NotAStore { .. }), "{error}");
        assert!(load(to, Query::All).is_empty());
    }
    let imported = run(to.import(&file, &key)).unwrap();
    assert_eq!((imported.added, imported.tokens), (vec![id(1), id(2)], 1));
    assert_filled(to);
    let history = run(to.load_history(&id(1))).unwrap();
    let whats: Vec<_> = history.iter().map(|entry| entry.what.to_string()).collect();
    assert_eq!(whats, ["inserted", "token-put", "imported"]);
    let twice = run(to.import(&file, &key)).unwrap();
    assert_eq!((twice.added.len(), twice.present, twice.tokens), (0, vec![id(1), id(2)], 0));
    assert!(findings(to).is_empty());
}

/// One bit in the middle of it.
fn flipped(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    bytes
}

#[test]
fn a_file_is_exported_and_imported() {
    let folder = sample::folder();
    let from = open(&folder, "a.db", &KeySource::Beside);
    fill(&from);
    export_and_import(&from, &open(&folder, "b.db", &KeySource::Beside));
}

#[test]
fn a_check_tells_what_is_wrong() {
    let folder = sample::folder();
    let store = open(&folder, "a.db", &KeySource::Beside);
    fill(&store);
    let report = run(store.check()).unwrap();
    let counts = (report.records, report.tokens, report.leases, report.history);
    assert_eq!(counts, (2, 1, 0, 3));
    assert!(report.findings.is_empty(), "{report:?}");
    let db = Connection::open(folder.path().join("a.db")).unwrap();
    db.execute_batch(
        "UPDATE registration SET base_url = 'https://evil.example' WHERE seq = 2;
         INSERT INTO token SELECT record, 'login x', generation, updated_at, key_id, sealed FROM token;
         INSERT INTO token SELECT 'rzzzzzzzzzzzzzzz', slot, generation, updated_at, key_id, sealed FROM token;
         INSERT INTO lease VALUES ('rzzzzzzzzzzzzzzz', 'login', 'somebody', 1);",
    )
    .unwrap();
    let found = findings(&store);
    let expected = ["unreadable-record", "unreadable-token", "orphan-token", "orphan-token", "orphan-lease"];
    assert_eq!(found, expected);
    let report = run(store.check()).unwrap();
    assert!(!format!("{report:?}").contains("planted"));
}

#[test]
fn a_check_tells_that_an_answer_waits_and_the_key_stays() {
    let folder = sample::folder();
    let store = open(&folder, "a.db", &KeySource::Beside);
    commit(&store, insertion(intent(1))).unwrap();
    let db = Connection::open(folder.path().join("a.db")).unwrap();
    db.execute_batch(
        "CREATE TRIGGER refuse BEFORE UPDATE ON registration BEGIN SELECT RAISE(ABORT, 'no'); END",
    )
    .unwrap();
    assert!(matches!(commit(&store, replacement(answered(1, 0))), Err(StoreError::Rescued { .. })));
    assert_eq!(findings(&store), ["answer-waits"]);
    let error = run(store.rotate_key(&SealingKey::generate().unwrap())).unwrap_err();
    assert!(error.to_string().contains("taken in"), "{error}");
}
