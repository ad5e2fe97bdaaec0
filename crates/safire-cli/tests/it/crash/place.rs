//! Where the processes that are killed keep what they have: a file, or a database.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::process::Command;
use std::process::Stdio;
use std::sync::LazyLock;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use safire::Client;
use safire::Credentials;
use safire::Server;
use safire::protocol::registration::Registration;
use safire::protocol::url::LoopbackHttp;
use safire::store::Query;
use safire::store::Record;
use safire::store::RecordId;
use safire::store::Store as _;
use safire::transport::HttpTransport;
use safire::transport::Transport as _;
use safire_postgres_server::Database;
use safire_postgres_server::PostgresServer;
use safire_sandbox::Management;
use safire_store::AnyStore;
use safire_store::KeySource;
use safire_store::Opening;
use safire_store::StoreUrl;
use tokio::runtime::Runtime;
use zeroize::Zeroizing;

use crate::harness::Home;
use crate::harness::LiveSandbox;
use crate::postgres::KEY;

/// The connections to a database live on the runtime that made them.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
});

pub(super) fn wait<T>(future: impl Future<Output = T>) -> T {
    RUNTIME.block_on(future)
}

/// The database server of this process; `None` when it is left out.
pub(super) fn database_server() -> Option<&'static PostgresServer> {
    static SERVER: LazyLock<Option<PostgresServer>> = LazyLock::new(|| PostgresServer::start().unwrap());
    SERVER.as_ref()
}

/// How often each command is killed: a few times with the other tests, more often where that is asked for.
#[expect(clippy::disallowed_methods, reason = "the tests have no command line")]
pub(super) fn kills() -> u32 {
    std::env::var("SAFIRE_CRASH_KILLS").map_or(15, |number| number.parse().unwrap())
}

/// A store, the server that its registrations are at, and the processes that use both.
pub(super) struct Place {
    home: Home,
    url: String,
    pub(super) live: LiveSandbox,
    pub(super) store: AnyStore,
    _database: Option<Database<'static>>,
}

impl Place {
    pub(super) fn in_sqlite() -> Self {
        let home = Home::new();
        let url = format!("sqlite:{}", home.path("store.db").display());
        Self::at(home, url, None)
    }

    pub(super) fn in_postgres(server: &'static PostgresServer) -> Self {
        let database = server.create_database().unwrap();
        Self::at(Home::new(), database.url(), Some(database))
    }

    fn at(home: Home, url: String, database: Option<Database<'static>>) -> Self {
        let live = LiveSandbox::with(|sandbox| {
            let management = Management::new().rotating_token().rotating_secret();
            sandbox.without_recording().management(management).auto_approve("patient", "example")
        });
        let store = wait(opening(&home, &url).open_or_create()).unwrap();
        Self { home, url, live, store, _database: database }
    }

    /// The command as a process that nobody hears.
    pub(super) fn command(&self, args: &[&str]) -> Command {
        let mut command = self.home.command(args);
        command.env("SAFIRE_STORE", &self.url).env("SAFIRE_STORE_KEY", KEY);
        command.env("SAFIRE_ALLOW_INSECURE_LOCALHOST", "1").stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    pub(super) fn server(&self) -> Server {
        Server::builder(&self.live.base()).loopback(LoopbackHttp::Allowed).build().unwrap()
    }

    pub(super) fn client(&self, record: &Record) -> Client {
        let credentials = Credentials::of_record(record, &record.registration().unwrap(), None).unwrap();
        self.server().client(credentials)
    }

    /// The record as whoever opens the store now finds it.
    pub(super) fn record(&self, id: &RecordId) -> Record {
        let opened = wait(opening(&self.home, &self.url).open_existing()).unwrap().unwrap();
        wait(opened.load(Query::Id(id.clone()))).unwrap().pop().unwrap()
    }

    pub(super) fn records(&self) -> Vec<Record> {
        wait(self.store.load(Query::All)).unwrap()
    }

    /// Whether the server takes the registration access token that is held.
    pub(super) fn takes_token(&self, registration: &Registration) -> bool {
        let token = registration.registration_access_token().unwrap().expose_secret();
        let request = http::Request::get(registration.registration_client_uri().unwrap())
            .header("authorization", format!("Bearer {token}"))
            .body(bytes::Bytes::new())
            .unwrap();
        let transport = HttpTransport::builder().loopback(LoopbackHttp::Allowed).build();
        wait(async { transport.send(request).await }).unwrap().status() == 200
    }
}

fn opening(home: &Home, url: &str) -> Opening {
    let key = KeySource::Base64(Zeroizing::new(KEY.to_owned()));
    Opening::new(StoreUrl::parse(url).unwrap(), key).data_folder(home.path(".local/share"))
}

/// How long a command takes that is not killed, measured again from time to time: the machine has other work too.
#[derive(Debug, Default)]
pub(super) struct Whole {
    length: Duration,
    /// How many commands were run for it.
    pub(super) runs: u64,
}

impl Whole {
    /// The length for the n-th kill.
    #[expect(clippy::disallowed_methods, reason = "how long a whole run takes bounds where the kills fall")]
    pub(super) fn at(&mut self, n: u32, mut command: impl FnMut(u32) -> Command) -> Duration {
        if n.is_multiple_of(BETWEEN) {
            let run = |number| {
                let mut command = command(number);
                let started = Instant::now();
                assert!(command.status().unwrap().success(), "{command:?}");
                started.elapsed()
            };
            self.length = (0..RUNS).map(|number| 100_000 + n + number).map(run).max().unwrap_or_default();
            self.runs += u64::from(RUNS);
        }
        self.length
    }
}

/// So many kills between two measurements, and so many runs for one.
const BETWEEN: u32 = 12;
const RUNS: u32 = 2;

/// Kills the command at a random moment of the time that it takes when it is left alone: the n-th of so many kills
/// somewhere in the n-th part of that time, so that a few kills fall everywhere too.
pub(super) fn kill_at_random(mut command: Command, whole: Duration, (n, kills): (u32, u32)) {
    let mut child = command.spawn().unwrap();
    // Not a synchronisation: the moment of the kill is meant to be arbitrary.
    thread::sleep(whole.mul_f64((f64::from(n) + random_share(n)) / f64::from(kills)));
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Where in its part, `0..=1`, the n-th kill falls.
fn random_share(n: u32) -> f64 {
    f64::from(u32::try_from(RandomState::new().hash_one(n) >> 32).unwrap()) / f64::from(u32::MAX)
}

/// What was found after the kills.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) done: u32,
    pub(super) in_doubt: u32,
    pub(super) not_done: u32,
}

impl Tally {
    /// Tells it; kills that all came before anything happened mean nothing.
    pub(super) fn end(&self, what: &str) {
        let kills = self.done + self.in_doubt + self.not_done;
        eprintln!("{what}: {kills} kills: {self:?}");
        assert!(self.done + self.in_doubt > 0, "no kill fell late enough to mean anything");
    }
}
