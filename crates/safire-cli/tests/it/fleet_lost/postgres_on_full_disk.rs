//! The disk of the database is full: its tables lie on a small file system of their own.

use std::os::unix::fs::MetadataExt as _;
use std::os::unix::fs::chown;

use safire_postgres_server::Database;
use safire_postgres_server::PostgresServer;

use super::run::LostFleet;
use super::run::rows;
use super::run::some;
use super::small_disk::SmallDisk;

#[test]
fn a_full_disk_ends_the_run_and_space_completes_it() {
    let Some(server) = PostgresServer::start().unwrap() else { return };
    let database = server.create_database().unwrap();
    let folder = server.socket_folder().join("small");
    std::fs::create_dir(&folder).unwrap();
    let Some(disk) = SmallDisk::mount(&folder, 16 + rows() / 50) else { return };
    let owner = std::fs::metadata(server.socket_folder()).unwrap();
    chown(disk.path(), Some(owner.uid()), Some(owner.gid())).unwrap();
    put_tables_on(&disk, &database);
    let fleet = LostFleet::at(database.url());
    let running = fleet.start();
    running.wait_for(some());
    let filler = disk.fill();
    let error = running.end_without_store();
    assert!(error["message"].as_str().unwrap().contains("No space left"), "{error}");
    std::fs::remove_file(filler).unwrap();
    fleet.complete();
    // The server lets its files go before they vanish under it.
    server.stop().unwrap();
}

fn put_tables_on(disk: &SmallDisk, database: &Database<'_>) {
    let name = database.name();
    database.sql(&format!("CREATE TABLESPACE small LOCATION '{}'", disk.path().display())).unwrap();
    database.sql(&format!("GRANT CREATE ON TABLESPACE small TO {name}")).unwrap();
    database.sql(&format!("ALTER ROLE {name} SET default_tablespace = small")).unwrap();
}
