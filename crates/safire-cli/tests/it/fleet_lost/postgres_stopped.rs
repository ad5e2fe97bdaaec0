//! The database server is stopped, or ends as in a power cut.

use safire_postgres_server::Failure;
use safire_postgres_server::PostgresServer;

use super::run::LostFleet;
use super::run::Running;
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

#[test]
fn stopped_and_started_at_once() {
    starts_at_once(PostgresServer::stop);
}

#[test]
fn cut_off_and_started_at_once() {
    starts_at_once(PostgresServer::cut);
}

type End = fn(&PostgresServer) -> Result<(), Failure>;

fn starts_after_the_end(end: End) {
    let Some((server, fleet, running)) = ended_in_the_middle(end) else { return };
    running.end_without_store();
    server.start_again().unwrap();
    fleet.complete();
}

/// Within the patience of the store the run goes on; a machine that is too busy to start the server by then completes it.
fn starts_at_once(end: End) {
    let Some((server, fleet, running)) = ended_in_the_middle(end) else { return };
    server.start_again().unwrap();
    let run = running.end();
    if run.code == Some(0) {
        fleet.expect_complete(&run);
    } else {
        expect_no_store(&run);
        fleet.complete();
    }
}

/// A fleet that is under way, and whose server has just ended.
fn ended_in_the_middle(end: End) -> Option<(PostgresServer, LostFleet, Running)> {
    let server = PostgresServer::start().unwrap()?;
    let fleet = LostFleet::at(server.create_database().unwrap().url());
    let running = fleet.start();
    running.wait_for(some());
    end(&server).unwrap();
    Some((server, fleet, running))
}
