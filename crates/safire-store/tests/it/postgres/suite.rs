//! What every store promises.

use safire_store::Actor;
use safire_store::AnyStore;
use safire_store::Opening;
use safire_store::StoreUrl;

use crate::contract;
use crate::history;
use crate::postgres::server::Place;
use crate::postgres::server::key;
use crate::postgres::server::shared;
use crate::sample;
use crate::tokens;

#[test]
fn postgres_store_keeps_the_contract() {
    let Some(server) = shared() else { return };
    contract::suite(&Place::at(server).open());
}

#[test]
fn postgres_store_keeps_tokens() {
    let Some(server) = shared() else { return };
    tokens::suite(&Place::at(server).open());
}

#[test]
fn postgres_store_keeps_history() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    let url = StoreUrl::parse(&place.database.url()).unwrap();
    let opening =
        Opening::new(url, key()).data_folder(place.folder.path()).actor(Actor::named("the \nsuite"));
    let store = sample::run(opening.open_or_create()).unwrap();
    assert!(matches!(store, AnyStore::Postgres(_)));
    history::suite(&store);
    assert!(place.folder.path().join("safire").is_dir(), "rooms lie in the data folder");
    assert!(!place.database.sql("SELECT * FROM safire.history").unwrap().contains("planted"));
}
