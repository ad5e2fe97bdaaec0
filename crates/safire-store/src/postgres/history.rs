//! The history as rows. Every function runs inside the caller's transaction.

use deadpool_postgres::GenericClient;
use deadpool_postgres::Transaction;
use safire::protocol::time::UnixTime;
use safire::store::RecordId;
use tokio_postgres::Row;

use crate::contents::HistoryRow;
use crate::history::Event;
use crate::history::HistoryEntry;
use crate::history::KEPT_RENEWALS;
use crate::history::What;
use crate::postgres::trouble::Trouble;

pub(crate) async fn add(tx: &Transaction<'_>, event: &Event<'_>, actor: &str) -> Result<(), Trouble> {
    let sql = "INSERT INTO safire.history (record, what, was, becomes, slot, actor) VALUES ($1, $2, $3, $4, $5, $6)";
    let statement = tx.prepare_cached(sql).await?;
    let Event { record, what, was, becomes, slot } = event;
    tx.execute(&statement, &[record, &what.as_str(), was, becomes, slot, &actor]).await?;
    if *what == What::TokenPut {
        let sql = "DELETE FROM safire.history WHERE record = $1 AND what = $2 AND seq <= \
                   (SELECT seq FROM safire.history WHERE record = $1 AND what = $2 ORDER BY seq DESC OFFSET $3 LIMIT 1)";
        let statement = tx.prepare_cached(sql).await?;
        tx.execute(&statement, &[record, &what.as_str(), &KEPT_RENEWALS]).await?;
    }
    Ok(())
}

/// Oldest first.
pub(crate) async fn select(db: &impl GenericClient, id: &RecordId) -> Result<Vec<HistoryEntry>, Trouble> {
    let sql = "SELECT floor(extract(epoch FROM at))::bigint, what, was, becomes, slot, actor FROM safire.history \
               WHERE record = $1 ORDER BY seq";
    let statement = db.prepare_cached(sql).await?;
    let mut entries = Vec::new();
    for row in db.query(&statement, &[&id.as_str()]).await? {
        let what: String = row.try_get(1)?;
        entries.push(HistoryEntry::of(
            UnixTime::from_seconds(row.try_get(0)?),
            &what,
            row.try_get::<_, Option<String>>(2)?.as_deref(),
            row.try_get::<_, Option<String>>(3)?.as_deref(),
            row.try_get(4)?,
            row.try_get(5)?,
        ));
    }
    Ok(entries)
}

/// All of it, oldest first.
pub(crate) async fn select_all(db: &impl GenericClient) -> Result<Vec<HistoryRow>, Trouble> {
    let sql = "SELECT floor(extract(epoch FROM at))::bigint, record, what, was, becomes, slot, actor \
               FROM safire.history ORDER BY seq";
    let statement = db.prepare_cached(sql).await?;
    let rows = db.query(&statement, &[]).await?;
    let read = |row: &Row| {
        Ok(HistoryRow {
            at: row.try_get(0)?,
            record: row.try_get(1)?,
            what: row.try_get(2)?,
            was: row.try_get(3)?,
            becomes: row.try_get(4)?,
            slot: row.try_get(5)?,
            actor: row.try_get(6)?,
        })
    };
    rows.iter().map(read).collect()
}

/// Adds an entry of another store, with its time.
pub(crate) async fn copy(tx: &Transaction<'_>, row: &HistoryRow) -> Result<u64, Trouble> {
    let sql = "INSERT INTO safire.history (at, record, what, was, becomes, slot, actor) \
               VALUES (to_timestamp($1::bigint), $2, $3, $4, $5, $6, $7)";
    let statement = tx.prepare_cached(sql).await?;
    let HistoryRow { at, record, what, was, becomes, slot, actor } = row;
    Ok(tx.execute(&statement, &[at, record, what, was, becomes, slot, actor]).await?)
}
