//! Records as rows. Every function runs inside the caller's transaction.

use rusqlite::Connection;
use rusqlite::OptionalExtension;
use rusqlite::Row;
use rusqlite::named_params;
use safire::protocol::time::UnixTime;
use safire::store::Query;
use safire::store::RecordId;
use safire::store::State;

use crate::clear::Clear;
use crate::clear::SealedRecord;

const COLUMNS: &str = "id, protocol, base_url, base_key, fingerprint, state, client_id, client_name, \
                       created_at, updated_at, key_id, sealed";

pub(crate) fn insert(db: &Connection, row: &SealedRecord) -> rusqlite::Result<()> {
    let sql = "INSERT INTO registration (id, protocol, base_url, base_key, fingerprint, state, client_id, \
               client_name, created_at, updated_at, key_id, sealed) VALUES (:id, :protocol, :base_url, \
               :base_key, :fingerprint, :state, :client_id, :client_name, :created_at, :updated_at, :key_id, \
               :sealed)";
    write(db, sql, row).map(|_| ())
}

/// Whether there was a row to replace.
pub(crate) fn replace(db: &Connection, row: &SealedRecord) -> rusqlite::Result<usize> {
    // An answer leaves alone what its intent is found by, and so the indexes.
    let sql = "UPDATE registration SET protocol = :protocol, base_url = :base_url, state = :state, \
               client_id = :client_id, client_name = :client_name, created_at = :created_at, \
               updated_at = :updated_at, key_id = :key_id, sealed = :sealed \
               WHERE id = :id AND base_key = :base_key AND fingerprint IS :fingerprint";
    if write(db, sql, row)? != 0 {
        return Ok(1);
    }
    let sql = "UPDATE registration SET protocol = :protocol, base_url = :base_url, base_key = :base_key, \
               fingerprint = :fingerprint, state = :state, client_id = :client_id, \
               client_name = :client_name, created_at = :created_at, updated_at = :updated_at, \
               key_id = :key_id, sealed = :sealed WHERE id = :id";
    write(db, sql, row)
}

fn write(db: &Connection, sql: &str, row: &SealedRecord) -> rusqlite::Result<usize> {
    let clear = &row.clear;
    db.prepare_cached(sql)?.execute(named_params! {
        ":id": clear.id,
        ":protocol": clear.protocol,
        ":base_url": clear.base_url,
        ":base_key": clear.base_key,
        ":fingerprint": clear.fingerprint,
        ":state": clear.state,
        ":client_id": clear.client_id,
        ":client_name": clear.client_name,
        ":created_at": clear.created_at,
        ":updated_at": clear.updated_at,
        ":key_id": row.key_id,
        ":sealed": row.sealed,
    })
}

pub(crate) fn remove(db: &Connection, id: &RecordId) -> rusqlite::Result<usize> {
    db.prepare("DELETE FROM registration WHERE id = ?1")?.execute([id.as_str()])
}

/// The state of one record as it is written, which a later version may have done, if it is there.
pub(crate) fn state_text(db: &Connection, id: &RecordId) -> rusqlite::Result<Option<String>> {
    let mut statement = db.prepare_cached("SELECT state FROM registration WHERE id = ?1")?;
    statement.query_row([id.as_str()], |row| row.get(0)).optional()
}

/// The state is not sealed: nothing else of the row changes.
pub(crate) fn set_state(db: &Connection, id: &RecordId, to: State, at: UnixTime) -> rusqlite::Result<usize> {
    let sql = "UPDATE registration SET state = ?2, updated_at = ?3 WHERE id = ?1";
    db.prepare(sql)?.execute((id.as_str(), to.as_str(), at.as_seconds()))
}

/// The oldest live record with this fingerprint.
pub(crate) fn live_twin(db: &Connection, fingerprint: &str) -> rusqlite::Result<Option<RecordId>> {
    let mut statement =
        db.prepare_cached("SELECT id, state FROM registration WHERE fingerprint = ?1 ORDER BY seq")?;
    let mut rows = statement.query([fingerprint])?;
    while let Some(row) = rows.next()? {
        let (id, state): (String, String) = (row.get(0)?, row.get(1)?);
        if State::parse(&state).is_some_and(State::is_live)
            && let Some(id) = RecordId::parse(&id)
        {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// The matching rows, oldest first.
pub(crate) fn select(db: &Connection, query: &Query) -> rusqlite::Result<Vec<SealedRecord>> {
    let (column, value) = match query {
        Query::Id(id) => ("id", id.as_str()),
        Query::BaseKey(key) => ("base_key", key.as_str()),
        Query::Fingerprint(print) => ("fingerprint", print.as_str()),
        // A query kind of a later version narrows the list; showing all would be wrong only in length.
        Query::All | _ => {
            let sql = format!("SELECT {COLUMNS} FROM registration ORDER BY seq");
            return db.prepare(&sql)?.query_map([], read)?.collect();
        }
    };
    let sql = format!("SELECT {COLUMNS} FROM registration WHERE {column} = ?1 ORDER BY seq");
    db.prepare_cached(&sql)?.query_map([value], read)?.collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<SealedRecord> {
    let clear = Clear {
        id: row.get(0)?,
        protocol: row.get(1)?,
        base_url: row.get(2)?,
        base_key: row.get(3)?,
        fingerprint: row.get(4)?,
        state: row.get(5)?,
        client_id: row.get(6)?,
        client_name: row.get(7)?,
        created_at: row.get(8)?,
        updated_at: row.get(9)?,
    };
    Ok(SealedRecord { clear, key_id: row.get(10)?, sealed: row.get(11)? })
}
