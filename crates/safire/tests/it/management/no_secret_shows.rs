//! What manages a registration shows none of its secrets: not in logs, transcripts, errors or `Debug`.

use std::sync::Arc;
use std::sync::Mutex;

use safire::clock::SystemClock;
use safire::protocol::url::LoopbackHttp;
use safire::transport::Exchange;
use safire::transport::Explained;
use safire::transport::HttpTransport;

use super::setting::Instead;
use super::setting::Place;
use super::setting::Shows;
use crate::log_lines;
use crate::script;

#[tokio::test]
async fn nothing_planted_is_seen_anywhere() {
    let (lines, _guard) = log_lines::capture();
    let place = Place::new().await;
    let told = Arc::new(Mutex::new(String::new()));
    let telling = Arc::clone(&told);
    let listener = move |exchange: &Exchange| telling.lock().unwrap().push_str(&format!("{exchange:?}\n"));
    let inner = HttpTransport::builder().loopback(LoopbackHttp::Allowed).build();
    let explained = Explained::new(Arc::new(inner), Arc::new(SystemClock::new()), Arc::new(listener));
    let server = place.script.builder().transport(Arc::new(explained)).build().unwrap();
    let managed = server.manage(&*place.store, &place.id);
    place.set(|registry| {
        registry.rotates_secret = true;
        registry.rotates_token = vec!["GET", "PUT"];
    });
    let metadata = script::metadata().client_name("Renamed");
    let mut debug = format!("{managed:?} {:?}", managed.read().await.unwrap());
    debug.push_str(&format!("{:?}", managed.update(&metadata).await.unwrap()));
    place.set(|registry| registry.shows = Shows::Hashes);
    debug.push_str(&format!("{:?}", managed.read().await.unwrap()));
    for instead in [
        Instead::Answer(
            401,
            r#"{"error":"invalid_token","error_description":"not planted-token-1-0123456789"}"#,
        ),
        Instead::DoneBut(200, r#"{"client_secret":"planted-secret-9-0123456789""#),
    ] {
        place.instead(instead.clone());
        place.instead(instead);
        let error = managed.update(&metadata).await.unwrap_err();
        debug.push_str(&format!("{error} {error:?} {:?}", place.record().await));
    }
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let told = told.lock().unwrap().clone();
    assert!(log.contains("the registration is managed"), "{log}");
    assert!(told.contains("/clients/1"), "{told}");
    for text in [&debug, &log, &told] {
        assert!(!text.contains("planted-token") && !text.contains("planted-secret"), "{text}");
    }
}
