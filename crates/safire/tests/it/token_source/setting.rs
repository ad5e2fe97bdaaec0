//! An authorization server that rotates refresh tokens, a clock that stands still, and a store that can fail.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicI64;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http::Response;
use http::header::AUTHORIZATION;
use safire::Client;
use safire::Credentials;
use safire::Server;
use safire::TokenSource;
use safire::clock::Clock;
use safire::future::BoxFuture;
use safire::protocol::time::UnixTime;
use safire::protocol::token::TokenResponse;
use safire::store::Change;
use safire::store::Claim;
use safire::store::Claimed;
use safire::store::Content;
use safire::store::MemoryStore;
use safire::store::Query;
use safire::store::Record;
use safire::store::RecordId;
use safire::store::Repeat;
use safire::store::State;
use safire::store::Store;
use safire::store::StoreError;
use safire::store::TokenQuery;
use safire::store::TokenRecord;
use safire::token_source::Obtain;
use safire::transport::Transport;
use safire::transport::TransportError;
use tokio::sync::Semaphore;
use tokio::sync::watch;

use crate::login::public_credentials;
use crate::script::form;
use crate::tokens::secret_credentials;

pub(crate) const BASE: &str = "https://fhir.example.com/r4";
pub(crate) const START: i64 = 1_790_000_000;
const ALL: usize = 1_000_000;

/// A clock that goes on only when it is told to.
#[derive(Debug)]
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(START)))
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> UnixTime {
        UnixTime::from_seconds(self.0.load(Ordering::SeqCst))
    }

    fn elapsed(&self) -> Duration {
        Duration::from_secs(self.0.load(Ordering::SeqCst).unsigned_abs())
    }
}

/// What the server does with one token request in place of its usual answer.
#[derive(Debug, Clone)]
pub(crate) enum Instead {
    Answer(u16, &'static str),
    Panic,
}

/// One token endpoint and one FHIR server. A refresh token works once; a spent one ends the whole login.
pub(crate) struct Rotating {
    state: Mutex<Issued>,
    gate: Semaphore,
    arrived: watch::Sender<usize>,
}

struct Issued {
    number: u64,
    is_dead: bool,
    expires_in: String,
    instead: VecDeque<Instead>,
    forms: Vec<String>,
    fhir: Vec<Request<Bytes>>,
}

/// It knows every token: what a test prints shows none of them.
impl fmt::Debug for Rotating {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rotating")
    }
}

impl Rotating {
    /// Its tokens last as long as this JSON says; nothing where it is empty. The first login has refresh token 0.
    pub(crate) fn new(expires_in: &str) -> Arc<Self> {
        let state = Issued {
            number: 0,
            is_dead: false,
            expires_in: expires_in.to_owned(),
            instead: VecDeque::new(),
            forms: Vec::new(),
            fhir: Vec::new(),
        };
        Arc::new(Self { state: Mutex::new(state), gate: Semaphore::new(ALL), arrived: watch::channel(0).0 })
    }

    /// From now on a token request is done, but its answer does not leave.
    pub(crate) async fn hold_back(&self) {
        self.gate.acquire_many(u32::try_from(ALL).unwrap()).await.unwrap().forget();
    }

    pub(crate) fn let_go(&self) {
        self.gate.add_permits(ALL);
    }

    /// Returns when this many token requests have come.
    pub(crate) async fn has_been_asked(&self, times: usize) {
        at_least(&self.arrived, times).await;
    }

    pub(crate) fn next(&self, instead: Instead) {
        self.state.lock().unwrap().instead.push_back(instead);
    }

    /// How many token requests came.
    pub(crate) fn asked(&self) -> usize {
        self.state.lock().unwrap().forms.len()
    }

    pub(crate) fn last_form(&self) -> std::collections::BTreeMap<String, String> {
        form(self.state.lock().unwrap().forms.last().unwrap())
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.state.lock().unwrap().is_dead
    }

    pub(crate) fn fhir_requests(&self) -> Vec<Request<Bytes>> {
        self.state.lock().unwrap().fhir.clone()
    }

    /// From now on the FHIR server refuses the token that is out.
    pub(crate) fn revoke_access_token(&self) {
        self.state.lock().unwrap().number += 1;
    }

    fn token(&self, form_text: &str) -> Response<Bytes> {
        let mut state = self.state.lock().unwrap();
        state.forms.push(form_text.to_owned());
        match state.instead.pop_front() {
            Some(Instead::Answer(status, body)) => return answer(status, body),
            Some(Instead::Panic) => {
                drop(state);
                panic!("as the test wants it");
            }
            None => {}
        }
        let sent = form(form_text);
        if let Some(refresh_token) = sent.get("refresh_token") {
            state.is_dead |= *refresh_token != refresh_text(state.number);
            if state.is_dead {
                return answer(400, r#"{"error":"invalid_grant","error_description":"spent"}"#);
            }
        }
        state.number += 1;
        let (number, refresh) = (state.number, refresh_text(state.number));
        let refresh = if sent.contains_key("refresh_token") {
            format!(r#","refresh_token":"{refresh}""#)
        } else {
            String::new()
        };
        let expires_in = match &*state.expires_in {
            "" => String::new(),
            seconds => format!(r#","expires_in":{seconds}"#),
        };
        let access = access_text(number);
        answer(200, &format!(r#"{{"access_token":"{access}","token_type":"Bearer"{expires_in}{refresh}}}"#))
    }

    fn fhir(&self, request: Request<Bytes>) -> Response<Bytes> {
        let mut state = self.state.lock().unwrap();
        let wanted = format!("Bearer {}", access_text(state.number));
        let is_known = request.headers().get(AUTHORIZATION).is_some_and(|value| *value == *wanted);
        let path = request.uri().path().to_owned();
        state.fhir.push(request);
        match &*path {
            "/r4/moved" => answer(302, ""),
            _ if is_known => answer(200, r#"{"resourceType":"Patient"}"#),
            _ => answer(401, ""),
        }
    }
}

impl Transport for Rotating {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        Box::pin(async move {
            if request.uri().host() != Some("auth.example.com") {
                return Ok(self.fhir(request));
            }
            let response = self.token(&String::from_utf8_lossy(request.body()));
            self.arrived.send_modify(|arrived| *arrived += 1);
            drop(self.gate.acquire().await.unwrap());
            Ok(response)
        })
    }
}

fn answer(status: u16, body: &str) -> Response<Bytes> {
    let body = Bytes::copy_from_slice(body.as_bytes());
    let builder = Response::builder().status(status).header("content-type", "application/json");
    builder.header("location", "https://evil.example/").body(body).unwrap()
}

pub(crate) fn access_text(number: u64) -> String {
    format!("planted-access-token-{number}")
}

pub(crate) fn refresh_text(number: u64) -> String {
    format!("planted-refresh-token-{number}")
}

/// A token as a login brings it: number 0 of the server, with an end so many seconds after the start.
pub(crate) fn login(lasts: Option<i64>) -> TokenResponse {
    token(0, lasts.map(|lasts| START + lasts))
}

pub(crate) fn token(number: u64, end: Option<i64>) -> TokenResponse {
    let stored = serde_json::json!({
        "form": 1, "access_token": access_text(number), "token_type": "Bearer", "expires_at": end,
        "scope": "patient/*.rs offline_access", "refresh_token": refresh_text(number),
        "extra": { "patient": "p-1" },
    });
    TokenResponse::from_bytes(stored.to_string().as_bytes()).unwrap()
}

/// A store in memory whose commits fail or wait when a test says so, and that counts claims.
#[derive(Debug, Default)]
pub(crate) struct TestStore {
    kept: MemoryStore,
    failures: AtomicU32,
    claims: watch::Sender<usize>,
}

impl TestStore {
    /// The next so many commits of a token fail.
    pub(crate) fn fail(&self, times: u32) {
        self.failures.store(times, Ordering::SeqCst);
    }

    /// Returns when a lease was asked for this many times.
    pub(crate) async fn has_been_claimed(&self, times: usize) {
        at_least(&self.claims, times).await;
    }
}

/// Waits until it has happened this often; a test that would wait for ever fails in place of that.
async fn at_least(count: &watch::Sender<usize>, times: usize) {
    let mut receiver = count.subscribe();
    let waiting = receiver.wait_for(|count| *count >= times);
    assert!(tokio::time::timeout(Duration::from_secs(60), waiting).await.is_ok(), "it has not happened");
}

impl Store for TestStore {
    fn commit(&self, change: Change) -> BoxFuture<'_, Result<(), StoreError>> {
        let is_token = matches!(change, Change::PutToken { .. });
        let fails = |left: u32| if is_token { left.checked_sub(1) } else { None };
        if self.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, fails).is_ok() {
            let failed = StoreError::Failed {
                store: "test".to_owned(),
                doing: "committing",
                detail: "disk full".to_owned(),
            };
            return Box::pin(std::future::ready(Err(failed)));
        }
        self.kept.commit(change)
    }

    fn load(&self, query: Query) -> BoxFuture<'_, Result<Vec<Record>, StoreError>> {
        self.kept.load(query)
    }

    fn load_tokens(&self, query: TokenQuery) -> BoxFuture<'_, Result<Vec<TokenRecord>, StoreError>> {
        self.kept.load_tokens(query)
    }

    fn claim(&self, claim: Claim) -> BoxFuture<'_, Result<Claimed, StoreError>> {
        let claimed = self.kept.claim(claim);
        self.claims.send_modify(|claims| *claims += 1);
        claimed
    }
}

/// A server, a clock and a store with one registration; its sources are so many processes.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) server: Arc<Rotating>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) store: Arc<TestStore>,
}

impl Setting {
    pub(crate) async fn new(expires_in: &str) -> Self {
        let store = Arc::new(TestStore::default());
        let now = UnixTime::from_seconds(START);
        let (base, content) = (BASE.to_owned(), Content::default());
        let record = Record::new(id(), base.clone(), base, State::Registered, now, content);
        store.commit(Change::Insert { record: Box::new(record), repeat: Repeat::Insert }).await.unwrap();
        Self { server: Rotating::new(expires_in), clock: TestClock::new(), store }
    }

    pub(crate) fn client(&self, credentials: Credentials) -> Client {
        let transport = Arc::<Rotating>::clone(&self.server);
        let builder = Server::builder(BASE)
            .token_endpoint("https://auth.example.com/token")
            .revocation_endpoint("https://auth.example.com/revoke")
            .transport(transport)
            .clock(Arc::<TestClock>::clone(&self.clock));
        builder.build().unwrap().client(credentials)
    }

    /// One more process.
    pub(crate) fn source(&self) -> TokenSource {
        let builder = self.client(public_credentials()).token_source(Obtain::Login);
        builder.kept_in(Arc::<TestStore>::clone(&self.store), id()).build().unwrap()
    }

    pub(crate) fn backend(&self) -> TokenSource {
        let builder = self.client(secret_credentials()).token_source(Obtain::Backend { scope: None });
        builder.kept_in(Arc::<TestStore>::clone(&self.store), id()).build().unwrap()
    }

    /// A process in which a login has just ended that lasts so long.
    pub(crate) async fn logged_in(&self, lasts: Option<i64>) -> TokenSource {
        let source = self.source();
        source.logged_in(login(lasts)).await.unwrap();
        source
    }
}

pub(crate) fn id() -> RecordId {
    RecordId::from_random([7; 15])
}

pub(crate) fn access(token: &TokenResponse) -> String {
    token.access_token.expose_secret().to_owned()
}

pub(crate) async fn stored(source: &TokenSource) -> TokenRecord {
    source.held().await.unwrap().unwrap()
}
