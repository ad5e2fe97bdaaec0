//! The format of the file: how it is recognised, made, migrated, and how its key is checked.

use std::fs::File;
use std::io;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::OpenFlags;
use rusqlite::Transaction;
use rusqlite::TransactionBehavior;
use rusqlite::config::DbConfig;
use safire::store::StoreError;

use crate::key_check;
use crate::seal::Sealer;

/// What lies at the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// Nothing, or an empty file.
    Nothing,
    /// A store; whether its journal is the one we want is told by its header.
    Store(Journal),
}

/// How the file keeps its transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Journal {
    /// Write-ahead, as every finished store.
    Wal,
    /// A rollback journal: the process that made the store was killed before its last step.
    Rollback,
}

/// How long a writer waits for another one.
pub(crate) const BUSY: Duration = Duration::from_secs(5);

/// `Safr`: the application id in the header of the file (SQLite file format §1.3.16).
const APPLICATION_ID: i32 = 0x5361_6672;
pub(crate) const FORMAT: i64 = 4;
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// Statements that a connection keeps prepared: all that a fleet needs.
const STATEMENTS: usize = 48;
/// Pages of the log, 16 MiB, after which it is written back: a page that changes often is so written back once.
const CHECKPOINT: u32 = 4096;
/// In KiB, since it is negative.
const READER_CACHE: i64 = -512;
const WAL_TRIES: u32 = 500;
const WAL_PAUSE: Duration = Duration::from_millis(10);

const FORMAT_1: &str = "
    CREATE TABLE meta (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        key_id TEXT NOT NULL,
        key_check BLOB NOT NULL
    ) STRICT;
    CREATE TABLE registration (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        protocol TEXT NOT NULL,
        base_url TEXT NOT NULL,
        base_key TEXT NOT NULL,
        fingerprint TEXT,
        state TEXT NOT NULL,
        client_id TEXT,
        client_name TEXT,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        key_id TEXT NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT;
    CREATE INDEX registration_base_key ON registration (base_key);
    CREATE INDEX registration_fingerprint ON registration (fingerprint) WHERE fingerprint IS NOT NULL;
";

/// Tokens, and who may renew them.
const FORMAT_2: &str = "
    CREATE TABLE token (
        record TEXT NOT NULL,
        slot TEXT NOT NULL,
        generation INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        key_id TEXT NOT NULL,
        sealed BLOB NOT NULL,
        PRIMARY KEY (record, slot)
    ) STRICT;
    CREATE TABLE lease (
        record TEXT NOT NULL,
        slot TEXT NOT NULL,
        owner TEXT NOT NULL,
        until INTEGER NOT NULL,
        PRIMARY KEY (record, slot)
    ) STRICT;
";

/// Who changed what.
const FORMAT_3: &str = "
    CREATE TABLE history (
        seq INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        record TEXT NOT NULL,
        what TEXT NOT NULL,
        was TEXT,
        becomes TEXT,
        slot TEXT,
        actor TEXT NOT NULL
    ) STRICT;
    CREATE INDEX history_record ON history (record, seq);
";

/// Lists of servers that are being worked through.
const FORMAT_4: &str = "
    CREATE TABLE fleet (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        loaded INTEGER NOT NULL,
        created_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE fleet_row (
        fleet TEXT NOT NULL,
        number INTEGER NOT NULL,
        line INTEGER NOT NULL,
        entry INTEGER,
        base TEXT NOT NULL,
        base_key TEXT,
        host TEXT NOT NULL,
        key_id TEXT,
        sealed BLOB,
        worker TEXT,
        until INTEGER,
        attempt INTEGER NOT NULL,
        outcome TEXT,
        code TEXT,
        vendor TEXT,
        record TEXT,
        ended_at INTEGER,
        PRIMARY KEY (fleet, number)
    ) STRICT;
    CREATE UNIQUE INDEX fleet_row_base ON fleet_row (fleet, base_key) WHERE base_key IS NOT NULL;
    CREATE INDEX fleet_row_open ON fleet_row (fleet, number) WHERE outcome IS NULL;
    CREATE INDEX fleet_row_again ON fleet_row (fleet, number) WHERE outcome = 'unreachable';
";

/// Reads the header without SQLite, so that a foreign file is not touched in any way.
pub(crate) fn look(path: &Path, store: &str) -> Result<Look, StoreError> {
    let open = |error: io::Error| StoreError::Open { store: store.to_owned(), detail: error.to_string() };
    let not = |detail: &str| StoreError::NotAStore { store: store.to_owned(), detail: detail.to_owned() };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Look::Nothing),
        Err(error) => return Err(open(error)),
    };
    if !file.metadata().map_err(open)?.is_file() {
        return Err(not("it is not a file"));
    }
    let mut header = Vec::with_capacity(100);
    file.take(100).read_to_end(&mut header).map_err(open)?;
    if header.is_empty() {
        return Ok(Look::Nothing);
    }
    if !header.starts_with(MAGIC) {
        return Err(not("the file is not an SQLite database"));
    }
    // The id is written by the very first transaction, before the journal becomes write-ahead: it is never
    // only in the log. SQLite file format §1.3: versions at 18, user version at 60, application id at 68.
    if big_endian(&header, 68) != Some(APPLICATION_ID) {
        return Err(not("the database belongs to another application"));
    }
    let format = big_endian(&header, 60).map_or(0, i64::from);
    if format > FORMAT {
        return Err(StoreError::NewerFormat { store: store.to_owned(), found: format, known: FORMAT });
    }
    let journal = if header.get(18) == Some(&2) { Journal::Wal } else { Journal::Rollback };
    Ok(Look::Store(journal))
}

/// A connection that only reads, to a store that this process has open.
pub(crate) fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    tune(&db)?;
    // It looks into indexes, a page or two each time.
    db.pragma_update(None, "cache_size", READER_CACHE)?;
    db.pragma_update(None, "query_only", true)?;
    Ok(db)
}

fn tune(db: &Connection) -> rusqlite::Result<()> {
    db.busy_timeout(BUSY)?;
    // The plan of a statement does not hang on its values: SQLite would else prepare a look into a partial index anew for
    // each value.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    db.pragma_update(None, "wal_autocheckpoint", CHECKPOINT)
}

/// Makes or migrates the store as needed and checks the key, before anything else is changed.
pub(crate) fn prepare(
    db: &mut Connection,
    look: Look,
    sealer: &Sealer,
    store: &str,
) -> Result<(), StoreError> {
    let failed = |error: rusqlite::Error| failed_open(&error, store);
    tune(db).map_err(failed)?;
    db.pragma_update(None, "synchronous", "FULL").map_err(failed)?;
    let found = if look == Look::Nothing { 0 } else { version(db).map_err(failed)? };
    if found > FORMAT {
        return Err(StoreError::NewerFormat { store: store.to_owned(), found, known: FORMAT });
    }
    if found != 0 {
        check_key(db, sealer, store)?;
    }
    if found < FORMAT {
        migrate(db, sealer, store)?;
    }
    if found == 0 {
        // Another process may have made it, with another key.
        check_key(db, sealer, store)?;
    }
    if look != Look::Store(Journal::Wal) {
        write_ahead(db).map_err(failed)?;
    }
    Ok(())
}

/// Several processes may come here at once: the first one in does the work, the others see it done.
fn migrate(db: &mut Connection, sealer: &Sealer, store: &str) -> Result<(), StoreError> {
    let failed = |error: rusqlite::Error| failed_open(&error, store);
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let found = version(&tx).map_err(failed)?;
    if found == 0 {
        let tables: i64 =
            tx.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(failed)?;
        if tables != 0 {
            let detail = "the database belongs to another application".to_owned();
            return Err(StoreError::NotAStore { store: store.to_owned(), detail });
        }
        let check = key_check::seal(sealer)?;
        make(&tx, sealer, &check).map_err(failed)?;
    }
    if found < 2 {
        tx.execute_batch(FORMAT_2).map_err(failed)?;
    }
    if found < 3 {
        tx.execute_batch(FORMAT_3).map_err(failed)?;
    }
    if found < 4 {
        tx.execute_batch(FORMAT_4).map_err(failed)?;
    }
    if found < FORMAT {
        tx.pragma_update(None, "user_version", FORMAT).map_err(failed)?;
    }
    tx.commit().map_err(failed)
}

fn make(tx: &Transaction<'_>, sealer: &Sealer, check: &[u8]) -> rusqlite::Result<()> {
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.execute_batch(FORMAT_1)?;
    tx.execute(
        "INSERT INTO meta (one, key_id, key_check) VALUES (1, ?1, ?2)",
        (sealer.key_id().as_str(), check),
    )?;
    Ok(())
}

fn check_key(db: &Connection, sealer: &Sealer, store: &str) -> Result<(), StoreError> {
    let (wanted, check): (String, Vec<u8>) = db
        .query_row("SELECT key_id, key_check FROM meta WHERE one = 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .map_err(|error| failed_open(&error, store))?;
    if key_check::opens(sealer, &check) { Ok(()) } else { Err(sealer.wrong_key(store, &wanted)) }
}

/// Checks inside a transaction that writes that the key is still the store's.
pub(crate) fn guard(tx: &Connection, sealer: &Sealer, store: &str) -> Result<(), StoreError> {
    let wanted: String = tx
        .prepare_cached("SELECT key_id FROM meta WHERE one = 1")
        .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
        .map_err(|error| StoreError::Failed {
            store: store.to_owned(),
            doing: "looking at its key",
            detail: error.to_string(),
        })?;
    if wanted == sealer.key_id().as_str() { Ok(()) } else { Err(sealer.wrong_key(store, &wanted)) }
}

/// Switching needs the file alone for a moment, and SQLite's own waiting does not cover that.
fn write_ahead(db: &Connection) -> rusqlite::Result<()> {
    let mut tries = 0;
    loop {
        match db.query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0)) {
            Err(error) if is_busy(&error) && tries < WAL_TRIES => {
                tries += 1;
                std::thread::sleep(WAL_PAUSE);
            }
            other => return other.map(|_| ()),
        }
    }
}

fn version(db: &Connection) -> rusqlite::Result<i64> {
    db.query_row("PRAGMA user_version", [], |row| row.get(0))
}

pub(crate) fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked)
    )
}

fn failed_open(error: &rusqlite::Error, store: &str) -> StoreError {
    let (store, detail) = (store.to_owned(), error.to_string());
    if error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) {
        StoreError::NotAStore { store, detail }
    } else {
        StoreError::Open { store, detail }
    }
}

fn big_endian(header: &[u8], at: usize) -> Option<i32> {
    let bytes = header.get(at..at.checked_add(4)?)?;
    Some(i32::from_be_bytes(bytes.try_into().ok()?))
}
