//! Records as rows. Every function runs inside the caller's transaction.

use aws_lc_rs::digest;
use deadpool_postgres::GenericClient;
use deadpool_postgres::Transaction;
use safire::store::Query;
use safire::store::RecordId;
use safire::store::State;
use tokio_postgres::Row;

use crate::clear::Clear;
use crate::clear::SealedRecord;
use crate::postgres::trouble::Trouble;

const COLUMNS: &str = "id, protocol, base_url, base_key, fingerprint, state, client_id, client_name, \
                       created_at, updated_at, key_id, sealed";

/// Lets one transaction after another look for a twin with this fingerprint.
pub(crate) async fn lock_fingerprint(tx: &Transaction<'_>, fingerprint: &str) -> Result<(), Trouble> {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(b"safire fingerprint\0");
    context.update(fingerprint.as_bytes());
    let hash = context.finish();
    let number = hash.as_ref().iter().take(8).fold(0_i64, |number, byte| (number << 8) | i64::from(*byte));
    let lock = tx.prepare_cached("SELECT pg_advisory_xact_lock($1)").await?;
    tx.execute(&lock, &[&number]).await?;
    Ok(())
}

/// The oldest live record with this fingerprint.
pub(crate) async fn live_twin(tx: &Transaction<'_>, fingerprint: &str) -> Result<Option<RecordId>, Trouble> {
    let select = tx
        .prepare_cached("SELECT id, state FROM safire.registration WHERE fingerprint = $1 ORDER BY seq")
        .await?;
    for row in tx.query(&select, &[&fingerprint]).await? {
        let (id, state): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        if State::parse(&state).is_some_and(State::is_live)
            && let Some(id) = RecordId::parse(&id)
        {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

pub(crate) async fn insert(tx: &Transaction<'_>, row: &SealedRecord) -> Result<(), Trouble> {
    let sql = format!(
        "INSERT INTO safire.registration ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
    );
    write(tx, &sql, row).await.map(|_| ())
}

/// Whether there was a row to replace.
pub(crate) async fn replace(tx: &Transaction<'_>, row: &SealedRecord) -> Result<u64, Trouble> {
    let sql = "UPDATE safire.registration SET protocol = $2, base_url = $3, base_key = $4, fingerprint = $5, state = $6, \
               client_id = $7, client_name = $8, created_at = $9, updated_at = $10, key_id = $11, sealed = $12 \
               WHERE id = $1";
    write(tx, sql, row).await
}

async fn write(tx: &Transaction<'_>, sql: &str, row: &SealedRecord) -> Result<u64, Trouble> {
    let clear = &row.clear;
    // PostgreSQL keeps no NUL in a text, and a name is only shown.
    let name = clear.client_name.as_deref().map(|name| name.replace('\0', "\u{fffd}"));
    let statement = tx.prepare_cached(sql).await?;
    let changed = tx
        .execute(
            &statement,
            &[
                &clear.id,
                &clear.protocol,
                &clear.base_url,
                &clear.base_key,
                &clear.fingerprint,
                &clear.state,
                &clear.client_id,
                &name,
                &clear.created_at,
                &clear.updated_at,
                &row.key_id,
                &row.sealed,
            ],
        )
        .await?;
    Ok(changed)
}

pub(crate) async fn remove(tx: &Transaction<'_>, id: &RecordId) -> Result<u64, Trouble> {
    // The tokens go by their foreign key.
    let leases = tx.prepare_cached("DELETE FROM safire.lease WHERE record = $1").await?;
    tx.execute(&leases, &[&id.as_str()]).await?;
    let delete = tx.prepare_cached("DELETE FROM safire.registration WHERE id = $1").await?;
    Ok(tx.execute(&delete, &[&id.as_str()]).await?)
}

/// What is there in the place of a row.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) state: String,
    /// Whether it is this very row: an earlier try was committed.
    pub(crate) is_this: bool,
}

/// What is in the place of this row; nobody else changes it until the transaction ends.
pub(crate) async fn hold(tx: &Transaction<'_>, row: &SealedRecord) -> Result<Option<Held>, Trouble> {
    let sql = "SELECT state, sealed = $2 FROM safire.registration WHERE id = $1 FOR UPDATE";
    let select = tx.prepare_cached(sql).await?;
    let Some(found) = tx.query_opt(&select, &[&row.clear.id, &row.sealed]).await? else { return Ok(None) };
    Ok(Some(Held { state: found.try_get(0)?, is_this: found.try_get(1)? }))
}

/// The state of one record, if it is there; nobody else changes it until the transaction ends.
pub(crate) async fn state(tx: &Transaction<'_>, id: &RecordId) -> Result<Option<String>, Trouble> {
    let select = tx.prepare_cached("SELECT state FROM safire.registration WHERE id = $1 FOR UPDATE").await?;
    Ok(tx.query_opt(&select, &[&id.as_str()]).await?.map(|row| row.try_get(0)).transpose()?)
}

/// The matching rows, oldest first.
pub(crate) async fn select(db: &impl GenericClient, query: &Query) -> Result<Vec<SealedRecord>, Trouble> {
    let (column, value) = match query {
        Query::Id(id) => ("id", id.as_str()),
        Query::BaseKey(key) => ("base_key", key.as_str()),
        Query::Fingerprint(print) => ("fingerprint", print.as_str()),
        // A query kind of a later version narrows the list; showing all would be wrong only in length.
        Query::All | _ => {
            let sql = format!("SELECT {COLUMNS} FROM safire.registration ORDER BY seq");
            let statement = db.prepare_cached(&sql).await?;
            return db.query(&statement, &[]).await?.iter().map(read).collect();
        }
    };
    let sql = format!("SELECT {COLUMNS} FROM safire.registration WHERE {column} = $1 ORDER BY seq");
    let statement = db.prepare_cached(&sql).await?;
    db.query(&statement, &[&value]).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<SealedRecord, Trouble> {
    let clear = Clear {
        id: row.try_get(0)?,
        protocol: row.try_get(1)?,
        base_url: row.try_get(2)?,
        base_key: row.try_get(3)?,
        fingerprint: row.try_get(4)?,
        state: row.try_get(5)?,
        client_id: row.try_get(6)?,
        client_name: row.try_get(7)?,
        created_at: row.try_get(8)?,
        updated_at: row.try_get(9)?,
    };
    Ok(SealedRecord { clear, key_id: row.try_get(10)?, sealed: row.try_get(11)? })
}
