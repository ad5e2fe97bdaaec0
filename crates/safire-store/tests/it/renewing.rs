//! Processes that share a file renew a token once at each expiry, and nobody is logged out.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Lines;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::ChildStdin;
use std::process::ChildStdout;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use safire::Credentials;
use safire::Server;
use safire::TokenSource;
use safire::clock::Clock;
use safire::protocol::credentials::Credentials as Proof;
use safire::protocol::identifier::ClientId;
use safire::protocol::time::UnixTime;
use safire::protocol::token::TokenResponse;
use safire::protocol::url::LoopbackHttp;
use safire::store::Standing;
use safire::store::TokenQuery;
use safire::store::TokenRecord;
use safire::token_source::Obtain;
use tokio::sync::Barrier;

use crate::process;
use crate::sample;
use crate::sample::answered;
use crate::sample::commit;
use crate::sample::insertion;
use crate::sample::keep;
use crate::scripted_server::LIFETIME;
use crate::scripted_server::ScriptedServer;
use crate::scripted_server::access_text;
use crate::scripted_server::refresh_text;

const PROCESSES: usize = 4;
const TASKS: usize = 200;
const EXPIRIES: u64 = 6;
const START: i64 = 1_790_000_000;
const NAME: &str = "renewing::t19_four_processes_of_two_hundred_tasks_renew_once_at_each_expiry";

/// A clock that all processes are told.
#[derive(Debug)]
struct ToldClock(AtomicI64);

impl Clock for ToldClock {
    fn now(&self) -> UnixTime {
        UnixTime::from_seconds(self.0.load(Ordering::SeqCst))
    }

    fn elapsed(&self) -> Duration {
        Duration::from_secs(self.0.load(Ordering::SeqCst).unsigned_abs())
    }
}

#[test]
fn t19_four_processes_of_two_hundred_tasks_renew_once_at_each_expiry() {
    if let Some((path, port)) = process::task() {
        take_part(&path, port);
        return;
    }
    let server = ScriptedServer::start();
    let folder = sample::folder();
    let path = sample::file_in(&folder);
    let store = sample::open(&path);
    commit(&store, insertion(answered(1, 0))).unwrap();
    commit(&store, keep(first_token())).unwrap();

    let mut processes: Vec<Process> =
        (0..PROCESSES).map(|_| Process::start(&path, u64::from(server.port))).collect();
    for expiry in 1..=EXPIRIES {
        let now = START + LIFETIME * i64::try_from(expiry).unwrap();
        processes.iter_mut().for_each(|process| process.tell(now));
        for process in &mut processes {
            let got = process.answer();
            assert_eq!(got, format!("{TASKS} of {}", access_text(expiry)), "at expiry {expiry}");
        }
        assert_eq!(server.counts(), (expiry, 0), "one renewal at each expiry, no spent refresh token");
    }
    processes.into_iter().for_each(Process::end);

    let row = sample::load_tokens(&store, TokenQuery::At(sample::token_key(1))).pop().unwrap();
    assert_eq!((row.generation, row.standing), (EXPIRIES + 1, Standing::Good));
    assert_eq!(row.token.refresh_token.unwrap().expose_secret(), refresh_text(EXPIRIES));
}

/// Token 0, as the login brought it.
fn first_token() -> TokenRecord {
    let json = serde_json::json!({
        "form": 1, "access_token": access_text(0), "token_type": "Bearer",
        "expires_at": START + LIFETIME, "refresh_token": refresh_text(0),
    });
    let token = TokenResponse::from_bytes(json.to_string().as_bytes()).unwrap();
    TokenRecord::new(sample::token_key(1), token, UnixTime::from_seconds(START))
}

/// In another process: at each time that is told, all tasks want a token at once.
fn take_part(path: &PathBuf, port: u64) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let clock = Arc::new(ToldClock(AtomicI64::new(START)));
    let server = Server::builder(&format!("http://127.0.0.1:{port}/fhir"))
        .loopback(LoopbackHttp::Allowed)
        .token_endpoint(format!("http://127.0.0.1:{port}/token"))
        .clock(Arc::<ToldClock>::clone(&clock))
        .build()
        .unwrap();
    let id = ClientId::parse("abc").unwrap();
    let client = server.client(Credentials::unsigned(Proof::Public { client_id: id }));
    let store = Arc::new(sample::open(path));
    let source = client.token_source(Obtain::Login).kept_in(store, sample::id(1)).build().unwrap();
    let mut out = std::io::stdout();
    for line in std::io::stdin().lines() {
        clock.0.store(line.unwrap().parse().unwrap(), Ordering::SeqCst);
        let got = runtime.block_on(all_at_once(&source));
        writeln!(out, "said {got}").unwrap();
    }
}

/// What so many tasks got: how many of each token or error.
async fn all_at_once(source: &TokenSource) -> String {
    let barrier = Arc::new(Barrier::new(TASKS));
    let tasks: Vec<_> = (0..TASKS)
        .map(|_| {
            let (source, barrier) = (source.clone(), Arc::clone(&barrier));
            tokio::spawn(async move {
                barrier.wait().await;
                match source.token().await {
                    Ok(token) => token.access_token.expose_secret().to_owned(),
                    Err(error) => format!("error: {error}"),
                }
            })
        })
        .collect();
    let mut counts = BTreeMap::new();
    for task in tasks {
        *counts.entry(task.await.unwrap()).or_insert(0) += 1;
    }
    counts.iter().map(|(got, count)| format!("{count} of {got}")).collect::<Vec<_>>().join(", ")
}

/// One of the other processes, as this one sees it.
struct Process {
    child: Child,
    to: ChildStdin,
    from: Lines<BufReader<ChildStdout>>,
}

impl Process {
    fn start(path: &Path, port: u64) -> Self {
        let mut command = process::again(NAME, path, port);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (to, from) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self { child, to, from: BufReader::new(from).lines() }
    }

    fn tell(&mut self, now: i64) {
        writeln!(self.to, "{now}").unwrap();
    }

    fn answer(&mut self) -> String {
        let lines = self.from.by_ref().map(Result::unwrap);
        // The test harness says a word of its own before, on the same line.
        lines.filter_map(|line| Some(line.split_once("said ")?.1.to_owned())).next().unwrap()
    }

    fn end(mut self) {
        drop(self.to);
        assert!(self.child.wait().unwrap().success());
    }
}
