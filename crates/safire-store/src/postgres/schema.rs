//! The format of the database: how it is recognised, made, migrated, and how its key is checked.
//!
//! Everything lies in a schema of its own, `safire`, so that the database may have other uses.

use deadpool_postgres::GenericClient;
use deadpool_postgres::Transaction;
use safire::store::StoreError;

use crate::key_check;
use crate::postgres::trouble::Trouble;
use crate::seal::Sealer;

/// What the database holds.
#[derive(Debug)]
pub(crate) enum Look {
    /// No store.
    Nothing,
    /// A store, its format and its key.
    Store { format: i64, key_id: String, key_check: Vec<u8> },
}

pub(crate) const FORMAT: i64 = 2;

/// Names of advisory locks: numbers that no other application is likely to use.
const MAKING: i64 = i64::from_be_bytes(*b"safire\x00\x01");
pub(crate) const SEALING: i64 = i64::from_be_bytes(*b"safire\x00\x02");

const FORMAT_1: &str = "
    CREATE TABLE safire.meta (
        one integer PRIMARY KEY CHECK (one = 1),
        format bigint NOT NULL,
        key_id text NOT NULL,
        key_check bytea NOT NULL
    );
    CREATE TABLE safire.registration (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id text NOT NULL UNIQUE,
        protocol text NOT NULL,
        base_url text NOT NULL,
        base_key text NOT NULL,
        fingerprint text,
        state text NOT NULL,
        client_id text,
        client_name text,
        created_at bigint NOT NULL,
        updated_at bigint NOT NULL,
        key_id text NOT NULL,
        sealed bytea NOT NULL
    );
    CREATE INDEX registration_base_key ON safire.registration (base_key);
    CREATE INDEX registration_fingerprint ON safire.registration (fingerprint) WHERE fingerprint IS NOT NULL;
    CREATE TABLE safire.token (
        record text NOT NULL REFERENCES safire.registration (id) ON DELETE CASCADE,
        slot text NOT NULL,
        generation bigint NOT NULL,
        updated_at bigint NOT NULL,
        key_id text NOT NULL,
        sealed bytea NOT NULL,
        PRIMARY KEY (record, slot)
    );
    CREATE TABLE safire.lease (
        record text NOT NULL,
        slot text NOT NULL,
        owner text NOT NULL,
        until timestamptz NOT NULL,
        PRIMARY KEY (record, slot)
    );
    CREATE TABLE safire.history (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        record text NOT NULL,
        what text NOT NULL,
        was text,
        becomes text,
        slot text,
        actor text NOT NULL
    );
    CREATE INDEX history_record ON safire.history (record, seq);
";

/// Lists of servers that are being worked through.
const FORMAT_2: &str = "
    CREATE TABLE safire.fleet (
        id text PRIMARY KEY,
        kind text NOT NULL,
        loaded boolean NOT NULL,
        created_at bigint NOT NULL
    );
    CREATE TABLE safire.fleet_row (
        fleet text NOT NULL REFERENCES safire.fleet (id) ON DELETE CASCADE,
        number bigint NOT NULL,
        line bigint NOT NULL,
        entry bigint,
        base text NOT NULL,
        base_key text,
        host text NOT NULL,
        key_id text,
        sealed bytea,
        worker text,
        share text,
        until timestamptz,
        attempt bigint NOT NULL,
        outcome text,
        code text,
        vendor text,
        record text,
        ended_at bigint,
        PRIMARY KEY (fleet, number)
    );
    CREATE UNIQUE INDEX fleet_row_base ON safire.fleet_row (fleet, base_key) WHERE base_key IS NOT NULL;
    CREATE INDEX fleet_row_open ON safire.fleet_row (fleet, number) WHERE outcome IS NULL;
    CREATE INDEX fleet_row_again ON safire.fleet_row (fleet, number) WHERE outcome = 'unreachable';
";

/// Reads what is there; changes nothing.
pub(crate) async fn look(db: &impl GenericClient, store: &str) -> Result<Look, Trouble> {
    let found = db
        .query_one(
            // The catalogue, which everybody may read: no right to the schema is another thing than no schema.
            "SELECT count(*) FILTER (WHERE c.relname = 'meta') > 0, count(*) > 0
             FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
             WHERE n.nspname = 'safire'",
            &[],
        )
        .await?;
    match (found.try_get(0)?, found.try_get(1)?) {
        (true, _) => {}
        (false, false) => return Ok(Look::Nothing),
        (false, true) => {
            let detail = "its schema `safire` belongs to another application".to_owned();
            return Err(StoreError::NotAStore { store: store.to_owned(), detail }.into());
        }
    }
    let meta = db.query_one("SELECT format, key_id, key_check FROM safire.meta WHERE one = 1", &[]).await?;
    let format = meta.try_get(0)?;
    if format > FORMAT {
        let store = store.to_owned();
        return Err(StoreError::NewerFormat { store, found: format, known: FORMAT }.into());
    }
    Ok(Look::Store { format, key_id: meta.try_get(1)?, key_check: meta.try_get(2)? })
}

/// Checks the key against what is there.
pub(crate) fn check_key(look: &Look, sealer: &Sealer, store: &str) -> Result<(), StoreError> {
    match look {
        Look::Store { key_check, .. } if key_check::opens(sealer, key_check) => Ok(()),
        Look::Store { key_id, .. } => Err(sealer.wrong_key(store, key_id)),
        Look::Nothing => Ok(()),
    }
}

/// Makes the store or brings it to this format. Several processes may come here at once: the first one in does the work,
/// the others see it done.
pub(crate) async fn make(tx: &Transaction<'_>, sealer: &Sealer, store: &str) -> Result<(), Trouble> {
    tx.execute("SELECT pg_advisory_xact_lock($1)", &[&MAKING]).await?;
    let found = look(tx, store).await?;
    check_key(&found, sealer, store)?;
    match found {
        Look::Store { format, .. } => migrate(tx, format).await,
        Look::Nothing => {
            // Not `IF NOT EXISTS`: that asks for the right to create even where the administrator made the schema.
            let schema = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'safire'";
            if tx.query_opt(schema, &[]).await?.is_none() {
                tx.batch_execute("CREATE SCHEMA safire").await?;
            }
            tx.batch_execute(FORMAT_1).await?;
            tx.batch_execute(FORMAT_2).await?;
            let insert = "INSERT INTO safire.meta (one, format, key_id, key_check) VALUES (1, $1, $2, $3)";
            let (id, check) = (sealer.key_id().as_str(), key_check::seal(sealer)?);
            tx.execute(insert, &[&FORMAT, &id, &check]).await?;
            Ok(())
        }
    }
}

/// From the format found to this one.
async fn migrate(tx: &Transaction<'_>, found: i64) -> Result<(), Trouble> {
    if found < 2 {
        tx.batch_execute(FORMAT_2).await?;
    }
    tx.execute("UPDATE safire.meta SET format = $1 WHERE one = 1", &[&FORMAT]).await?;
    Ok(())
}

/// Keeps the key of the store from being changed until the transaction ends, and checks that it is still ours.
pub(crate) async fn guard(tx: &Transaction<'_>, sealer: &Sealer, store: &str) -> Result<(), Trouble> {
    let lock = tx.prepare_cached("SELECT pg_advisory_xact_lock_shared($1)").await?;
    tx.execute(&lock, &[&SEALING]).await?;
    // A statement of its own: it must see what was committed while the first one waited.
    let key = tx.prepare_cached("SELECT key_id FROM safire.meta WHERE one = 1").await?;
    let key_id: String = tx.query_one(&key, &[]).await?.try_get(0)?;
    if key_id == sealer.key_id().as_str() { Ok(()) } else { Err(sealer.wrong_key(store, &key_id).into()) }
}
