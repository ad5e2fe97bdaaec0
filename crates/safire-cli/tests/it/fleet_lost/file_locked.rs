//! Another process holds the lock of the file.

use rusqlite::Connection;

use super::run::LostFleet;
use super::run::some;

#[test]
fn a_lock_that_stays_ends_the_run_in_bounded_time() {
    let (fleet, path) = LostFleet::in_file();
    let running = fleet.start();
    running.wait_for(some());
    let other = Connection::open(&path).unwrap();
    other.busy_timeout(std::time::Duration::from_secs(60)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = running.end_without_store();
    assert!(error["message"].as_str().unwrap().contains("locked"), "{error}");
    other.execute_batch("ROLLBACK").unwrap();
    drop(other);
    fleet.complete();
}
