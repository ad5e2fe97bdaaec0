//! Stopping: what is under way ends or is given back, and another run goes on where this one stopped.

use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;
use std::time::Duration;

use safire::fleet::FleetQueue;
use safire::fleet::FleetWork;
use safire::fleet::MemoryQueue;
use safire::fleet::PaceLimits;
use safire::fleet::Stopper;
use safire::fleet::source::Format;
use safire::store::MemoryStore;
use safire::store::Query;
use safire::store::State;
use safire::store::Store;

use super::outcomes::habits;
use super::support::Told;
use super::support::fleet;
use super::support::load;
use super::support::registering;
use super::support::template;
use crate::script::Script;

#[tokio::test]
async fn what_is_stopped_goes_on_later_and_nothing_is_sent_twice() {
    let stopper = Stopper::new();
    let posts = Arc::new(AtomicU32::new(0));
    let (stop, count) = (stopper.clone(), Arc::clone(&posts));
    let script = Script::start(move |asked, address| {
        // The fifth registration is under way when somebody says stop.
        if asked.path.starts_with("/register-") && count.fetch_add(1, Ordering::Relaxed) == 4 {
            stop.stop();
        }
        habits(asked, address)
    })
    .await;
    let store = Arc::new(MemoryStore::new());
    let queue: Arc<dyn FleetQueue> = Arc::new(MemoryQueue::new());
    let text: String = (0..300).map(|n| format!("{}/good/{n}\n", script.origin())).collect();
    let limits = PaceLimits { requests: 4, per_host: 4, ..PaceLimits::default() };
    let fleet = fleet(registering(template(), Arc::clone(&store) as _), queue, limits);
    let first = Told::default();
    load(&fleet, Format::List, &text, &first).await;
    let run = fleet.run(None, &stopper.signal(), &first.listener()).await.unwrap();
    assert!(run.ended >= 5 && run.ended < 60, "{run:?}");
    assert_eq!(run.progress.ended(), run.ended);
    let records = store.load(Query::All).await.unwrap();
    assert_eq!(records.len() as u64, run.ended, "what was begun has ended");
    assert!(records.iter().all(|record| record.state == State::Registered));
    let second = Told::default();
    // The rows that were given back are free at once: no deadline has to pass.
    let rest = fleet.run(None, &Stopper::new().signal(), &second.listener()).await.unwrap();
    assert_eq!(run.ended + rest.ended, 300);
    assert!(rest.progress.is_complete());
    assert_eq!(posts.load(Ordering::Relaxed), 300);
}

#[tokio::test]
async fn two_workers_share_a_fleet_and_no_row_is_registered_twice() {
    let script = Script::start(habits).await;
    let store = Arc::new(MemoryStore::new());
    let queue: Arc<dyn FleetQueue> = Arc::new(MemoryQueue::new());
    let text: String = (0..200).map(|n| format!("{}/good/{n}\n", script.origin())).collect();
    let limits = PaceLimits { requests: 8, per_host: 8, ..PaceLimits::default() };
    let make = || fleet(registering(template(), Arc::clone(&store) as _), Arc::clone(&queue), limits);
    let (one, two) = (make(), make());
    let (told_one, told_two) = (Told::default(), Told::default());
    load(&one, Format::List, &text, &told_one).await;
    let loaded = load(&two, Format::List, &text, &told_two).await;
    assert_eq!((loaded.rows, loaded.added), (200, 0));
    let (never, listen_one, listen_two) = (Stopper::new(), told_one.listener(), told_two.listener());
    let signal = never.signal();
    let (done_one, done_two) =
        tokio::join!(one.run(None, &signal, &listen_one), two.run(None, &signal, &listen_two));
    let (done_one, done_two) = (done_one.unwrap(), done_two.unwrap());
    assert_eq!(done_one.ended + done_two.ended, 200);
    assert!(done_one.ended > 0 && done_two.ended > 0, "{} {}", done_one.ended, done_two.ended);
    assert_eq!(script.count("/register-good"), 200);
}

#[tokio::test]
async fn a_stopped_discovery_gives_back_what_is_under_way() {
    let stopper = Stopper::new();
    let stop = stopper.clone();
    let script = Script::start(move |asked, address| {
        stop.stop();
        habits(asked, address)
    })
    .await;
    let queue: Arc<dyn FleetQueue> = Arc::new(MemoryQueue::new());
    let text: String = (0..50).map(|n| format!("{}/good/{n}\n", script.origin())).collect();
    let limits = PaceLimits { interval: Duration::from_secs(60), ..PaceLimits::default() };
    let fleet = fleet(FleetWork::Discover, queue, limits);
    let told = Told::default();
    load(&fleet, Format::List, &text, &told).await;
    let run = fleet.run(None, &stopper.signal(), &told.listener()).await.unwrap();
    assert!(run.ended <= 1 && run.ended + run.given_back == 50, "{run:?}");
}

#[tokio::test]
async fn a_row_that_waits_for_its_host_leaves_no_intent_behind() {
    let stopper = Stopper::new();
    let stop = stopper.clone();
    let script = Script::start(move |asked, address| {
        if asked.path.starts_with("/register-") {
            stop.stop();
            // Everybody else is to wait for minutes.
            return crate::script::answer(429, &["retry-after: 100"], "");
        }
        habits(asked, address)
    })
    .await;
    let store = Arc::new(MemoryStore::new());
    let queue: Arc<dyn FleetQueue> = Arc::new(MemoryQueue::new());
    let text: String = (0..20).map(|n| format!("{}/good/{n}\n", script.origin())).collect();
    let limits = PaceLimits { requests: 8, per_host: 1, ..PaceLimits::default() };
    let fleet = fleet(registering(template(), Arc::clone(&store) as _), queue, limits);
    let told = Told::default();
    load(&fleet, Format::List, &text, &told).await;
    let run = fleet.run(None, &stopper.signal(), &told.listener()).await.unwrap();
    assert_eq!((script.count("/register-good"), run.given_back), (1, 20), "{run:?}");
    assert!(store.load(Query::All).await.unwrap().is_empty());
}
