//! Many workers at one database.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use safire::fleet::FleetQueue;
use safire::fleet::Outcome;

use crate::fleet_queue::ask;
use crate::fleet_queue::claim;
use crate::fleet_queue::ended;
use crate::fleet_queue::id;
use crate::fleet_queue::load_all;
use crate::fleet_queue::row;
use crate::fleet_queue::settle;
use crate::fleet_queue::suite;
use crate::postgres::server::Place;
use crate::postgres::server::shared;
use crate::sample;

#[test]
fn postgres_store_keeps_the_contract_of_queues() {
    let Some(server) = shared() else { return };
    suite(&Place::at(server).open());
}

#[test]
fn eight_workers_on_connections_of_their_own_get_each_row_once() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    let fleet = id("eight");
    let first = place.open();
    load_all(&first, &fleet, (1..=400).map(|n| row(n, &format!("https://h{n}.example.com"))).collect());
    let barrier = Arc::new(std::sync::Barrier::new(8));
    let workers: Vec<_> = (1..=8)
        .map(|worker| {
            let (store, fleet, barrier) = (place.open(), fleet.clone(), Arc::clone(&barrier));
            std::thread::spawn(move || {
                barrier.wait();
                let mut mine = Vec::new();
                loop {
                    let share = claim(&store, &fleet, worker, 7);
                    if share.rows.is_empty() {
                        return mine;
                    }
                    settle(
                        &store,
                        &fleet,
                        worker,
                        share.rows.iter().map(|row| (row.number, ended(Outcome::Registered))).collect(),
                    );
                    mine.extend(share.rows.iter().map(|row| row.number));
                }
            })
        })
        .collect();
    let mut times = BTreeMap::new();
    for worker in workers {
        for number in worker.join().unwrap() {
            *times.entry(number).or_insert(0) += 1;
        }
    }
    assert_eq!(times.len(), 400);
    assert!(times.values().all(|count| *count == 1));
    assert!(sample::run(first.progress(&fleet)).unwrap().unwrap().is_complete());
}

#[test]
fn the_deadline_is_the_databases() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    let fleet = id("clock");
    let store = place.open();
    load_all(&store, &fleet, vec![row(1, "https://a.example.com")]);
    let mut asked = ask(&fleet, 1, 1);
    asked.term = Duration::from_secs(600);
    assert_eq!(sample::run(store.claim(asked.clone())).unwrap().rows.len(), 1);
    // A machine whose clock is a year ahead does not end the term of another one.
    asked.worker = crate::fleet_queue::owner(2);
    asked.now = asked.now.plus_seconds(365 * 86_400);
    let share = sample::run(FleetQueue::claim(&store, asked)).unwrap();
    assert_eq!((share.rows.len(), share.open), (0, 1));
}

#[test]
fn a_new_key_opens_what_waits() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    let fleet = id("rotated");
    let store = place.open();
    load_all(&store, &fleet, (1..=5).map(|n| row(n, &format!("https://h{n}.example.com"))).collect());
    let key = safire_store::SealingKey::generate().unwrap();
    sample::run(store.rotate_key(&key)).unwrap();
    let source = safire_store::KeySource::Base64(key.expose_base64());
    let url = crate::postgres::server::url(&place.database.url());
    let again =
        crate::postgres::server::opened(safire_store::PostgresStore::builder(url, source, place.rooms()));
    assert!(claim(&again, &fleet, 1, 10).rows.iter().all(|row| row.input.initial_access_token.is_some()));
}
