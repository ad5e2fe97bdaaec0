//! A transport that paces itself, host by host.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use http::Request;
use http::Response;
use http::StatusCode;
use http::Uri;
use http::header::RETRY_AFTER;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::Semaphore;
use tokio::sync::SemaphorePermit;

use super::pace::HostPace;
use super::pace::PaceLimits;
use crate::clock::Clock;
use crate::future::BoxFuture;
use crate::random;
use crate::transport::Transport;
use crate::transport::TransportError;

/// Sends through another transport, no faster than each host may be asked.
///
/// A request first waits for its host and then for a place among all requests, so those that wait for a slow host
/// hold nobody else up. Nor do those that wait for a slow answer: after a second a request gives its place among all away,
/// as long as such requests are not three times as many as there are places. A pause that a server asks for holds for every request to its host, a POST too; a GET that was
/// answered so is sent again afterwards, a POST never.
#[derive(Debug)]
pub struct PacedTransport {
    inner: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    limits: PaceLimits,
    requests: Semaphore,
    /// Places for requests that have given theirs away.
    slow: Semaphore,
    hosts: Mutex<HashMap<String, Arc<Host>>>,
}

/// After this time a request is slow.
const QUICK: Duration = Duration::from_secs(1);
/// So many slow requests may be under way for each quick one.
const SLOW_TO_QUICK: usize = 3;
/// Idle hosts are looked for at every so many hosts.
const SWEEP: usize = 256;

#[derive(Debug)]
struct Host {
    places: Arc<Semaphore>,
    pace: Mutex<HostPace>,
}

impl Host {
    fn pace(&self) -> MutexGuard<'_, HostPace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PacedTransport {
    /// Paces `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Transport>, clock: Arc<dyn Clock>, limits: PaceLimits) -> Self {
        let places = limits.requests.clamp(1, Semaphore::MAX_PERMITS / SLOW_TO_QUICK);
        let (requests, slow) = (Semaphore::new(places), Semaphore::new(places * SLOW_TO_QUICK));
        Self { inner, clock, limits, requests, slow, hosts: Mutex::new(HashMap::new()) }
    }

    /// Makes everybody who wants to ask the host of this URL wait.
    pub(super) fn pause(&self, uri: &Uri, pause: Duration) {
        self.pause_host(&name(uri), pause);
    }

    fn pause_host(&self, name: &str, pause: Duration) {
        let host = self.host(name);
        let jitter = random::bytes::<1>().map_or(0, |[byte]| byte);
        host.pace().pause(self.clock.elapsed(), pause.min(self.limits.longest_pause), jitter);
    }

    fn hosts(&self) -> MutexGuard<'_, HashMap<String, Arc<Host>>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn host(&self, name: &str) -> Arc<Host> {
        let mut hosts = self.hosts();
        if let Some(host) = hosts.get(name) {
            return Arc::clone(host);
        }
        if hosts.len() % SWEEP == SWEEP - 1 {
            // Hosts that nobody asks any more are forgotten, so that memory does not grow with their number.
            let now = self.clock.elapsed();
            hosts.retain(|_, host| Arc::strong_count(host) > 1 || !host.pace().is_idle(now));
        }
        let places = Arc::new(Semaphore::new(self.limits.per_host.clamp(1, Semaphore::MAX_PERMITS)));
        let host = Arc::new(Host { places, pace: Mutex::new(HostPace::new()) });
        hosts.insert(name.to_owned(), Arc::clone(&host));
        host
    }

    /// Waits until the host of this URL may be asked, and keeps the place for one request.
    pub(super) async fn turn(&self, uri: &Uri) -> Turn {
        let name = name(uri);
        let host = self.host(&name);
        // invariant: the semaphore is never closed, so acquiring cannot fail
        let place = Arc::clone(&host.places).acquire_owned().await.ok();
        let mut wait = host.pace().reserve(self.clock.elapsed(), self.limits.interval);
        while !wait.is_zero() {
            tokio::time::sleep(wait).await;
            // A pause may have begun meanwhile.
            let left = host.pace().pause_left(self.clock.elapsed());
            wait = match left {
                Some(_) => host.pace().reserve(self.clock.elapsed(), self.limits.interval),
                None => Duration::ZERO,
            };
        }
        Turn { name, _host: host, _place: place }
    }

    /// Sends a request whose turn it is.
    pub(super) async fn send_in_turn(
        &self,
        turn: Turn,
        request: Request<Bytes>,
    ) -> Result<Response<Bytes>, TransportError> {
        // invariant: as above
        let place = self.requests.acquire().await;
        let outcome = self.send_in_place(place.ok(), request).await;
        if let Some(pause) = self.pause_of(&outcome) {
            tracing::info!(host = turn.name, pause_s = pause.as_secs(), "the server asks for a pause");
            self.pause_host(&turn.name, pause);
        }
        outcome
    }

    async fn send_in_place(
        &self,
        place: Option<SemaphorePermit<'_>>,
        request: Request<Bytes>,
    ) -> Result<Response<Bytes>, TransportError> {
        let mut sent = self.inner.send(request);
        match tokio::time::timeout(QUICK, &mut sent).await {
            Ok(outcome) => outcome,
            Err(_) => {
                let slow = self.slow.try_acquire().ok();
                // Without a place among the slow ones it keeps the one it has.
                let _kept = place.filter(|_| slow.is_none());
                sent.await
            }
        }
    }

    /// The pause that an answer asks for, where it is not too long.
    fn pause_of(&self, outcome: &Result<Response<Bytes>, TransportError>) -> Option<Duration> {
        outcome.as_ref().ok().and_then(asked_pause).filter(|pause| *pause <= self.limits.longest_pause)
    }

    async fn send_paced(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let repeatable = request.method() == Method::GET;
        let mut tried = 0;
        loop {
            let turn = self.turn(request.uri()).await;
            let outcome = self.send_in_turn(turn, request.clone()).await;
            tried += 1;
            if !repeatable || tried > self.limits.repetitions || self.pause_of(&outcome).is_none() {
                return outcome;
            }
        }
    }
}

/// A place at a host, for one request.
#[derive(Debug)]
pub(super) struct Turn {
    name: String,
    _host: Arc<Host>,
    _place: Option<OwnedSemaphorePermit>,
}

impl Turn {
    /// Whether it is the turn of a request to this URL.
    pub(super) fn is_at(&self, uri: &Uri) -> bool {
        self.name == name(uri)
    }
}

impl Transport for PacedTransport {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        Box::pin(self.send_paced(request))
    }
}

/// Host and port.
fn name(uri: &Uri) -> String {
    let usual = if uri.scheme_str() == Some("http") { 80 } else { 443 };
    let port = uri.port_u16().unwrap_or(usual);
    format!("{}:{port}", uri.host().unwrap_or_default().to_ascii_lowercase())
}

/// The pause of a 429 or 503 answer; a date is not worth a clock here, a few seconds serve.
fn asked_pause(response: &Response<Bytes>) -> Option<Duration> {
    const UNREADABLE: Duration = Duration::from_secs(5);
    if !matches!(response.status(), StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        return None;
    }
    let value = response.headers().get(RETRY_AFTER)?;
    let seconds = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    Some(seconds.map_or(UNREADABLE, Duration::from_secs))
}
