//! What becomes of each row of a fleet, against a scripted server with many FHIR bases.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;

use safire::error::FleetError;
use safire::fleet::FleetQueue;
use safire::fleet::FleetWork;
use safire::fleet::MemoryQueue;
use safire::fleet::Outcome;
use safire::fleet::PaceLimits;
use safire::fleet::Stopper;
use safire::fleet::Summary;
use safire::fleet::source::Format;
use safire::store::MemoryStore;
use safire::store::Query;
use safire::store::State;
use safire::store::Store;
use serde_json::json;

use super::support::Told;
use super::support::fleet;
use super::support::load;
use super::support::registering;
use super::support::template;
use crate::script::Asked;
use crate::script::REGISTERED;
use crate::script::Script;
use crate::script::answer;
use crate::script::document;
use crate::script::json as json_answer;

const DISCOVERY: &str = "/.well-known/smart-configuration";

/// Bases `/<kind>/<anything>`, each kind with its own habit.
pub(crate) fn habits(asked: &Asked, address: SocketAddr) -> Vec<u8> {
    let kind = asked.path.trim_start_matches('/').split('/').next().unwrap_or_default();
    if asked.path.ends_with(DISCOVERY) {
        let own = document(address).replace("/register", &format!("/register-{kind}"));
        return match kind {
            "absent" => answer(404, &[], ""),
            "closed" => answer(403, &[], ""),
            "page" => answer(200, &["content-type: text/html"], "<html></html>"),
            "without" => json_answer(200, &own.replace("registration_endpoint", "x_registration")),
            _ => json_answer(200, &own),
        };
    }
    match asked.path.as_str() {
        "/register-refusing" => json_answer(400, r#"{"error":"invalid_client_metadata"}"#),
        "/register-broken" => answer(500, &[], ""),
        path if path.starts_with("/register-") => json_answer(201, REGISTERED),
        _ => answer(404, &[], ""),
    }
}

fn stores() -> (Arc<MemoryStore>, Arc<dyn FleetQueue>) {
    (Arc::new(MemoryStore::new()), Arc::new(MemoryQueue::new()))
}

fn lines(script: &Script, paths: &[&str]) -> String {
    paths.iter().map(|path| format!("{}{path}\n", script.origin())).collect()
}

#[tokio::test]
async fn registering_tells_what_became_of_each_row() {
    let script = Script::start(habits).await;
    let (store, queue) = stores();
    let paths = [
        "/good/1",
        "/good/2",
        "/good/1/",
        "/refusing/1",
        "/broken/1",
        "/absent/1",
        "/closed/1",
        "/page/1",
        "/without/1",
    ];
    let text = lines(&script, &paths) + "http://elsewhere.example.com/fhir\nhttps://a b.example.com\n";
    let told = Told::default();
    let fleet = fleet(registering(template(), Arc::clone(&store) as _), queue, PaceLimits::default());
    let loaded = load(&fleet, Format::List, &text, &told).await;
    assert_eq!((loaded.rows, loaded.added, loaded.duplicates, loaded.invalid), (11, 8, 1, 2));
    assert!(script.asked().is_empty(), "nothing is sent while a list is loaded");
    let run = fleet.run(None, &Stopper::new().signal(), &told.listener()).await.unwrap();
    assert_eq!(
        told.outcomes(),
        [
            (1, "registered"),
            (2, "registered"),
            (3, "duplicate"),
            (4, "refused"),
            (5, "in-doubt"),
            (6, "unsupported"),
            (7, "refused"),
            (8, "unusable"),
            (9, "unsupported"),
            (10, "invalid"),
            (11, "invalid"),
        ]
    );
    let reports = told.reports();
    assert_eq!(reports[2].duplicate_of.unwrap().line, 1);
    assert_eq!(reports[3].server_error.as_deref(), Some("invalid_client_metadata"));
    assert_eq!(reports[8].code.as_deref(), Some("missing-endpoint"));
    assert!(reports[0].record.is_some() && reports[4].record.is_some());
    let summary = Summary::of(&run.progress);
    assert_eq!((summary.rows, summary.good, summary.failed(), summary.left()), (11, 3, 8, 0));
    let records = store.load(Query::All).await.unwrap();
    let count = |state| records.iter().filter(|record| record.state == state).count();
    assert_eq!((count(State::Registered), count(State::Refused), count(State::InDoubt)), (2, 1, 1));
    assert_eq!(
        records.iter().find(|r| r.base_url.ends_with("/good/2")).unwrap().client_name.as_deref(),
        Some("Fleet 2")
    );
}

#[tokio::test]
async fn a_second_run_of_the_same_list_sends_no_registration() {
    let script = Script::start(habits).await;
    let (store, queue) = stores();
    let text = lines(&script, &["/good/1", "/good/2", "/broken/1"]);
    let first = Told::default();
    let fleet = fleet(registering(template(), Arc::clone(&store) as _), queue, PaceLimits::default());
    load(&fleet, Format::List, &text, &first).await;
    fleet.run(None, &Stopper::new().signal(), &first.listener()).await.unwrap();
    let posts = script.count("/register-good") + script.count("/register-broken");
    let second = Told::default();
    load(&fleet, Format::List, &text, &second).await;
    fleet.run(None, &Stopper::new().signal(), &second.listener()).await.unwrap();
    assert_eq!(second.outcomes(), [(1, "existing"), (2, "existing"), (3, "in-doubt")]);
    assert_eq!(script.count("/register-good") + script.count("/register-broken"), posts);
}

#[tokio::test]
async fn discovering_tells_what_each_server_offers() {
    let script = Script::start(habits).await;
    let (_, queue) = stores();
    let told = Told::default();
    let fleet = fleet(FleetWork::Discover, queue, PaceLimits::default());
    load(&fleet, Format::List, &lines(&script, &["/good/1", "/absent/1"]), &told).await;
    fleet.run(None, &Stopper::new().signal(), &told.listener()).await.unwrap();
    assert_eq!(told.outcomes(), [(1, "discovered"), (2, "unsupported")]);
    let json = told.reports()[0].to_json();
    assert_eq!(json["profile"]["issuer"], script.origin());
    assert_eq!(json["profile"]["raw"], serde_json::Value::Null);
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_tried_again_only_when_that_is_wanted() {
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = gone.local_addr().unwrap();
    drop(gone);
    let (store, queue) = stores();
    let fleet = fleet(registering(template(), store as _), queue, PaceLimits::default());
    let told = Told::default();
    load(&fleet, Format::List, &format!("http://{address}/good/1\n"), &told).await;
    let run = fleet.run(None, &Stopper::new().signal(), &told.listener()).await.unwrap();
    assert_eq!((told.outcomes(), run.ended), (vec![(1, "unreachable")], 1));
    let idle = fleet.run(None, &Stopper::new().signal(), &told.listener()).await.unwrap();
    assert_eq!(idle.ended, 0);
    let script = Script::start_at(address, habits).await;
    let later = safire::protocol::time::UnixTime::from_seconds(i64::MAX);
    let again = Told::default();
    fleet.run(Some(later), &Stopper::new().signal(), &again.listener()).await.unwrap();
    assert_eq!(again.outcomes(), [(1, "registered")]);
    assert_eq!(again.reports()[0].attempt, 2);
    drop(script);
}

#[tokio::test]
async fn a_busy_server_is_asked_later_and_leaves_no_trace() {
    let asked_before = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked_before);
    let script = Script::start(move |asked, address| {
        if asked.path.starts_with("/register-") && count.fetch_add(1, Ordering::Relaxed) < 2 {
            return answer(429, &["retry-after: 0"], "");
        }
        habits(asked, address)
    })
    .await;
    let (store, queue) = stores();
    let told = Told::default();
    let fleet = fleet(registering(template(), Arc::clone(&store) as _), queue, PaceLimits::default());
    load(&fleet, Format::List, &lines(&script, &["/good/1"]), &told).await;
    fleet.run(None, &Stopper::new().signal(), &told.listener()).await.unwrap();
    assert_eq!((told.outcomes(), asked_before.load(Ordering::Relaxed)), (vec![(1, "registered")], 3));
    assert_eq!(store.load(Query::All).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_row_brings_its_own_metadata_endpoint_and_token() {
    let script = Script::start(habits).await;
    let (store, queue) = stores();
    let told = Told::default();
    let origin = script.origin();
    let text = format!(
        "base_url,registration_endpoint,initial_access_token,metadata.client_name\n\
         {origin}/good/1,{origin}/register-own,planted-token-0123,Own name\n\
         {origin}/good/2,,,\n\
         {origin}/good/3,http://elsewhere.example.com/register,,\n"
    );
    let fleet = fleet(registering(template(), Arc::clone(&store) as _), queue, PaceLimits::default());
    load(&fleet, Format::Csv, &text, &told).await;
    fleet.run(None, &Stopper::new().signal(), &told.listener()).await.unwrap();
    assert_eq!(told.outcomes(), [(2, "registered"), (3, "registered"), (4, "invalid")]);
    let asked = script.asked();
    let with_token: Vec<&str> = asked
        .iter()
        .filter(|asked| asked.header("authorization").is_some())
        .map(|asked| asked.path.as_str())
        .collect();
    assert_eq!(with_token, ["/register-own"]);
    assert!(
        !asked.iter().any(|asked| asked.path.contains("/good/1")),
        "no discovery for a row with an endpoint"
    );
    assert!(asked.iter().any(|asked| asked.body.contains("Own name")));
    assert!(!format!("{told:?}").contains("planted-token"));
}

#[tokio::test]
async fn a_template_that_asks_for_what_the_list_lacks_sends_nothing() {
    let script = Script::start(habits).await;
    let (store, queue) = stores();
    let mut members = template();
    members["client_name"] = json!("{site}");
    let fleet = fleet(registering(members, store as _), queue, PaceLimits::default());
    let text = format!("base_url,sight\n{}/good/1,x\n", script.origin());
    let told = Told::default();
    let error = fleet.load(std::io::Cursor::new(text), Format::Csv, &told.listener()).await.unwrap_err();
    assert!(matches!(error, safire::Error::Fleet(FleetError::Template(_))), "{error}");
    assert!(script.asked().is_empty());
}

#[test]
fn every_outcome_reads_back() {
    for outcome in Outcome::ALL {
        assert_eq!(Outcome::parse(outcome.as_str()), Some(outcome));
    }
}
