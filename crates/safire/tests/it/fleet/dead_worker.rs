//! A worker that died: its rows come back, and what it may have registered is not registered again.

use std::sync::Arc;
use std::time::Duration;

use safire::fleet::FleetQueue;
use safire::fleet::MemoryQueue;
use safire::fleet::PaceLimits;
use safire::fleet::Stopper;
use safire::fleet::source::Format;
use safire::store::MemoryStore;
use safire::store::Store;
use tokio::sync::Notify;

use super::outcomes::habits;
use super::support::Told;
use super::support::fleet;
use super::support::load;
use super::support::registering;
use super::support::template;
use crate::script::Script;

#[tokio::test]
async fn a_dead_workers_row_comes_back_in_doubt() {
    let reached = Arc::new(Notify::new());
    let tell = Arc::clone(&reached);
    let script = Script::start(move |asked, address| {
        if asked.path.starts_with("/register-slow") {
            tell.notify_one();
            // Never an answer: an empty write keeps the connection as it is.
            return Vec::new();
        }
        habits(asked, address)
    })
    .await;
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let queue: Arc<dyn FleetQueue> = Arc::new(MemoryQueue::new());
    let make = || {
        fleet(registering(template(), Arc::clone(&store)), Arc::clone(&queue), PaceLimits::default())
            .term(Duration::from_secs(1))
    };
    let text = format!("{0}/slow/1\n{0}/good/2\n", script.origin());
    let victim = make();
    load(&victim, Format::List, &text, &Told::default()).await;
    let doomed = tokio::spawn(async move {
        let told = Told::default();
        let _ = victim.run(None, &Stopper::new().signal(), &told.listener()).await;
    });
    reached.notified().await;
    doomed.abort();
    assert!(doomed.await.unwrap_err().is_cancelled());
    let told = Told::default();
    let run = make().run(None, &Stopper::new().signal(), &told.listener()).await.unwrap();
    assert!(run.progress.is_complete());
    let report = told.reports().into_iter().find(|report| report.place.line == 1).unwrap();
    assert_eq!((report.outcome.as_str(), report.attempt), ("in-doubt", 2));
    assert_eq!(script.count("/register-slow"), 1, "it was asked once and never again");
}
