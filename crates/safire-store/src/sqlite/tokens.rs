//! Tokens as rows. Every function runs inside the caller's transaction.

use rusqlite::Connection;
use rusqlite::Row;
use safire::store::RecordId;
use safire::store::TokenKey;
use safire::store::TokenQuery;

use crate::sealed_token::SealedToken;

/// Whether there was a registration to keep it for.
pub(crate) fn put(db: &Connection, token: &SealedToken) -> rusqlite::Result<usize> {
    let sql = "INSERT OR REPLACE INTO token (record, slot, generation, updated_at, key_id, sealed) \
               SELECT id, ?2, ?3, ?4, ?5, ?6 FROM registration WHERE id = ?1";
    let SealedToken { record, slot, generation, updated_at, key_id, sealed } = token;
    db.prepare(sql)?.execute((record, slot, generation, updated_at, key_id, sealed))
}

pub(crate) fn remove(db: &Connection, key: &TokenKey) -> rusqlite::Result<usize> {
    let sql = "DELETE FROM token WHERE record = ?1 AND slot = ?2";
    db.prepare(sql)?.execute((key.record.as_str(), key.slot.as_str()))
}

/// Removes the tokens and leases of a registration.
pub(crate) fn remove_all(db: &Connection, id: &RecordId) -> rusqlite::Result<()> {
    db.execute("DELETE FROM token WHERE record = ?1", [id.as_str()])?;
    db.execute("DELETE FROM lease WHERE record = ?1", [id.as_str()])?;
    Ok(())
}

pub(crate) fn select(db: &Connection, query: &TokenQuery) -> rusqlite::Result<Vec<SealedToken>> {
    const COLUMNS: &str =
        "SELECT record, slot, generation, updated_at, key_id, sealed FROM token WHERE record = ?1";
    let (record, slot) = match query {
        TokenQuery::Of(id) => (id, None),
        TokenQuery::At(key) => (&key.record, Some(key.slot.as_str())),
        // A query kind of a later version: nothing is the one answer that gives no token to the wrong asker.
        _ => return Ok(Vec::new()),
    };
    match slot {
        None => {
            let sql = format!("{COLUMNS} ORDER BY slot");
            db.prepare(&sql)?.query_map([record.as_str()], read)?.collect()
        }
        Some(slot) => {
            let sql = format!("{COLUMNS} AND slot = ?2");
            db.prepare(&sql)?.query_map([record.as_str(), slot], read)?.collect()
        }
    }
}

/// All of them.
pub(crate) fn select_all(db: &Connection) -> rusqlite::Result<Vec<SealedToken>> {
    let sql = "SELECT record, slot, generation, updated_at, key_id, sealed FROM token ORDER BY record, slot";
    db.prepare(sql)?.query_map([], read)?.collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<SealedToken> {
    Ok(SealedToken {
        record: row.get(0)?,
        slot: row.get(1)?,
        generation: row.get(2)?,
        updated_at: row.get(3)?,
        key_id: row.get(4)?,
        sealed: row.get(5)?,
    })
}
