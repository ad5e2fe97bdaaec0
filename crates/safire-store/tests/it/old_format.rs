//! Stores of every format ever published open for ever.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::path::PathBuf;

use safire::store::Query;
use safire::store::StoreError;
use safire::store::TokenQuery;
use safire_store::Actor;
use safire_store::KeySource;
use safire_store::SealingKey;
use safire_store::SqliteStore;
use tempfile::TempDir;

use crate::fleet_queue;
use crate::process;
use crate::sample;
use crate::sample::answered;
use crate::sample::commit;
use crate::sample::insertion;
use crate::sample::intent;
use crate::sample::keep;
use crate::sample::load;
use crate::sample::load_tokens;
use crate::sample::token;
use crate::sample::told;
use crate::sample::told_token;

/// A copy of a pinned store.
fn kept(folder: &TempDir, name: &str) -> PathBuf {
    let path = sample::file_in(folder);
    let pinned = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    for (name, to) in [(name.to_owned(), "safire.db"), (format!("{name}.key"), "safire.db.key")] {
        let to = folder.path().join(to);
        std::fs::copy(pinned.join(name), &to).unwrap();
        std::fs::set_permissions(&to, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    path
}

#[test]
fn format_1_opens_and_takes_tokens() {
    let folder = sample::folder();
    let path = kept(&folder, "format-1.db");
    let store = sample::open(&path);
    let told_now: Vec<_> = load(&store, Query::All).iter().map(told).collect();
    assert_eq!(told_now, [told(&answered(1, 100)), told(&intent(2))]);
    commit(&store, keep(token(1))).unwrap();
    drop(store);
    assert_eq!(load_tokens(&sample::open(&path), TokenQuery::Of(sample::id(1))).len(), 1);
}

#[test]
fn format_2_opens() {
    let folder = sample::folder();
    let store = sample::open(&kept(&folder, "format-2.db"));
    let told_now: Vec<_> = load(&store, Query::All).iter().map(told).collect();
    assert_eq!(told_now, [told(&answered(1, 100)), told(&intent(2))]);
    let tokens = load_tokens(&store, TokenQuery::Of(sample::id(1)));
    assert_eq!(tokens.iter().map(told_token).collect::<Vec<_>>(), [told_token(&token(1))]);
}

#[test]
fn format_3_opens() {
    let folder = sample::folder();
    let store = sample::open(&kept(&folder, "format-3.db"));
    let told_now: Vec<_> = load(&store, Query::All).iter().map(told).collect();
    assert_eq!(told_now, [told(&answered(1, 100)), told(&intent(2))]);
    let tokens = load_tokens(&store, TokenQuery::Of(sample::id(1)));
    assert_eq!(tokens.iter().map(told_token).collect::<Vec<_>>(), [told_token(&token(1))]);
    let history = sample::run(store.load_history(&sample::id(1))).unwrap();
    assert!(history.iter().all(|entry| entry.by == "the sample"));
    assert_eq!(history.len(), 2);
}

#[test]
fn format_4_opens() {
    let folder = sample::folder();
    let store = sample::open(&kept(&folder, "format-4.db"));
    let told_now: Vec<_> = load(&store, Query::All).iter().map(told).collect();
    assert_eq!(told_now, [told(&answered(1, 100)), told(&intent(2))]);
    fleet_queue::check_sample(&store);
}

/// Not a test of its own: how a pinned store is written, once.
#[test]
#[ignore = "writes the pinned store of a new format"]
fn write_the_sample() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sample");
    let store = sample::open(&folder.join("format.db")).by(Actor::named("the sample"));
    commit(&store, insertion(answered(1, 100))).unwrap();
    commit(&store, insertion(intent(2))).unwrap();
    commit(&store, keep(token(1))).unwrap();
    fleet_queue::write_sample(&store);
}

#[test]
fn eight_processes_migrate_every_old_store_at_once() {
    if let Some((path, number)) = process::task() {
        commit(&sample::open(&path), insertion(intent(number + 10))).unwrap();
        return;
    }
    for (older, tokens) in [("format-1.db", 0), ("format-2.db", 1), ("format-3.db", 1)] {
        let folder = sample::folder();
        let path = kept(&folder, older);
        let name = "old_format::eight_processes_migrate_every_old_store_at_once";
        let children: Vec<_> = (0..8)
            .map(|number| {
                process::again(name, &path, number).stdout(std::process::Stdio::null()).spawn().unwrap()
            })
            .collect();
        for mut child in children {
            assert!(child.wait().unwrap().success(), "{older}");
        }
        let store = sample::open(&path);
        let found: Vec<_> = load(&store, Query::All).iter().map(told).collect();
        let written: Vec<_> = (10..18).map(|number| told(&intent(number))).collect();
        assert_eq!(found.len(), 10, "{older}");
        assert!(written.iter().all(|record| found.contains(record)), "{older}");
        assert!([told(&answered(1, 100)), told(&intent(2))].iter().all(|old| found.contains(old)), "{older}");
        let kept = load_tokens(&store, TokenQuery::Of(sample::id(1)));
        assert_eq!(kept.len(), tokens, "{older}");
        assert!(kept.iter().all(|kept| told_token(kept) == told_token(&token(1))), "{older}");
        // What the newest format brought is there, whole.
        fleet_queue::write_sample(&store);
        fleet_queue::check_sample(&store);
    }
}

#[test]
fn a_wrong_key_does_not_migrate() {
    let folder = sample::folder();
    let path = kept(&folder, "format-1.db");
    let before = std::fs::read(&path).unwrap();
    let other = SealingKey::generate().unwrap();
    let error = SqliteStore::open_existing(&path, KeySource::Base64(other.expose_base64())).unwrap_err();
    assert!(matches!(error, StoreError::WrongKey { .. }), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}
