//! The database server is stopped, or ends as in a power cut.

use safire_postgres_server::PostgresServer;

use super::run::LostFleet;
use super::run::expect_no_store;
use super::run::some;

#[test]
fn stopped_and_started_after_the_run_has_ended() {
    starts_after_the_end(PostgresServer::stop);
}

#[test]
fn cut_off_and_started_after_the_run_has_ended() {
    starts_after_the_end(PostgresServer::cut);
}

fn starts_after_the_end(end: impl FnOnce(&PostgresServer) -> Result<(), safire_postgres_server::Failure>) {
    let Some(server) = PostgresServer::start().unwrap() else { return };
    let database = server.create_database().unwrap();
    let fleet = LostFleet::at(database.url());
    let running = fleet.start();
    running.wait_for(some());
    end(&server).unwrap();
    running.end_without_store();
    server.start_again().unwrap();
    fleet.complete();
}

#[test]
fn stopped_and_started_at_once() {
    starts_at_once(PostgresServer::stop);
}

#[test]
fn cut_off_and_started_at_once() {
    starts_at_once(PostgresServer::cut);
}

/// Within the patience of the store the run goes on; a machine that is too busy to start the server by then completes it.
fn starts_at_once(end: impl Fn(&PostgresServer) -> Result<(), safire_postgres_server::Failure>) {
    let Some(server) = PostgresServer::start().unwrap() else { return };
    let database = server.create_database().unwrap();
    let fleet = LostFleet::at(database.url());
    let running = fleet.start();
    running.wait_for(some());
    end(&server).unwrap();
    server.start_again().unwrap();
    let run = running.end();
    if run.code == Some(0) {
        fleet.expect_complete(&run);
    } else {
        expect_no_store(&run);
        fleet.complete();
    }
}
