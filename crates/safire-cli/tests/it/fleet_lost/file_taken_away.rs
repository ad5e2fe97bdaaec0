//! Somebody moves, replaces or removes the file of the store while it is open.

use std::path::Path;

use super::run::LostFleet;
use super::run::Running;
use super::run::rows;
use super::run::some;

fn expect_told(running: Running) {
    let error = running.end_without_store();
    assert!(error["message"].as_str().unwrap().contains("removed or replaced"), "{error}");
}

#[test]
fn a_file_that_was_moved_is_gone_on_with_when_it_is_back() {
    comes_back(|path, away| std::fs::rename(path, away).unwrap());
}

#[test]
fn a_file_that_was_replaced_is_gone_on_with_when_it_is_back() {
    comes_back(|path, away| {
        std::fs::rename(path, away).unwrap();
        std::fs::write(path, "another file").unwrap();
    });
}

fn comes_back(take: impl FnOnce(&Path, &Path)) {
    let (fleet, path) = LostFleet::in_file();
    let running = fleet.start();
    running.wait_for(some());
    let away = path.with_extension("away");
    take(&path, &away);
    expect_told(running);
    std::fs::rename(&away, &path).unwrap();
    fleet.complete();
}

/// What was in it is gone, by whoever removed it; nothing more is registered into nowhere.
#[test]
fn a_file_that_was_removed_ends_the_run() {
    let (fleet, path) = LostFleet::in_file();
    let running = fleet.start();
    running.wait_for(some());
    std::fs::remove_file(&path).unwrap();
    expect_told(running);
    let issued = fleet.live.sandbox.counts().registrations_issued;
    assert!(issued < u64::from(rows()), "{issued}: the run went on without a store");
}
