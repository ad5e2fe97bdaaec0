//! The connection is cut, the server restarted or ended as by a power cut: nothing is lost, nothing done twice.

use std::time::Duration;

use safire::store::Change;
use safire::store::Query;
use safire::store::Repeat;
use safire::store::State;
use safire::store::Store;
use safire::store::StoreError;
use safire::store::TokenQuery;
use safire_postgres_server::PostgresServer;
use safire_store::PostgresStore;

use crate::postgres::proxy::Mode;
use crate::postgres::proxy::Proxy;
use crate::postgres::server::Place;
use crate::postgres::server::builder;
use crate::postgres::server::opened;
use crate::postgres::server::own;
use crate::postgres::server::rooms;
use crate::postgres::server::shared;
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
use crate::sample::states;
use crate::sample::token;
use crate::sample::told;

/// Longer than any test takes on a busy machine.
const LONG: Duration = Duration::from_secs(60);
/// For a way that stays closed.
const SHORT: Duration = Duration::from_millis(400);

#[test]
fn ended_connections_are_made_anew() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    let store = opened(place.builder().patience(LONG));
    for number in 0..5 {
        place.database.cut_connections().unwrap();
        commit(&store, insertion(intent(number))).unwrap();
        place.database.cut_connections().unwrap();
        commit(&store, replacement(answered(number, 0))).unwrap();
        place.database.cut_connections().unwrap();
        commit(&store, keep(token(number))).unwrap();
        place.database.cut_connections().unwrap();
        assert_eq!(load_tokens(&store, TokenQuery::Of(id(number))).len(), 1);
    }
    assert_eq!(load(&store, Query::All).len(), 5);
    // Whether a cut was noticed before a room was filled, which then goes, is the system's matter.
    assert!(rooms(&place.rooms()).iter().all(|name| name == "spare"));
}

/// A store behind a way that a test can break; the commands of the protocol are readable there.
fn behind(place: &Place<'_>, server: &PostgresServer, patience: Duration) -> (Proxy, PostgresStore) {
    let proxy = Proxy::to(server.port());
    let url = format!("{}?sslmode=disable", place.database.url_by("127.0.0.1", proxy.port));
    let store = opened(builder(&url, &place.rooms()).patience(patience));
    (proxy, store)
}

#[test]
fn a_commit_whose_success_got_lost_is_not_made_twice() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    let (proxy, store) = behind(&place, server, LONG);
    let changes = [
        Change::Insert { record: Box::new(intent(1)), repeat: Repeat::Find },
        replacement(answered(1, 5_000)),
        keep(token(1)),
        insertion(answered(2, 0)),
        Change::Remove(id(2)),
    ];
    for change in changes {
        proxy.set(Mode::CutAtCommit);
        commit(&store, change).unwrap();
        assert!(proxy.is(Mode::Open), "the connection was cut");
    }
    assert_eq!(told(&load(&store, Query::All)[0]), told(&answered(1, 5_000)));
    assert_eq!(load_tokens(&store, TokenQuery::Of(id(1))).len(), 1);
    let history = place.database.sql("SELECT what FROM safire.history ORDER BY seq").unwrap();
    let expected = ["inserted", "replaced", "token-put", "inserted", "removed"];
    assert_eq!(history.lines().collect::<Vec<_>>(), expected);
    assert_eq!(rooms(&place.rooms()), Vec::<String>::new(), "a filled room goes");
}

#[test]
fn a_rescued_answer_does_not_undo_what_came_after_its_commit() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    let (proxy, store) = behind(&place, server, SHORT);
    commit(&store, insertion(intent(1))).unwrap();
    proxy.set(Mode::CutAtCommitAndStay);
    let error = commit(&store, replacement(answered(1, 0))).unwrap_err();
    assert!(matches!(error, StoreError::Rescued { .. }), "{error}");
    // The commit had arrived all the same, and another machine goes on from there.
    let other = opened(builder(&place.database.url(), &place.folder.path().join("other machine")));
    let mut active = answered(1, 77);
    active.state = State::Active;
    commit(&other, replacement(active.clone())).unwrap();
    proxy.set(Mode::Open);
    assert_eq!(told(&load(&store, Query::All)[0]), told(&active));
    assert!(store.taken_in().is_empty());
    assert!(rooms(&place.rooms()).is_empty(), "the room had nothing new");
}

#[test]
fn an_intent_whose_commit_got_lost_is_withdrawn() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    let (proxy, store) = behind(&place, server, SHORT);
    proxy.set(Mode::CutAtCommitAndStay);
    let error = commit(&store, insertion(intent(1))).unwrap_err();
    assert!(matches!(error, StoreError::Failed { .. }), "{error}");
    assert_eq!(place.database.sql("SELECT state FROM safire.registration").unwrap(), "in-doubt");
    proxy.set(Mode::Open);
    assert!(load(&store, Query::All).is_empty(), "nothing was sent, so there is no doubt");
    assert!(store.taken_in().is_empty());
    assert!(rooms(&place.rooms()).is_empty());
    // The same where the commit never arrived.
    proxy.set(Mode::Closed);
    place.database.cut_connections().unwrap();
    let error = commit(&store, insertion(intent(2))).unwrap_err();
    assert!(matches!(error, StoreError::Failed { .. }), "{error}");
    proxy.set(Mode::Open);
    assert!(load(&store, Query::All).is_empty());
    assert!(rooms(&place.rooms()).is_empty());
}

#[test]
fn a_restart_between_answer_and_commit_is_waited_for() {
    let Some(server) = own() else { return };
    let place = Place::at(&server);
    let store = opened(place.builder().patience(LONG));
    commit(&store, insertion(intent(1))).unwrap();
    server.stop().unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| commit(&store, replacement(answered(1, 100_000))));
        // The answer is in its room before the server is back.
        while !is_filled(&place) {
            std::thread::yield_now();
        }
        server.start_again().unwrap();
        waiting.join().unwrap().unwrap();
    });
    assert_eq!(told(&load(&store, Query::All)[0]), told(&answered(1, 100_000)));
    assert!(rooms(&place.rooms()).is_empty());
}

fn is_filled(place: &Place<'_>) -> bool {
    let room = place.rooms().join(id(1).as_str());
    std::fs::read(room).is_ok_and(|bytes| bytes.starts_with(b"safire rescue 1\n"))
}

#[test]
fn what_was_committed_survives_a_power_cut_of_the_server() {
    let Some(server) = own() else { return };
    let place = Place::at(&server);
    let store = opened(place.builder().patience(LONG));
    for round in 0..2 {
        let numbers = round * 10..round * 10 + 5;
        for number in numbers {
            commit(&store, insertion(intent(number))).unwrap();
            commit(&store, replacement(answered(number, 3_000))).unwrap();
        }
        server.cut().unwrap();
        server.start_again().unwrap();
        let found = load(&store, Query::All);
        assert_eq!(found.len(), usize::try_from(round + 1).unwrap() * 5);
        assert!(states(&found).iter().all(|(_, state)| *state == State::Registered));
    }
}

#[test]
fn a_server_that_is_away_is_told_and_may_be_asked_again() {
    use safire::protocol::fault::Diagnose as _;
    let Some(server) = own() else { return };
    let place = Place::at(&server);
    let store = place.open();
    server.stop().unwrap();
    let errors = [
        sample::run(store.load(Query::All)).unwrap_err(),
        commit(&store, insertion(intent(1))).unwrap_err(),
        commit(&store, keep(token(1))).unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(error, StoreError::Failed { .. }) && error.is_retryable(), "{error}");
        assert!(error.hint().unwrap().contains("database"), "{error}");
    }
    server.start_again().unwrap();
    commit(&store, insertion(intent(1))).unwrap();
    assert_eq!(load(&store, Query::All).len(), 1);
}
