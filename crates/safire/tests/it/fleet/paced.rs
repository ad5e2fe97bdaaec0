//! The transport that paces itself, in a time that stands still until somebody waits.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http::Response;
use safire::clock::Clock;
use safire::fleet::PaceLimits;
use safire::fleet::PacedTransport;
use safire::future::BoxFuture;
use safire::protocol::time::UnixTime;
use safire::transport::Transport;
use safire::transport::TransportError;
use tokio::time::Instant;

/// Tokio's own time, which tests stop.
#[derive(Debug)]
struct TokioClock(Instant);

impl Clock for TokioClock {
    fn now(&self) -> UnixTime {
        UnixTime::from_seconds(i64::try_from(self.elapsed().as_secs()).unwrap())
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// Answers after a time that the host names, and remembers how many requests were under way at once.
#[derive(Debug, Default)]
struct Slow {
    under_way: Mutex<BTreeMap<String, usize>>,
    most: Mutex<BTreeMap<String, usize>>,
    answers: Mutex<Vec<String>>,
    refusals: Mutex<Vec<Response<Bytes>>>,
}

impl Slow {
    fn most(&self, host: &str) -> usize {
        self.most.lock().unwrap().get(host).copied().unwrap_or_default()
    }

    fn change(&self, host: &str, by: isize) {
        let mut under_way = self.under_way.lock().unwrap();
        for name in [host, "all"] {
            let count = under_way.entry(name.to_owned()).or_default();
            *count = count.checked_add_signed(by).unwrap();
            let mut most = self.most.lock().unwrap();
            let most = most.entry(name.to_owned()).or_default();
            *most = (*most).max(*count);
        }
    }
}

impl Transport for Slow {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        let host = request.uri().host().unwrap().to_owned();
        let time = host.split('.').next().unwrap().trim_start_matches('h').parse().unwrap();
        Box::pin(async move {
            self.change(&host, 1);
            tokio::time::sleep(Duration::from_millis(time)).await;
            self.change(&host, -1);
            self.answers.lock().unwrap().push(host);
            Ok(self.refusals.lock().unwrap().pop().unwrap_or_default())
        })
    }
}

fn paced(limits: PaceLimits) -> (Arc<Slow>, Arc<PacedTransport>) {
    let slow = Arc::new(Slow::default());
    let clock = Arc::new(TokioClock(Instant::now()));
    let transport: Arc<dyn Transport> = Arc::clone(&slow) as _;
    (slow, Arc::new(PacedTransport::new(transport, clock, limits)))
}

fn request(method: &str, host: &str) -> Request<Bytes> {
    Request::builder().method(method).uri(format!("https://{host}/x")).body(Bytes::new()).unwrap()
}

async fn all(transport: &Arc<PacedTransport>, hosts: impl IntoIterator<Item = &str>) -> Duration {
    let begun = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for host in hosts {
        let (transport, request) = (Arc::clone(transport), request("GET", host));
        tasks.spawn(async move { transport.send(request).await.unwrap() });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    begun.elapsed()
}

#[tokio::test(start_paused = true)]
async fn one_host_and_all_together_have_their_limits() {
    let limits = PaceLimits { requests: 5, per_host: 2, ..PaceLimits::default() };
    let (slow, transport) = paced(limits);
    let hosts = ["h10.example.com", "h20.example.com", "h30.example.com", "h40.example.com"];
    all(&transport, hosts.iter().copied().cycle().take(40)).await;
    assert!(hosts.iter().all(|host| slow.most(host) == 2), "{slow:?}");
    assert_eq!(slow.most("all"), 5);
}

#[tokio::test(start_paused = true)]
async fn a_slow_host_holds_nobody_up() {
    let limits = PaceLimits { requests: 4, per_host: 2, ..PaceLimits::default() };
    let (_, transport) = paced(limits);
    let slow = tokio::spawn({
        let transport = Arc::clone(&transport);
        async move { all(&transport, ["h60000.example.com"; 50]).await }
    });
    tokio::task::yield_now().await;
    let quick = all(&transport, ["h10.example.com"; 100]).await;
    assert!(quick <= Duration::from_millis(510), "{quick:?}");
    assert!(!slow.is_finished());
    slow.abort();
}

#[tokio::test(start_paused = true)]
async fn the_rate_of_a_host_is_kept() {
    let limits = PaceLimits { interval: Duration::from_millis(250), ..PaceLimits::default() };
    let (_, transport) = paced(limits);
    let took = all(&transport, ["h1.example.com"; 9]).await;
    assert!(took >= Duration::from_secs(2) && took < Duration::from_millis(2100), "{took:?}");
}

fn busy(status: u16, retry_after: &str) -> Response<Bytes> {
    Response::builder().status(status).header("retry-after", retry_after).body(Bytes::new()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_get_waits_as_long_as_the_server_asks_and_is_sent_again() {
    let (slow, transport) = paced(PaceLimits::default());
    slow.refusals.lock().unwrap().extend([busy(503, "30"), busy(429, "10")]);
    let took = all(&transport, ["h1.example.com"]).await;
    assert_eq!(slow.answers.lock().unwrap().len(), 3);
    assert!(took >= Duration::from_secs(40) && took <= Duration::from_secs(51), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_post_is_never_sent_again_but_its_host_rests() {
    let (slow, transport) = paced(PaceLimits::default());
    slow.refusals.lock().unwrap().push(busy(429, "20"));
    let answer = transport.send(request("POST", "h1.example.com")).await.unwrap();
    assert_eq!(answer.status(), 429);
    assert!(all(&transport, ["h2.example.com"]).await < Duration::from_secs(1));
    assert!(all(&transport, ["h1.example.com"]).await >= Duration::from_secs(20));
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_is_too_long_is_not_waited_for() {
    let (slow, transport) = paced(PaceLimits::default());
    slow.refusals.lock().unwrap().push(busy(503, "86400"));
    let answer = transport.send(request("GET", "h1.example.com")).await.unwrap();
    assert_eq!((answer.status().as_u16(), slow.answers.lock().unwrap().len()), (503, 1));
}

/// Fifty servers that answer after a minute, each at a host of its own.
#[tokio::test(start_paused = true)]
async fn slow_answers_of_many_hosts_hold_nobody_up_and_are_not_without_number() {
    let limits = PaceLimits { requests: 4, per_host: 2, ..PaceLimits::default() };
    let (_, transport) = paced(limits);
    let hosts: Vec<String> = (0..12).map(|host| format!("h60000.example{host}.com")).collect();
    let waiting = tokio::spawn({
        let transport = Arc::clone(&transport);
        async move { all(&transport, hosts.iter().map(String::as_str)).await }
    });
    tokio::time::sleep(Duration::from_millis(3500)).await;
    let quick = all(&transport, ["h10.example.com"; 100]).await;
    assert!(quick <= Duration::from_millis(510), "{quick:?}");
    assert!(!waiting.is_finished());
    waiting.abort();
    let (slow, transport) = paced(limits);
    let hosts: Vec<String> = (0..50).map(|host| format!("h60000.example{host}.com")).collect();
    all(&transport, hosts.iter().map(String::as_str)).await;
    assert_eq!(slow.most("all"), 16, "four places, and three slow requests for each");
}
