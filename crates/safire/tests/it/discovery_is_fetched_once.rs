//! One flight however many ask; kept as long as it is fresh; failures are not kept.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::script::Script;
use crate::script::answer;
use crate::script::document;
use crate::script::json;

const SMART: &str = "/fhir/.well-known/smart-configuration";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn td_24_fifty_tasks_make_one_request() {
    let script = Script::with_document(document, |_, _| answer(404, &[], "")).await;
    let server = script.server();
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let server = server.clone();
            tokio::spawn(async move { server.metadata().await.unwrap() })
        })
        .collect();
    for task in tasks {
        assert!(task.await.unwrap().token_endpoint.is_some());
    }
    assert_eq!(script.count(SMART), 1);
}

#[tokio::test]
async fn tc_047_two_calls_make_one_request() {
    let script = Script::with_document(document, |_, _| answer(404, &[], "")).await;
    let server = script.server();
    let (first, second) = (server.metadata().await.unwrap(), server.metadata().await.unwrap());
    assert!(Arc::ptr_eq(&first, &second));
    assert_eq!(script.count(SMART), 1);
    server.refresh_metadata().await.unwrap();
    assert_eq!(script.count(SMART), 2);
}

#[tokio::test]
async fn cache_control_and_the_time_to_live_are_obeyed() {
    for (header, ttl, requests) in [
        ("cache-control: no-store", 3600, 2),
        ("cache-control: private, max-age=0", 3600, 2),
        ("cache-control: max-age=600", 0, 1),
        ("x-other: 1", 0, 2),
    ] {
        let script = Script::start(move |_, address| {
            answer(200, &["content-type: application/json", header], &document(address))
        })
        .await;
        let server = script.builder().metadata_ttl(Duration::from_secs(ttl)).build().unwrap();
        server.metadata().await.unwrap();
        server.metadata().await.unwrap();
        assert_eq!(script.count(SMART), requests, "{header}, {ttl}");
    }
}

#[tokio::test]
async fn a_failure_is_not_kept() {
    let tried = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&tried);
    let script = Script::start(move |_, address| {
        if counter.fetch_add(1, Ordering::Relaxed) == 0 {
            json(500, "")
        } else {
            json(200, &document(address))
        }
    })
    .await;
    let server = script.server();
    server.metadata().await.unwrap_err();
    server.metadata().await.unwrap();
}
