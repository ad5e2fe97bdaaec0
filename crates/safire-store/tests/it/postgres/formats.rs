//! Stores of every format ever published open for ever.

use std::path::Path;

use safire::store::Query;
use safire::store::TokenQuery;
use safire_store::Actor;
use safire_store::KeySource;
use safire_store::PostgresStore;
use zeroize::Zeroizing;

use crate::fleet_queue;
use crate::postgres::processes::at_once;
use crate::postgres::server::Place;
use crate::postgres::server::opened;
use crate::postgres::server::shared;
use crate::postgres::server::url;
use crate::process;
use crate::sample;
use crate::sample::answered;
use crate::sample::commit;
use crate::sample::insertion;
use crate::sample::intent;
use crate::sample::load;
use crate::sample::load_tokens;
use crate::sample::token;
use crate::sample::told;
use crate::sample::told_token;

fn pinned(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name);
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn format_1_opens() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    place.database.restore(&pinned("postgres-format-1.sql")).unwrap();
    let key = KeySource::Base64(Zeroizing::new(pinned("postgres-format-1.key")));
    let store = opened(PostgresStore::builder(url(&place.database.url()), key, place.rooms()));
    let told_now: Vec<_> = load(&store, Query::All).iter().map(told).collect();
    assert_eq!(told_now, [told(&answered(1, 100)), told(&intent(2))]);
    let tokens = load_tokens(&store, TokenQuery::Of(sample::id(1)));
    assert_eq!(tokens.iter().map(told_token).collect::<Vec<_>>(), [told_token(&token(1))]);
    let history = sample::run(store.load_history(&sample::id(1))).unwrap();
    assert_eq!(history.len(), 2);
}

#[test]
fn format_2_opens() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    place.database.restore(&pinned("postgres-format-2.sql")).unwrap();
    let key = KeySource::Base64(Zeroizing::new(pinned("postgres-format-2.key")));
    let store = opened(PostgresStore::builder(url(&place.database.url()), key, place.rooms()));
    let told_now: Vec<_> = load(&store, Query::All).iter().map(told).collect();
    assert_eq!(told_now, [told(&answered(1, 100)), told(&intent(2))]);
    fleet_queue::check_sample(&store);
}

#[test]
fn eight_processes_migrate_an_old_store_at_once() {
    let key = || KeySource::Base64(Zeroizing::new(pinned("postgres-format-1.key")));
    if let Some((address, number)) = process::task() {
        let rooms = sample::folder();
        let address = url(address.to_str().unwrap());
        let store = opened(PostgresStore::builder(address, key(), rooms.path()));
        commit(&store, insertion(intent(number + 10))).unwrap();
        return;
    }
    let Some(server) = shared() else { return };
    for _ in 0..3 {
        let place = Place::at(server);
        place.database.restore(&pinned("postgres-format-1.sql")).unwrap();
        let name = "postgres::formats::eight_processes_migrate_an_old_store_at_once";
        at_once(name, &place.database.url(), 8);
        let store = opened(PostgresStore::builder(url(&place.database.url()), key(), place.rooms()));
        let found: Vec<_> = load(&store, Query::All).iter().map(told).collect();
        let written = (10..18).map(|number| told(&intent(number)));
        let expected: Vec<_> = written.chain([told(&answered(1, 100)), told(&intent(2))]).collect();
        assert_eq!(found.len(), expected.len());
        assert!(expected.iter().all(|record| found.contains(record)));
        let tokens = load_tokens(&store, TokenQuery::Of(sample::id(1)));
        assert_eq!(tokens.iter().map(told_token).collect::<Vec<_>>(), [told_token(&token(1))]);
        // What the newest format brought is there, whole.
        fleet_queue::write_sample(&store);
        fleet_queue::check_sample(&store);
    }
}

/// Not a test of its own: how the pinned dump was written, once.
#[test]
#[ignore = "writes the pinned dump of a new format"]
fn write_the_dump() {
    use crate::sample::keep;
    let server = shared().unwrap();
    let place = Place::at(server);
    let store = opened(place.builder().actor(Actor::named("the sample")));
    commit(&store, insertion(answered(1, 100))).unwrap();
    commit(&store, insertion(intent(2))).unwrap();
    commit(&store, keep(token(1))).unwrap();
    fleet_queue::write_sample(&store);
    let dump = place.database.dump("safire").unwrap();
    // Newer versions write commands that older ones do not know.
    let lines: Vec<_> = dump.lines().filter(|line| !line.starts_with('\\')).collect();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(folder.join("postgres-format.sql"), lines.join("\n") + "\n").unwrap();
}
