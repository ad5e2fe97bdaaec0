//! A database that is silent: an error within a bound, and none of its connections is used again.

use std::time::Duration;

use safire::store::Query;
use safire::store::Store;
use safire::store::StoreError;

use crate::postgres::proxy::Mode;
use crate::postgres::proxy::Proxy;
use crate::postgres::server::Place;
use crate::postgres::server::builder;
use crate::postgres::server::opened;
use crate::postgres::server::refused;
use crate::postgres::server::shared;
use crate::sample;
use crate::sample::answered;
use crate::sample::commit;
use crate::sample::insertion;
use crate::sample::load;

/// Enough for a real server on a busy machine.
const LIMIT: Duration = Duration::from_secs(5);
/// For a server that says nothing anyway.
const SHORT: Duration = Duration::from_millis(300);

#[test]
fn a_database_that_falls_silent_is_given_up() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    let proxy = Proxy::to(server.port());
    let url = place.database.url_by("127.0.0.1", proxy.port);
    let store = opened(builder(&url, &place.rooms()).patience(Duration::ZERO).time_limit(LIMIT));
    commit(&store, insertion(answered(1, 0))).unwrap();
    proxy.set(Mode::Silent);
    let error = sample::run(store.load(Query::All)).unwrap_err();
    assert!(matches!(error, StoreError::Failed { .. }), "{error}");
    assert!(error.to_string().contains("in time"), "{error}");
    proxy.set(Mode::Open);
    assert_eq!(load(&store, Query::All).len(), 1, "by another connection");
}

#[test]
fn a_server_that_never_greets_is_given_up() {
    // It accepts, by the operating system, and says nothing.
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let folder = sample::folder();
    for mode in ["disable", "require"] {
        let url = format!("postgres://u:planted@127.0.0.1:{port}/db?sslmode={mode}");
        let error = refused(builder(&url, folder.path()).time_limit(SHORT));
        assert!(matches!(error, StoreError::Open { .. }), "{error}");
    }
}
