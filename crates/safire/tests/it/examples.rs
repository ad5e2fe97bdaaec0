//! The examples are run as they stand, at the sandbox; a plain HTTP client plays the browser.

use bytes::Bytes;
use http::Request;
use http::header::LOCATION;
use safire::protocol::fault::Diagnose as _;
use safire::protocol::url::LoopbackHttp;
use safire::transport::HttpTransport;
use safire::transport::Transport as _;
use safire_sandbox::LaunchContext;
use safire_sandbox::Sandbox;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::mpsc::unbounded_channel;
use url::Url;

#[path = "../../examples/backend_service.rs"]
#[expect(dead_code, reason = "`main` is for the terminal")]
mod backend_service;
#[path = "../../examples/ehr_launch.rs"]
#[expect(dead_code, reason = "`main` is for the terminal")]
#[expect(clippy::duplicate_mod, reason = "both examples have the same listener")]
mod ehr_launch;
#[path = "../../examples/standalone_launch.rs"]
#[expect(dead_code, reason = "`main` is for the terminal")]
#[expect(clippy::duplicate_mod, reason = "both examples have the same listener")]
mod standalone_launch;

/// What an example tells.
struct Told(UnboundedReceiver<String>);

impl Told {
    fn new() -> (impl Fn(String), Self) {
        let (sender, receiver) = unbounded_channel();
        (move |line| sender.send(line).unwrap(), Self(receiver))
    }

    /// The rest of the line that comes next and starts so.
    async fn next(&mut self, start: &str) -> String {
        let line = self.0.recv().await.unwrap();
        line.strip_prefix(start).unwrap_or_else(|| panic!("no {start:?}: {line}")).to_owned()
    }

    /// What is left.
    fn rest(mut self) -> Vec<String> {
        std::iter::from_fn(|| self.0.try_recv().ok()).collect()
    }
}

/// Opens a URL and follows where it leads, and gives the last status and URL.
async fn browse(url: &str) -> (u16, Url) {
    let http = HttpTransport::builder().loopback(LoopbackHttp::Allowed).build();
    let mut url = Url::parse(url).unwrap();
    loop {
        let answer = http.send(Request::get(url.as_str()).body(Bytes::new()).unwrap()).await.unwrap();
        let Some(location) = answer.headers().get(LOCATION) else { return (answer.status().as_u16(), url) };
        url = Url::options().base_url(Some(&url)).parse(location.to_str().unwrap()).unwrap();
    }
}

async fn approving() -> Sandbox {
    Sandbox::builder().auto_approve("patient", "example").start().await.unwrap()
}

#[tokio::test]
async fn the_standalone_launch_logs_in_reads_renews_and_logs_out() {
    let sandbox = approving().await;
    let base = sandbox.fhir_base();
    let (tell, mut told) = Told::new();
    let running = standalone_launch::run(&base, LoopbackHttp::Allowed, tell);
    let person = async {
        let (status, url) = browse(&told.next("open ").await).await;
        assert_eq!((status, url.path(), url.query()), (200, "/done", None), "no code is left in the URL");
    };
    let (outcome, ()) = tokio::join!(running, person);
    outcome.unwrap();
    let user = format!("logged in: {base}/Patient/example");
    assert_eq!(told.rest(), [&*user, "200 OK: patient example, born 1980-01-01", "renewed", "logged out"]);
}

#[tokio::test]
async fn the_ehr_launch_reads_the_patient_that_is_open() {
    let sandbox = approving().await;
    let base = sandbox.fhir_base();
    let (tell, mut told) = Told::new();
    let running = ehr_launch::run(&base, LoopbackHttp::Allowed, tell);
    let ehr = async {
        let mut url = Url::parse(&told.next("launch URL: ").await).unwrap();
        let open = LaunchContext::new().user("clinician").patient("second").encounter("visit-2");
        let launch = sandbox.launch(open).unwrap();
        url.query_pairs_mut().append_pair("iss", &base).append_pair("launch", &launch);
        let (status, url) = browse(url.as_str()).await;
        assert_eq!((status, url.path(), url.query()), (200, "/done", None), "no code is left in the URL");
    };
    let (outcome, ()) = tokio::join!(running, ehr);
    outcome.unwrap();
    let user = format!("logged in: {base}/Practitioner/example");
    assert_eq!(told.rest(), [&*user, "encounter: visit-2", "200 OK: patient second, born 1953-07-14"]);
}

#[tokio::test]
async fn the_ehr_launch_of_a_stranger_ends_before_anything_is_sent_there() {
    let (own, stranger) = (approving().await, approving().await);
    let (tell, mut told) = Told::new();
    let base = own.fhir_base();
    let running = ehr_launch::run(&base, LoopbackHttp::Allowed, tell);
    let ehr = async {
        let mut url = Url::parse(&told.next("launch URL: ").await).unwrap();
        url.query_pairs_mut().append_pair("iss", &stranger.fhir_base()).append_pair("launch", "any");
        assert_eq!(browse(url.as_str()).await.0, 400);
    };
    let (outcome, ()) = tokio::join!(running, ehr);
    let error = outcome.unwrap_err().downcast::<safire::Error>().unwrap();
    assert_eq!(error.code(), "launch-issuer-not-allowed");
    assert!(error.hint().is_some(), "{error}");
    assert!(stranger.requests().is_empty());
}

#[tokio::test]
async fn the_backend_service_reads_with_one_token_and_renews_it() {
    let sandbox = Sandbox::start().await.unwrap();
    let (tell, mut told) = Told::new();
    backend_service::run(&sandbox.fhir_base(), LoopbackHttp::Allowed, tell).await.unwrap();
    assert_eq!(told.next("registered: ").await, sandbox.clients()[0].client_id);
    assert_eq!(told.rest(), ["200 OK: Patient", "200 OK: Bundle", "renewed"]);
    let asked = sandbox.requests();
    assert_eq!(asked.iter().filter(|request| request.path == "/token").count(), 2, "one, and its renewal");
}
