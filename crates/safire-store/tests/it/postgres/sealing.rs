//! Sealing: nothing secret in the database, and no sealed part works in another row.

use safire::store::ContentError;
use safire::store::Query;
use safire::store::Store;
use safire::store::StoreError;
use safire::store::TokenQuery;

use crate::postgres::server::Place;
use crate::postgres::server::shared;
use crate::sample;
use crate::sample::answered;
use crate::sample::commit;
use crate::sample::id;
use crate::sample::insertion;
use crate::sample::intent;
use crate::sample::keep;
use crate::sample::token;

#[test]
fn planted_secrets_are_in_no_row() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    let store = place.open();
    commit(&store, insertion(intent(1))).unwrap();
    commit(&store, insertion(answered(2, 0))).unwrap();
    commit(&store, keep(token(2))).unwrap();
    let rows = place
        .database
        .sql("SELECT r::text, encode(r.sealed, 'escape') FROM safire.registration r; \
              SELECT t::text, encode(t.sealed, 'escape') FROM safire.token t; SELECT h::text FROM safire.history h")
        .unwrap();
    assert!(rows.contains("fhir.example.com"), "the search finds what is in clear");
    assert!(!rows.contains("planted"));
    assert!(!format!("{store:?}").contains("planted"));
}

#[test]
fn a_row_that_was_edited_does_not_open() {
    let Some(server) = shared() else { return };
    let edits = [
        "UPDATE safire.registration SET sealed = (SELECT sealed FROM safire.registration WHERE seq = 2) WHERE seq = 1",
        "UPDATE safire.registration SET base_url = 'https://evil.example' WHERE seq = 1",
        "UPDATE safire.registration SET client_id = 'another' WHERE seq = 1",
        "UPDATE safire.registration SET sealed = '\\x00' WHERE seq = 1",
    ];
    for edit in edits {
        let place = Place::at(server);
        let store = place.open();
        for number in [1, 2] {
            commit(&store, insertion(answered(number, 0))).unwrap();
        }
        place.database.sql(edit).unwrap();
        let error = sample::run(store.load(Query::Id(id(1)))).unwrap_err();
        let StoreError::Unreadable { id: found, reason: ContentError::Damaged { .. } } = error else {
            panic!("{edit}: {error}")
        };
        assert_eq!(found, id(1));
    }
}

#[test]
fn a_token_that_was_moved_does_not_open() {
    let Some(server) = shared() else { return };
    let edits = [
        "UPDATE safire.token SET sealed = (SELECT sealed FROM safire.token t WHERE t.record <> token.record)",
        "UPDATE safire.token SET generation = generation + 1",
        "UPDATE safire.token SET slot = 'login somebody'",
    ];
    for edit in edits {
        let place = Place::at(server);
        let store = place.open();
        for number in [1, 2] {
            commit(&store, insertion(answered(number, 0))).unwrap();
            commit(&store, keep(token(number))).unwrap();
        }
        place.database.sql(edit).unwrap();
        let error = sample::run(store.load_tokens(TokenQuery::Of(id(1)))).unwrap_err();
        assert!(matches!(error, StoreError::Unreadable { .. }), "{edit}: {error}");
    }
}
