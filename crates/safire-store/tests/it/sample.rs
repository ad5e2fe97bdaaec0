//! Records and stores to test with.

use std::path::PathBuf;

use safire::protocol::identifier::ClientId;
use safire::protocol::registration::Answer;
use safire::protocol::secret::PrivateKeyPem;
use safire::protocol::time::UnixTime;
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
use safire_store::KeySource;
use safire_store::SqliteStore;
use tempfile::TempDir;

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

pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
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
