//! Tokens as sealed rows. Every function runs inside the caller's transaction.

use rusqlite::Connection;
use rusqlite::Row;
use safire::protocol::time::UnixTime;
use safire::store::ContentError;
use safire::store::RecordId;
use safire::store::StoreError;
use safire::store::TokenKey;
use safire::store::TokenQuery;
use safire::store::TokenRecord;
use safire::store::TokenSlot;

use crate::seal::Binding;
use crate::seal::Sealer;

/// A row as it is read.
pub(crate) struct SealedToken {
    record: String,
    slot: String,
    generation: i64,
    updated_at: i64,
    sealed: Vec<u8>,
}

pub(crate) fn seal(sealer: &Sealer, token: &TokenRecord) -> Result<Vec<u8>, StoreError> {
    let binding = binding(sealer, token.key.record.as_str(), token.key.slot.as_str(), stored(token));
    sealer.seal(&binding, &token.to_bytes())
}

pub(crate) fn put(
    db: &Connection,
    token: &TokenRecord,
    key_id: &str,
    sealed: &[u8],
) -> rusqlite::Result<usize> {
    let sql = "INSERT OR REPLACE INTO token (record, slot, generation, updated_at, key_id, sealed) \
               SELECT id, ?2, ?3, ?4, ?5, ?6 FROM registration WHERE id = ?1";
    db.prepare(sql)?.execute((
        token.key.record.as_str(),
        token.key.slot.as_str(),
        stored(token),
        token.updated_at.as_seconds(),
        key_id,
        sealed,
    ))
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
    const COLUMNS: &str = "SELECT record, slot, generation, updated_at, sealed FROM token WHERE record = ?1";
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

impl SealedToken {
    /// The whole token again.
    pub(crate) fn unseal(self, sealer: &Sealer) -> Result<TokenRecord, StoreError> {
        let Some(record) = RecordId::parse(&self.record) else {
            let detail = "a token belongs to no readable id".to_owned();
            return Err(StoreError::Failed { store: String::new(), doing: "reading it", detail });
        };
        let unreadable = |reason| StoreError::Unreadable { id: record.clone(), reason };
        let plain = sealer
            .unseal(&binding(sealer, &self.record, &self.slot, self.generation), &self.sealed)
            .ok_or_else(|| {
                let what = "a token's seal is broken, or it belongs to another row";
                unreadable(ContentError::Damaged { what })
            })?;
        let key = TokenKey { record: record.clone(), slot: TokenSlot::from_text(self.slot) };
        let generation = u64::try_from(self.generation).unwrap_or_default();
        let updated_at = UnixTime::from_seconds(self.updated_at);
        TokenRecord::from_bytes(key, generation, updated_at, &plain).map_err(unreadable)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<SealedToken> {
    Ok(SealedToken {
        record: row.get(0)?,
        slot: row.get(1)?,
        generation: row.get(2)?,
        updated_at: row.get(3)?,
        sealed: row.get(4)?,
    })
}

/// A token opens in its own row only: not under another registration, and not as another generation.
fn binding(sealer: &Sealer, record: &str, slot: &str, generation: i64) -> Binding {
    Binding::new("safire token 1")
        .with(record)
        .with(slot)
        .with(&generation.to_string())
        .with(sealer.key_id().as_str())
}

fn stored(token: &TokenRecord) -> i64 {
    i64::try_from(token.generation).unwrap_or(i64::MAX)
}
