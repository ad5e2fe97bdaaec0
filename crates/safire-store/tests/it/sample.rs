//! Records and stores to test with.

use std::path::PathBuf;
use std::sync::LazyLock;

use safire::protocol::identifier::ClientId;
use safire::protocol::registration::Answer;
use safire::protocol::secret::PrivateKeyPem;
use safire::protocol::time::UnixTime;
use safire::protocol::token::TokenResponse;
use safire::store::Change;
use safire::store::Content;
use safire::store::KeyMaterial;
use safire::store::Query;
use safire::store::Record;
use safire::store::RecordId;
use safire::store::Repeat;
use safire::store::State;
use safire::store::Store;
use safire::store::StoreError;
use safire::store::TokenKey;
use safire::store::TokenQuery;
use safire::store::TokenRecord;
use safire::store::TokenSlot;
use safire_store::KeySource;
use safire_store::SqliteStore;
use tempfile::TempDir;
use tokio::runtime::Runtime;

pub(crate) const SECRET: &str = "planted-client-secret-7Qm2";
pub(crate) const KEY_TEXT: &str = "planted-private-key-x8Vt";
pub(crate) const BASE: &str = "https://fhir.example.com/r4";

pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

pub(crate) fn file_in(folder: &TempDir) -> PathBuf {
    folder.path().join("safire.db")
}

pub(crate) fn open(path: &PathBuf) -> SqliteStore {
    SqliteStore::open_or_create(path, KeySource::Beside).unwrap()
}

pub(crate) fn id(number: u64) -> RecordId {
    let mut random = [0; 15];
    for (place, byte) in random.iter_mut().enumerate().take(12) {
        *byte = u8::try_from((number >> (5 * place)) & 31).unwrap();
    }
    RecordId::from_random(random)
}

/// An intent: nothing answered yet.
pub(crate) fn intent(number: u64) -> Record {
    let mut content = Content::default();
    content.registration_endpoint = Some("https://auth.example.com/register".to_owned());
    content.key = KeyMaterial::Pem(PrivateKeyPem::new(KEY_TEXT));
    let now = UnixTime::from_seconds(1_700_000_000);
    let mut record = Record::new(id(number), BASE.to_owned(), BASE.to_owned(), State::InDoubt, now, content);
    record.fingerprint = Some(format!("print-{number}"));
    record.client_name = Some("Sample".to_owned());
    record
}

/// The same record after an answer of `size` bytes.
pub(crate) fn answered(number: u64, size: usize) -> Record {
    let mut record = intent(number);
    let mut body = format!(r#"{{"client_id":"c{number}","client_secret":"{SECRET}","filler":""#).into_bytes();
    body.resize(size.max(body.len()), b'x');
    body.extend_from_slice(br#""}"#);
    let json = Some("application/json".to_owned());
    record.content.answer = Some(Answer::new(Some(201), json, body, record.updated_at));
    record.state = State::Registered;
    record.client_id = ClientId::parse(format!("c{number}"));
    record
}

pub(crate) fn insertion(record: Record) -> Change {
    Change::Insert { record: Box::new(record), repeat: Repeat::Insert }
}

pub(crate) fn replacement(record: Record) -> Change {
    Change::Replace(Box::new(record))
}

/// One runtime for all: the connections to a database live on the one that made them.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
});

pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    RUNTIME.block_on(future)
}

/// Runs beside the test.
pub(crate) fn spawn(future: impl Future<Output = ()> + Send + 'static) {
    RUNTIME.spawn(future);
}

pub(crate) fn commit(store: &dyn Store, change: Change) -> Result<(), StoreError> {
    run(store.commit(change))
}

pub(crate) fn load(store: &dyn Store, query: Query) -> Vec<Record> {
    run(store.load(query)).unwrap()
}

/// A record as text, to compare: `Debug` hides secrets, so the secret parts are added.
pub(crate) fn told(record: &Record) -> String {
    let content = String::from_utf8(record.content.to_bytes().to_vec()).unwrap();
    format!("{record:?} {content}")
}

pub(crate) fn states(records: &[Record]) -> Vec<(RecordId, State)> {
    records.iter().map(|record| (record.id.clone(), record.state)).collect()
}

pub(crate) const REFRESH_TOKEN: &str = "planted-refresh-token-Zk5w";

pub(crate) fn token_key(number: u64) -> TokenKey {
    TokenKey { record: id(number), slot: TokenSlot::login() }
}

/// A token of a registration.
pub(crate) fn token(number: u64) -> TokenRecord {
    let json = format!(
        r#"{{"form":1,"access_token":"planted-access-token-h3Lq","token_type":"Bearer","expires_at":1700000300,
            "scope":"patient/*.rs","refresh_token":"{REFRESH_TOKEN}","extra":{{"patient":"p{number}"}}}}"#
    );
    let token = TokenResponse::from_bytes(json.as_bytes()).unwrap();
    TokenRecord::new(token_key(number), token, UnixTime::from_seconds(1_700_000_000))
}

pub(crate) fn keep(token: TokenRecord) -> Change {
    Change::PutToken { token: Box::new(token), release: None }
}

pub(crate) fn load_tokens(store: &dyn Store, query: TokenQuery) -> Vec<TokenRecord> {
    run(store.load_tokens(query)).unwrap()
}

/// A token as text, to compare.
pub(crate) fn told_token(token: &TokenRecord) -> String {
    format!("{token:?} {}", String::from_utf8(token.to_bytes().to_vec()).unwrap())
}
