//! Registrations at real servers are managed by processes that know nothing but the store.

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::ExitStatus;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use safire::Credentials;
use safire::Error;
use safire::Server;
use safire::clock::Clock;
use safire::clock::SystemClock;
use safire::future::BoxFuture;
use safire::management::KeyStage;
use safire::management::Proven;
use safire::management::Settled;
use safire::protocol::credentials::AuthMethod;
use safire::protocol::fault::Diagnose;
use safire::protocol::jose::Algorithm;
use safire::protocol::jose::PrivateKey;
use safire::protocol::secret::PrivateKeyPem;
use safire::protocol::time::UnixTime;
use safire::protocol::url::LoopbackHttp;
use safire::store::Change;
use safire::store::Claim;
use safire::store::Claimed;
use safire::store::KeyMaterial;
use safire::store::Query;
use safire::store::Record;
use safire::store::State;
use safire::store::Store;
use safire::store::StoreError;
use safire::store::TokenQuery;
use safire::store::TokenRecord;
use safire_e2e::Authlib;
use safire_e2e::OidcProvider;
use safire_e2e::Options;
use safire_e2e::Running;
use safire_store::KeySource;
use safire_store::SqliteStore;
use tempfile::TempDir;

use crate::steps;

const BASE: &str = "SAFIRE_E2E_BASE";
const STORE: &str = "SAFIRE_E2E_STORE";
const STEP: &str = "SAFIRE_E2E_STEP";

/// What one process does.
struct Task {
    base: String,
    store: PathBuf,
    step: String,
}

impl Task {
    /// In a process of its own: what it is to do.
    fn given() -> Option<Self> {
        let given = |name| std::env::var_os(name)?.into_string().ok();
        Some(Self { base: given(BASE)?, store: PathBuf::from(given(STORE)?), step: given(STEP)? })
    }

    async fn run(self) {
        let store = open(&self.store);
        let record = only_record(&store).await;
        let server = server(&self.base, Arc::new(SystemClock::new()));
        let managed = server.manage(&store, &record.id);
        match &*self.step {
            "read" => {
                let read = managed.read().await.unwrap();
                assert!(read.settled.is_none(), "{read:?}");
            }
            "update" => {
                let metadata = record.registration().unwrap().to_metadata().client_name("Renamed");
                let updated = managed.update(&metadata).await.unwrap();
                let different: Vec<&str> =
                    updated.registration.differences().iter().map(|d| &*d.member).collect();
                assert!(!different.contains(&"client_name"), "{different:?}");
            }
            "token" => token(&server, &record).await.unwrap(),
            "prove" => assert_eq!(managed.prove().await.unwrap(), Proven::Works),
            "rotate" => {
                let key = PrivateKey::generate(Algorithm::Es384).unwrap();
                let material = KeyMaterial::Pem(PrivateKeyPem::new(key.to_pem().as_str()));
                assert_eq!(managed.rotate_key(&key, material).await.unwrap(), KeyStage::Replaced);
            }
            "delete" => assert!(managed.delete().await.unwrap().deleted.is_some()),
            "read-what-is-gone" => {
                let error = managed.read().await.unwrap_err();
                assert_eq!(error.code(), "management-token-refused", "{error}");
            }
            "update-and-die" => {
                let dying = Dying(store);
                let metadata = record.registration().unwrap().to_metadata().client_name("Renamed");
                let outcome = server.manage(&dying, &record.id).update(&metadata).await;
                unreachable!("killed before this: {outcome:?}");
            }
            other => unreachable!("no such step: {other}"),
        }
    }
}

/// Dies when an answer is about to be committed.
#[derive(Debug)]
struct Dying(SqliteStore);

impl Store for Dying {
    fn commit(&self, change: Change) -> BoxFuture<'_, Result<(), StoreError>> {
        if matches!(&change, Change::Replace(record) if !record.awaits_answer()) {
            let own = std::process::id().to_string();
            // Nothing of this process runs after signal 9, no destructor either.
            let _ = Command::new("kill").args(["-9", &own]).status();
        }
        self.0.commit(change)
    }

    fn load(&self, query: Query) -> BoxFuture<'_, Result<Vec<Record>, StoreError>> {
        self.0.load(query)
    }

    fn load_tokens(&self, query: TokenQuery) -> BoxFuture<'_, Result<Vec<TokenRecord>, StoreError>> {
        self.0.load_tokens(query)
    }

    fn claim(&self, claim: Claim) -> BoxFuture<'_, Result<Claimed, StoreError>> {
        self.0.claim(claim)
    }
}

/// A clock for which the turn of a process that was just killed is over.
#[derive(Debug)]
struct Later(SystemClock);

impl Clock for Later {
    fn now(&self) -> UnixTime {
        self.0.now().plus_seconds(120)
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

fn open(path: &Path) -> SqliteStore {
    SqliteStore::open_or_create(path, KeySource::Beside).unwrap()
}

fn server(base: &str, clock: Arc<dyn Clock>) -> Server {
    Server::builder(base).loopback(LoopbackHttp::Allowed).clock(clock).build().unwrap()
}

async fn only_record(store: &SqliteStore) -> Record {
    let mut records = store.load(Query::All).await.unwrap();
    assert_eq!(records.len(), 1);
    records.pop().unwrap()
}

async fn token(server: &Server, record: &Record) -> Result<(), Error> {
    let credentials = Credentials::of_record(record, &record.registration()?, None)?;
    server.client(credentials).request_backend_token(Some(steps::SCOPE)).await.map(drop)
}

/// A server, a store with one registration, and the test that runs itself again for each step.
struct Setting {
    running: Running,
    folder: TempDir,
    test: String,
}

impl Setting {
    async fn new(running: Running, test: String, method: AuthMethod) -> Self {
        let setting = Self { running, folder: tempfile::tempdir().unwrap(), test };
        let (server, store) = (server(&setting.base(), Arc::new(SystemClock::new())), setting.store());
        let metadata = steps::backend(method.clone());
        let mut call = server.register_client(&metadata).store(&store);
        if method == AuthMethod::PrivateKeyJwt {
            let key = PrivateKey::generate(Algorithm::Rs384).unwrap();
            let material = KeyMaterial::Pem(PrivateKeyPem::new(key.to_pem().as_str()));
            call = call.key(&key, material);
        }
        call.await.unwrap();
        setting
    }

    fn base(&self) -> String {
        self.running.fhir_base()
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("store.db")
    }

    fn store(&self) -> SqliteStore {
        open(&self.path())
    }

    async fn record(&self) -> Record {
        only_record(&self.store()).await
    }

    /// One step in a process of its own.
    async fn step(&self, step: &str) -> ExitStatus {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", &self.test, "--nocapture"])
            .env(BASE, self.base())
            .env(STORE, self.path())
            .env(STEP, step)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        tokio::task::spawn_blocking(move || command.status()).await.unwrap().unwrap()
    }

    async fn steps(&self, steps: &[&str]) {
        for step in steps {
            let status = self.step(step).await;
            assert!(status.success(), "{step}: {status}; the server wrote:\n{}", self.running.log());
            assert!(self.record().await.content.pending.is_none(), "{step} left something open");
        }
    }
}

async fn read_updated_and_deleted(setting: Setting) {
    setting.steps(&["read", "update", "prove", "read", "update", "token", "read"]).await;
    let record = setting.record().await;
    assert_eq!((record.state, record.client_name.as_deref()), (State::Active, Some("Renamed")));
    setting.steps(&["delete", "read-what-is-gone"]).await;
    let record = setting.record().await;
    assert_eq!(record.state, State::Deleted);
    let later = server(&setting.base(), Arc::new(SystemClock::new()));
    token(&later, &record).await.unwrap_err();
}

async fn given_a_new_key(setting: Setting) {
    let kid = |record: &Record| record.content.requested["jwks"]["keys"].clone();
    setting.steps(&["token"]).await;
    let before = kid(&setting.record().await);
    setting.steps(&["rotate", "token", "read", "rotate", "token"]).await;
    let record = setting.record().await;
    let after = kid(&record);
    assert_eq!(after.as_array().unwrap().len(), 1);
    assert_ne!(before, after);
    assert!(record.content.key_rotation.is_none());
    setting.steps(&["delete"]).await;
}

/// The server has done the update; whether it replaced the token decides whether a read can settle it.
async fn killed_after_the_answer(setting: Setting, read: Result<Settled, &str>) {
    use std::os::unix::process::ExitStatusExt;
    assert_eq!(setting.step("update-and-die").await.signal(), Some(9));
    let (store, record) = (setting.store(), setting.record().await);
    assert!(record.awaits_answer());
    assert_eq!(record.state, State::Registered);

    let now = server(&setting.base(), Arc::new(SystemClock::new()));
    let error = now.manage(&store, &record.id).read().await.unwrap_err();
    assert_eq!(error.code(), "management-busy");
    let later = server(&setting.base(), Arc::new(Later(SystemClock::new())));
    let managed = later.manage(&store, &record.id);
    let metadata = record.registration().unwrap().to_metadata();
    let error = managed.update(&metadata).await.unwrap_err();
    assert_eq!(error.code(), "management-in-doubt");
    let outcome = managed.read().await;
    match read {
        Ok(settled) => {
            let read = outcome.unwrap();
            assert_eq!(read.settled, Some(settled));
            assert_eq!(read.record.client_name.as_deref(), Some("Renamed"));
        }
        Err(code) => {
            assert_eq!(outcome.unwrap_err().code(), code);
            assert!(setting.record().await.content.pending.is_some());
        }
    }
    // Whatever became of its management, the client works.
    token(&later, &setting.record().await).await.unwrap();
}

macro_rules! managed_at {
    ($module:ident, $server:ident) => {
        mod $module {
            use super::*;

            /// The setting, or nothing to do: a step was done, or the server is left out.
            async fn setting(test: &str, options: Options, method: AuthMethod) -> Option<Setting> {
                if let Some(task) = Task::given() {
                    task.run().await;
                    return None;
                }
                let running = $server::start(options).await.unwrap()?;
                let test = format!("management::{}::{test}", stringify!($module));
                Some(Setting::new(running, test, method).await)
            }

            #[tokio::test]
            async fn t11_read_updated_and_deleted_where_the_token_stays() {
                let name = "t11_read_updated_and_deleted_where_the_token_stays";
                let setting = setting(name, Options::default(), AuthMethod::ClientSecretBasic).await;
                if let Some(setting) = setting {
                    read_updated_and_deleted(setting).await;
                }
            }

            #[tokio::test]
            async fn t11_read_updated_and_deleted_where_the_token_rotates() {
                let name = "t11_read_updated_and_deleted_where_the_token_rotates";
                let options = Options::default().rotating();
                if let Some(setting) = setting(name, options, AuthMethod::ClientSecretBasic).await {
                    read_updated_and_deleted(setting).await;
                }
            }

            #[tokio::test]
            async fn a_key_client_gets_new_keys() {
                let name = "a_key_client_gets_new_keys";
                let options = Options::default().rotating();
                if let Some(setting) = setting(name, options, AuthMethod::PrivateKeyJwt).await {
                    given_a_new_key(setting).await;
                }
            }

            #[tokio::test]
            async fn t13_killed_after_the_answer_where_the_token_stays() {
                let name = "t13_killed_after_the_answer_where_the_token_stays";
                let setting = setting(name, Options::default(), AuthMethod::ClientSecretBasic).await;
                if let Some(setting) = setting {
                    killed_after_the_answer(setting, Ok(Settled::Done)).await;
                }
            }

            #[tokio::test]
            async fn t13_killed_after_the_answer_where_the_token_rotates() {
                let name = "t13_killed_after_the_answer_where_the_token_rotates";
                let options = Options::default().rotating();
                if let Some(setting) = setting(name, options, AuthMethod::ClientSecretBasic).await {
                    killed_after_the_answer(setting, Err("management-token-refused")).await;
                }
            }
        }
    };
}

managed_at!(oidc_provider, OidcProvider);
managed_at!(authlib, Authlib);
