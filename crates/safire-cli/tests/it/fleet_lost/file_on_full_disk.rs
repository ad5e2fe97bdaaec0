//! The disk with the file of the store is full.

use super::run::LostFleet;
use super::run::rows;
use super::run::some;
use super::small_disk::SmallDisk;

#[test]
fn a_full_disk_ends_the_run_and_space_completes_it() {
    let folder = tempfile::tempdir().unwrap();
    // The rooms of what is in flight take most of it.
    let Some(disk) = SmallDisk::mount(folder.path(), 96 + rows() / 50) else { return };
    let fleet = LostFleet::at(format!("sqlite:{}", disk.path().join("store.db").display()));
    let running = fleet.start();
    running.wait_for(some());
    let filler = disk.fill();
    running.end_without_store();
    std::fs::remove_file(filler).unwrap();
    fleet.complete();
}
