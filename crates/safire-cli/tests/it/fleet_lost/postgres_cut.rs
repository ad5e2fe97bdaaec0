//! The connections to the database are cut, again and again.

use safire_postgres_server::PostgresServer;

use super::run::LostFleet;
use super::run::brief;
use super::run::rows;

#[test]
fn connections_that_are_cut_again_and_again_stop_nothing() {
    let Some(server) = PostgresServer::start().unwrap() else { return };
    let database = server.create_database().unwrap();
    let fleet = LostFleet::at(database.url());
    let running = fleet.start();
    for _ in 0..6 {
        running.wait_for(rows() / 8);
        database.cut_connections().unwrap();
    }
    assert!(!running.is_over(), "the last cut came in the middle too");
    let run = running.end();
    assert_eq!(run.code, Some(0), "{:?}", brief(&run));
    fleet.expect_complete(&run);
}
