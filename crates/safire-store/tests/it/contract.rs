//! What every store promises, whatever it is made of.

use std::sync::Arc;

use safire::store::Change;
use safire::store::MemoryStore;
use safire::store::Query;
use safire::store::Repeat;
use safire::store::State;
use safire::store::Store;
use safire::store::StoreError;

use crate::sample;
use crate::sample::answered;
use crate::sample::commit;
use crate::sample::id;
use crate::sample::insertion;
use crate::sample::intent;
use crate::sample::load;
use crate::sample::replacement;
use crate::sample::told;

#[test]
fn memory_store_keeps_the_contract() {
    suite(&MemoryStore::new());
}

#[test]
fn sqlite_store_keeps_the_contract() {
    let folder = sample::folder();
    suite(&sample::open(&sample::file_in(&folder)));
}

/// The contract, on an empty store.
pub(crate) fn suite(store: &dyn Store) {
    assert!(load(store, Query::All).is_empty());
    a_record_comes_back_whole(store);
    a_live_twin_is_found(store);
    what_is_not_there_is_unknown(store);
    queries_select(store);
}

fn a_record_comes_back_whole(store: &dyn Store) {
    commit(store, insertion(intent(1))).unwrap();
    assert_eq!(told(&load(store, Query::Id(id(1)))[0]), told(&intent(1)));
    commit(store, replacement(answered(1, 0))).unwrap();
    assert_eq!(told(&load(store, Query::Id(id(1)))[0]), told(&answered(1, 0)));
}

fn a_live_twin_is_found(store: &dyn Store) {
    let mut twin = intent(2);
    twin.fingerprint = intent(1).fingerprint;
    let find = Change::Insert { record: Box::new(twin.clone()), repeat: Repeat::Find };
    assert_eq!(commit(store, find.clone()), Err(StoreError::Exists { id: id(1) }));
    assert_eq!(load(store, Query::All).len(), 1);
    commit(store, insertion(twin.clone())).unwrap();
    for number in [1, 2] {
        let mut refused = answered(number, 0);
        refused.fingerprint = twin.fingerprint.clone();
        refused.state = State::Refused;
        commit(store, replacement(refused)).unwrap();
    }
    let mut third = twin;
    third.id = id(3);
    commit(store, Change::Insert { record: Box::new(third), repeat: Repeat::Find }).unwrap();
    assert_eq!(load(store, Query::Fingerprint("print-1".to_owned())).len(), 3);
}

fn what_is_not_there_is_unknown(store: &dyn Store) {
    let unknown = Err(StoreError::Unknown { id: id(99) });
    assert_eq!(commit(store, replacement(answered(99, 0))), unknown);
    assert_eq!(commit(store, Change::Remove(id(99))), unknown);
    assert!(load(store, Query::Id(id(99))).is_empty());
    commit(store, Change::Remove(id(2))).unwrap();
    assert!(load(store, Query::Id(id(2))).is_empty());
}

fn queries_select(store: &dyn Store) {
    let mut elsewhere = answered(4, 0);
    elsewhere.base_key = "https://other.example.com".to_owned();
    commit(store, insertion(elsewhere)).unwrap();
    let ids = |query| load(store, query).into_iter().map(|record| record.id).collect::<Vec<_>>();
    assert_eq!(ids(Query::All), [id(1), id(3), id(4)]);
    assert_eq!(ids(Query::BaseKey(sample::BASE.to_owned())), [id(1), id(3)]);
    assert_eq!(ids(Query::Fingerprint("print-4".to_owned())), [id(4)]);
}

#[test]
fn of_many_twins_at_once_one_is_inserted() {
    let folder = sample::folder();
    let path = sample::file_in(&folder);
    let barrier = Arc::new(std::sync::Barrier::new(8));
    let threads: Vec<_> = (0..8)
        .map(|number| {
            let (path, barrier) = (path.clone(), Arc::clone(&barrier));
            std::thread::spawn(move || {
                let store = sample::open(&path);
                let mut record = intent(number);
                record.fingerprint = Some("the same".to_owned());
                barrier.wait();
                commit(&store, Change::Insert { record: Box::new(record), repeat: Repeat::Find })
            })
        })
        .collect();
    let results: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    let winner = load(&sample::open(&path), Query::All);
    assert_eq!(winner.len(), 1);
    let exists = StoreError::Exists { id: winner[0].id.clone() };
    assert!(results.iter().flat_map(|result| result.as_ref().err()).all(|error| *error == exists));
}

#[test]
fn a_dropped_future_leaves_all_or_nothing() {
    let folder = sample::folder();
    let path = sample::file_in(&folder);
    let store = sample::open(&path);
    commit(&store, insertion(intent(1))).unwrap();
    // A runtime of its own, which waits for its threads when it ends.
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
        let mut future = store.commit(replacement(answered(1, 100_000)));
        std::future::poll_fn(|context| {
            // Once only: the work has begun, nobody waits for it.
            assert!(future.as_mut().poll(context).is_pending());
            std::task::Poll::Ready(())
        })
        .await;
        drop(future);
    });
    let found = told(&load(&store, Query::Id(id(1)))[0]);
    assert!(found == told(&answered(1, 100_000)) || found == told(&intent(1)), "half a change");
}
