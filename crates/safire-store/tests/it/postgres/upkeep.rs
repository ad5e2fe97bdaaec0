//! Looking after a database: the same as after a file, and from one to the other.

use std::time::Duration;

use safire::store::StoreError;
use safire_store::AnyStore;
use safire_store::KeySource;
use safire_store::Opening;
use safire_store::SealingKey;
use safire_store::StoreUrl;

use crate::postgres::proxy::Mode;
use crate::postgres::proxy::Proxy;
use crate::postgres::server::Place;
use crate::postgres::server::builder;
use crate::postgres::server::key;
use crate::postgres::server::opened;
use crate::postgres::server::shared;
use crate::sample;
use crate::sample::answered;
use crate::sample::commit;
use crate::sample::id;
use crate::sample::insertion;
use crate::sample::run;
use crate::upkeep;

fn open(place: &Place<'_>, key: KeySource) -> Result<AnyStore, StoreError> {
    let url = StoreUrl::parse(&place.database.url()).unwrap();
    run(Opening::new(url, key).data_folder(place.folder.path()).open_or_create())
}

#[test]
fn postgres_changes_its_key() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    let store = open(&place, key()).unwrap();
    upkeep::fill(&store);
    upkeep::key_change(&store, |key| open(&place, key));
    assert!(matches!(open(&place, key()), Err(StoreError::WrongKey { .. })));
}

#[test]
fn the_key_of_a_database_stays_while_a_registration_is_under_way() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    upkeep::key_stays_while_a_registration_is_under_way(&open(&place, key()).unwrap());
}

#[test]
fn a_change_of_key_whose_success_got_lost_is_told_as_done() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    let proxy = Proxy::to(server.port());
    let url = format!("{}?sslmode=disable", place.database.url_by("127.0.0.1", proxy.port));
    let store = opened(builder(&url, &place.rooms()).patience(Duration::from_secs(60)));
    commit(&store, insertion(answered(1, 0))).unwrap();
    let new = SealingKey::generate().unwrap();
    proxy.set(Mode::CutAtCommit);
    run(store.rotate_key(&new)).unwrap();
    assert!(open(&place, upkeep::base64(&new)).is_ok());
}

/// While rows are written one after another, the key is changed: each row is under the key of the store.
#[test]
fn a_key_is_changed_under_load() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    let store = place.open();
    let new = SealingKey::generate().unwrap();
    let begun = std::sync::Barrier::new(5);
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let (store, begun) = (&store, &begun);
                scope.spawn(move || {
                    // Until the key is changed; it always is.
                    for number in 0.. {
                        match commit(store, insertion(answered(writer * 10_000 + number, 500))) {
                            Ok(()) if number == 0 => {
                                begun.wait();
                            }
                            Ok(()) => {}
                            Err(StoreError::WrongKey { .. }) => return number,
                            Err(error) => panic!("{error}"),
                        }
                    }
                    unreachable!("the numbers never end")
                })
            })
            .collect();
        begun.wait();
        run(store.rotate_key(&new)).unwrap();
        let written: u64 = writers.into_iter().map(|writer| writer.join().unwrap()).sum();
        let store = open(&place, upkeep::base64(&new)).unwrap();
        let report = run(store.check()).unwrap();
        assert_eq!(report.records as u64, written);
        assert!(report.findings.is_empty(), "{report:?}");
    });
}

#[test]
fn a_database_is_exported_and_imported() {
    let Some(server) = shared() else { return };
    let (from, to) = (Place::at(server), Place::at(server));
    let from = open(&from, key()).unwrap();
    upkeep::fill(&from);
    upkeep::export_and_import(&from, &open(&to, key()).unwrap());
}

#[test]
fn a_file_moves_into_a_database_and_back() {
    let Some(server) = shared() else { return };
    let (place, folder) = (Place::at(server), sample::folder());
    let file = run(Opening::new(&sample::file_in(&folder), KeySource::Beside).open_or_create()).unwrap();
    upkeep::fill(&file);
    let database = open(&place, key()).unwrap();
    upkeep::export_and_import(&file, &database);
    let back = folder.path().join("back.db");
    let back = run(Opening::new(&back, KeySource::Beside).open_or_create()).unwrap();
    let (through, key) = (folder.path().join("through"), SealingKey::generate().unwrap());
    run(database.export(&through, &key)).unwrap();
    run(back.import(&through, &key)).unwrap();
    upkeep::assert_filled(&back);
}

#[test]
fn a_check_tells_what_is_wrong() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    let store = open(&place, key()).unwrap();
    upkeep::fill(&store);
    assert!(upkeep::findings(&store).is_empty());
    place
        .database
        .sql(
            "UPDATE safire.registration SET client_id = 'another' WHERE seq = 1;
             UPDATE safire.token SET generation = 7;
             INSERT INTO safire.lease VALUES ('rzzzzzzzzzzzzzzz', 'login', 'somebody', now())",
        )
        .unwrap();
    assert_eq!(upkeep::findings(&store), ["unreadable-record", "unreadable-token", "orphan-lease"]);
    let error = run(store.export(place.folder.path().join("export"), &SealingKey::generate().unwrap()));
    assert!(matches!(error, Err(StoreError::Unreadable { .. })), "{error:?}");
    assert!(!place.folder.path().join("export").exists(), "half an export is none");
    assert_eq!(run(store.load_history(&id(1))).unwrap().len(), 2);
}
