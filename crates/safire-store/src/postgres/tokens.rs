//! Tokens as rows. Every function runs inside the caller's transaction.

use deadpool_postgres::GenericClient;
use deadpool_postgres::Transaction;
use safire::store::TokenKey;
use safire::store::TokenQuery;
use tokio_postgres::Row;

use crate::postgres::trouble::Trouble;
use crate::sealed_token::SealedToken;

/// Whether there was a registration to keep it for.
pub(crate) async fn put(tx: &Transaction<'_>, token: &SealedToken) -> Result<u64, Trouble> {
    let sql = "INSERT INTO safire.token (record, slot, generation, updated_at, key_id, sealed) \
               SELECT id, $2, $3, $4, $5, $6 FROM safire.registration WHERE id = $1 FOR KEY SHARE \
               ON CONFLICT (record, slot) DO UPDATE SET generation = excluded.generation, \
               updated_at = excluded.updated_at, key_id = excluded.key_id, sealed = excluded.sealed";
    let statement = tx.prepare_cached(sql).await?;
    let SealedToken { record, slot, generation, updated_at, key_id, sealed } = token;
    Ok(tx.execute(&statement, &[record, slot, generation, updated_at, key_id, sealed]).await?)
}

/// Whether an earlier try was committed: this very row is there, or, where a lease guarded it, a later one.
pub(crate) async fn is_done(
    tx: &Transaction<'_>,
    token: &SealedToken,
    was_leased: bool,
) -> Result<bool, Trouble> {
    let sql = "SELECT sealed = $3, generation > $4 FROM safire.token WHERE record = $1 AND slot = $2";
    let statement = tx.prepare_cached(sql).await?;
    let SealedToken { record, slot, generation, sealed, .. } = token;
    let Some(row) = tx.query_opt(&statement, &[record, slot, sealed, generation]).await? else {
        return Ok(false);
    };
    let (is_this, is_later): (bool, bool) = (row.try_get(0)?, row.try_get(1)?);
    Ok(is_this || (was_leased && is_later))
}

pub(crate) async fn remove(tx: &Transaction<'_>, key: &TokenKey) -> Result<u64, Trouble> {
    let statement = tx.prepare_cached("DELETE FROM safire.token WHERE record = $1 AND slot = $2").await?;
    Ok(tx.execute(&statement, &[&key.record.as_str(), &key.slot.as_str()]).await?)
}

pub(crate) async fn select(db: &impl GenericClient, query: &TokenQuery) -> Result<Vec<SealedToken>, Trouble> {
    const COLUMNS: &str =
        "SELECT record, slot, generation, updated_at, key_id, sealed FROM safire.token WHERE record = $1";
    let rows = match query {
        TokenQuery::Of(id) => {
            let sql = format!("{COLUMNS} ORDER BY slot COLLATE \"C\"");
            let statement = db.prepare_cached(&sql).await?;
            db.query(&statement, &[&id.as_str()]).await?
        }
        TokenQuery::At(key) => {
            let statement = db.prepare_cached(&format!("{COLUMNS} AND slot = $2")).await?;
            db.query(&statement, &[&key.record.as_str(), &key.slot.as_str()]).await?
        }
        // A query kind of a later version: nothing is the one answer that gives no token to the wrong asker.
        _ => Vec::new(),
    };
    rows.iter().map(read).collect()
}

/// All of them.
pub(crate) async fn select_all(db: &impl GenericClient) -> Result<Vec<SealedToken>, Trouble> {
    let sql =
        "SELECT record, slot, generation, updated_at, key_id, sealed FROM safire.token ORDER BY record, slot";
    let statement = db.prepare_cached(sql).await?;
    db.query(&statement, &[]).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<SealedToken, Trouble> {
    Ok(SealedToken {
        record: row.try_get(0)?,
        slot: row.try_get(1)?,
        generation: row.try_get(2)?,
        updated_at: row.try_get(3)?,
        key_id: row.try_get(4)?,
        sealed: row.try_get(5)?,
    })
}
