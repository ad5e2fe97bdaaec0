//! Records as rows. Every function runs inside the caller's transaction.

use rusqlite::Connection;
use rusqlite::Row;
use rusqlite::named_params;
use safire::store::Query;
use safire::store::RecordId;
use safire::store::State;

use crate::clear::Clear;

/// A row as it is read.
pub(crate) type SealedRow = (Clear, Vec<u8>);

const COLUMNS: &str = "id, protocol, base_url, base_key, fingerprint, state, client_id, client_name, \
                       created_at, updated_at, sealed";

pub(crate) fn insert(db: &Connection, clear: &Clear, key_id: &str, sealed: &[u8]) -> rusqlite::Result<()> {
    let sql = "INSERT INTO registration (id, protocol, base_url, base_key, fingerprint, state, client_id, \
               client_name, created_at, updated_at, key_id, sealed) VALUES (:id, :protocol, :base_url, \
               :base_key, :fingerprint, :state, :client_id, :client_name, :created_at, :updated_at, :key_id, \
               :sealed)";
    write(db, sql, clear, key_id, sealed).map(|_| ())
}

/// Whether there was a row to replace.
pub(crate) fn replace(
    db: &Connection,
    clear: &Clear,
    key_id: &str,
    sealed: &[u8],
) -> rusqlite::Result<usize> {
    let sql = "UPDATE registration SET protocol = :protocol, base_url = :base_url, base_key = :base_key, \
               fingerprint = :fingerprint, state = :state, client_id = :client_id, \
               client_name = :client_name, created_at = :created_at, updated_at = :updated_at, \
               key_id = :key_id, sealed = :sealed WHERE id = :id";
    write(db, sql, clear, key_id, sealed)
}

fn write(db: &Connection, sql: &str, clear: &Clear, key_id: &str, sealed: &[u8]) -> rusqlite::Result<usize> {
    db.prepare(sql)?.execute(named_params! {
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
        ":key_id": key_id,
        ":sealed": sealed,
    })
}

pub(crate) fn remove(db: &Connection, id: &RecordId) -> rusqlite::Result<usize> {
    db.prepare("DELETE FROM registration WHERE id = ?1")?.execute([id.as_str()])
}

/// The oldest live record with this fingerprint.
pub(crate) fn live_twin(db: &Connection, fingerprint: &str) -> rusqlite::Result<Option<RecordId>> {
    let mut statement =
        db.prepare("SELECT id, state FROM registration WHERE fingerprint = ?1 ORDER BY seq")?;
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
pub(crate) fn select(db: &Connection, query: &Query) -> rusqlite::Result<Vec<SealedRow>> {
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
    db.prepare(&sql)?.query_map([value], read)?.collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<SealedRow> {
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
    Ok((clear, row.get(10)?))
}
