//! The history as rows. Every function runs inside the caller's transaction.

use rusqlite::Connection;
use rusqlite::Row;
use safire::protocol::time::UnixTime;
use safire::store::RecordId;

use crate::contents::HistoryRow;
use crate::history::Event;
use crate::history::HistoryEntry;
use crate::history::KEPT_RENEWALS;
use crate::history::What;

pub(crate) fn add(db: &Connection, event: &Event<'_>, actor: &str, now: UnixTime) -> rusqlite::Result<()> {
    let sql = "INSERT INTO history (at, record, what, was, becomes, slot, actor) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let Event { record, what, was, becomes, slot } = event;
    let what_name = what.as_str();
    db.prepare_cached(sql)?.execute((now.as_seconds(), record, what_name, was, becomes, slot, actor))?;
    if *what == What::TokenPut {
        let sql = "DELETE FROM history WHERE record = ?1 AND what = ?2 AND seq <= \
                   (SELECT seq FROM history WHERE record = ?1 AND what = ?2 ORDER BY seq DESC LIMIT 1 OFFSET ?3)";
        db.prepare(sql)?.execute((record, what_name, KEPT_RENEWALS))?;
    }
    Ok(())
}

/// Oldest first.
pub(crate) fn select(db: &Connection, id: &RecordId) -> rusqlite::Result<Vec<HistoryEntry>> {
    let sql = "SELECT at, what, was, becomes, slot, actor FROM history WHERE record = ?1 ORDER BY seq";
    let mut statement = db.prepare(sql)?;
    let entries = statement.query_map([id.as_str()], |row| {
        let (what, was, becomes): (String, Option<String>, Option<String>) =
            (row.get(1)?, row.get(2)?, row.get(3)?);
        let at = UnixTime::from_seconds(row.get(0)?);
        Ok(HistoryEntry::of(at, &what, was.as_deref(), becomes.as_deref(), row.get(4)?, row.get(5)?))
    })?;
    entries.collect()
}

/// All of it, oldest first.
pub(crate) fn select_all(db: &Connection) -> rusqlite::Result<Vec<HistoryRow>> {
    let sql = "SELECT at, record, what, was, becomes, slot, actor FROM history ORDER BY seq";
    let read = |row: &Row<'_>| {
        Ok(HistoryRow {
            at: row.get(0)?,
            record: row.get(1)?,
            what: row.get(2)?,
            was: row.get(3)?,
            becomes: row.get(4)?,
            slot: row.get(5)?,
            actor: row.get(6)?,
        })
    };
    db.prepare(sql)?.query_map([], read)?.collect()
}

/// Adds an entry of another store, with its time.
pub(crate) fn copy(db: &Connection, row: &HistoryRow) -> rusqlite::Result<usize> {
    let sql = "INSERT INTO history (at, record, what, was, becomes, slot, actor) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let HistoryRow { at, record, what, was, becomes, slot, actor } = row;
    db.prepare(sql)?.execute((at, record, what, was, becomes, slot, actor))
}
