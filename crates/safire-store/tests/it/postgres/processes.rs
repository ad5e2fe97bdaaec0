//! Many processes at one database.

use std::path::Path;
use std::process::Stdio;

use safire::store::Change;
use safire::store::Query;
use safire::store::Repeat;
use safire::store::State;
use safire::store::StoreError;

use crate::postgres::server::Place;
use crate::postgres::server::builder;
use crate::postgres::server::opened;
use crate::postgres::server::rooms;
use crate::postgres::server::shared;
use crate::process;
use crate::sample::answered;
use crate::sample::commit;
use crate::sample::insertion;
use crate::sample::intent;
use crate::sample::keep;
use crate::sample::load;
use crate::sample::replacement;
use crate::sample::token;

/// Runs the test again in this many processes, each with the URL of the database; what they wrote to stdout.
pub(crate) fn at_once(test: &str, url: &str, count: u64) -> Vec<String> {
    let children: Vec<_> = (0..count)
        .map(|number| {
            let mut command = process::again(test, Path::new(url), number);
            command.stdout(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let outputs = children.into_iter().map(|child| child.wait_with_output().unwrap());
    outputs
        .map(|output| {
            assert!(output.status.success());
            String::from_utf8_lossy(&output.stdout).into_owned()
        })
        .collect()
}

#[test]
fn eight_processes_make_a_store_at_once() {
    if let Some((url, number)) = process::task() {
        let rooms = crate::sample::folder();
        let store = opened(builder(url.to_str().unwrap(), rooms.path()));
        commit(&store, insertion(intent(number))).unwrap();
        return;
    }
    let Some(server) = shared() else { return };
    for _ in 0..3 {
        let place = Place::at(server);
        let name = "postgres::processes::eight_processes_make_a_store_at_once";
        at_once(name, &place.database.url(), 8);
        assert_eq!(load(&place.open(), Query::All).len(), 8);
    }
}

#[test]
fn of_many_twins_at_once_one_is_inserted() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    let store = place.open();
    let barrier = std::sync::Barrier::new(8);
    let results: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|number| {
                let (store, barrier) = (&store, &barrier);
                scope.spawn(move || {
                    let mut record = intent(number);
                    record.fingerprint = Some("the same".to_owned());
                    barrier.wait();
                    commit(store, Change::Insert { record: Box::new(record), repeat: Repeat::Find })
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    let winner = load(&store, Query::All);
    assert_eq!(winner.len(), 1);
    let exists = StoreError::Exists { id: winner[0].id.clone() };
    assert!(results.iter().flat_map(|result| result.as_ref().err()).all(|error| *error == exists));
}

#[test]
fn many_registrations_at_once_share_a_few_connections() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    let store = opened(place.builder().most_connections(3));
    std::thread::scope(|scope| {
        for worker in 0..24 {
            let store = &store;
            scope.spawn(move || {
                for number in worker * 10..worker * 10 + 4 {
                    commit(store, insertion(intent(number))).unwrap();
                    commit(store, replacement(answered(number, 2_000))).unwrap();
                    commit(store, keep(token(number))).unwrap();
                }
            });
        }
    });
    let found = load(&store, Query::All);
    assert_eq!(found.len(), 96);
    assert!(found.iter().all(|record| record.state == State::Registered));
    drop(store);
    assert_eq!(rooms(&place.rooms()), ["spare"], "further spares go when the store is closed");
}
