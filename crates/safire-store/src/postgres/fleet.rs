//! Fleets as rows, by the clock of the database: the machines that share it need not share one.

use deadpool_postgres::GenericClient;
use deadpool_postgres::Transaction;
use safire::fleet::FleetKind;
use safire::fleet::NewRow;
use safire::fleet::Outcome;
use safire::fleet::Progress;
use safire::fleet::RowClaim;
use safire::fleet::Taken;
use safire::fleet::Tally;
use safire::protocol::time::UnixTime;
use tokio_postgres::Row;

use crate::fleet::EndColumns;
use crate::fleet::SealedInput;
use crate::fleet::WaitingRow;
use crate::fleet::count;
use crate::fleet::number;
use crate::fleet::place;
use crate::postgres::trouble::Trouble;

/// A year: more would leave what a timestamp can hold.
const LONGEST: f64 = 365.0 * 86_400.0;
const COLUMNS: &str = "r.number, r.line, r.entry, r.base, r.host, r.attempt, r.key_id, r.sealed";

/// Makes the fleet where it is missing, and makes it anew where all its rows have ended.
pub(crate) async fn begin(
    tx: &Transaction<'_>,
    fleet: &str,
    kind: FleetKind,
    now: UnixTime,
) -> Result<(), Trouble> {
    let make = "INSERT INTO safire.fleet (id, kind, loaded, created_at) VALUES ($1, $2, false, $3)
                ON CONFLICT (id) DO NOTHING";
    let (kind, now) = (kind.as_str(), now.as_seconds());
    if tx.execute(make, &[&fleet, &kind, &now]).await? != 0 {
        return Ok(());
    }
    // The row of the fleet is the lock: of two that would make it anew one does.
    let lock = "SELECT loaded FROM safire.fleet WHERE id = $1 FOR UPDATE";
    let loaded = tx.query_opt(lock, &[&fleet]).await?.map(|row| row.try_get::<_, bool>(0)).transpose()?;
    if loaded == Some(true) && open(tx, fleet).await? == 0 {
        tx.execute("DELETE FROM safire.fleet WHERE id = $1", &[&fleet]).await?;
        tx.execute(make, &[&fleet, &kind, &now]).await?;
    }
    Ok(())
}

/// Says that there are no more rows.
pub(crate) async fn end(tx: &Transaction<'_>, fleet: &str) -> Result<(), Trouble> {
    tx.execute("UPDATE safire.fleet SET loaded = true WHERE id = $1", &[&fleet]).await?;
    Ok(())
}

/// Adds rows, in three statements however many they are.
pub(crate) async fn add(
    tx: &Transaction<'_>,
    fleet: &str,
    rows: &[NewRow],
    inputs: &[Option<SealedInput>],
    now: UnixTime,
) -> Result<Vec<Taken>, Trouble> {
    // One loader at a time, so that which row is the first with a base is no matter of luck.
    tx.execute("SELECT 1 FROM safire.fleet WHERE id = $1 FOR NO KEY UPDATE", &[&fleet]).await?;
    let numbers: Vec<i64> = rows.iter().map(|row| number(row.number)).collect();
    let known = "SELECT number FROM safire.fleet_row WHERE fleet = $1 AND number = ANY($2)";
    let known = tx.query(&tx.prepare_cached(known).await?, &[&fleet, &numbers]).await?;
    let known =
        known.iter().map(|row| row.try_get(0)).collect::<Result<std::collections::BTreeSet<i64>, _>>()?;
    let keys: Vec<&str> = rows.iter().filter_map(|row| row.base_key.as_deref()).collect();
    let twins = "SELECT base_key, line, entry FROM safire.fleet_row WHERE fleet = $1 AND base_key = ANY($2)";
    let mut first = std::collections::BTreeMap::new();
    for row in tx.query(&tx.prepare_cached(twins).await?, &[&fleet, &keys]).await? {
        first.insert(row.try_get::<_, String>(0)?, place(row.try_get(1)?, row.try_get(2)?));
    }
    let mut columns = NewColumns::default();
    let mut taken = Vec::with_capacity(rows.len());
    for (row, input) in rows.iter().zip(inputs) {
        if known.contains(&number(row.number)) {
            taken.push(Taken::There);
            continue;
        }
        let twin = row.base_key.as_ref().and_then(|key| first.get(key).copied());
        if let (None, Some(key)) = (twin, &row.base_key) {
            first.insert(key.clone(), row.place);
        }
        columns.push(row, input.as_ref(), twin.is_some(), now);
        taken.push(twin.map_or(Taken::Added, Taken::DuplicateOf));
    }
    columns.insert(tx, fleet).await?;
    Ok(taken)
}

/// New rows, column by column.
#[derive(Default)]
struct NewColumns<'a> {
    number: Vec<i64>,
    line: Vec<i64>,
    entry: Vec<Option<i64>>,
    base: Vec<&'a str>,
    base_key: Vec<Option<&'a str>>,
    host: Vec<&'a str>,
    key_id: Vec<Option<&'a str>>,
    sealed: Vec<Option<&'a [u8]>>,
    outcome: Vec<Option<&'static str>>,
    code: Vec<Option<&'a str>>,
    ended_at: Vec<Option<i64>>,
}

impl<'a> NewColumns<'a> {
    fn push(&mut self, row: &'a NewRow, input: Option<&'a SealedInput>, is_twin: bool, now: UnixTime) {
        let ended = row.ended.as_ref();
        let waits = ended.is_none() && !is_twin;
        self.number.push(number(row.number));
        self.line.push(number(row.place.line));
        self.entry.push(row.place.entry.map(number));
        self.base.push(&row.base);
        self.base_key.push(row.base_key.as_deref().filter(|_| !is_twin));
        self.host.push(&row.host);
        self.key_id.push(input.filter(|_| waits).map(|input| input.key_id.as_str()));
        self.sealed.push(input.filter(|_| waits).map(|input| input.sealed.as_slice()));
        let outcome = if is_twin { Some(Outcome::Duplicate) } else { ended.map(|ended| ended.outcome) };
        self.outcome.push(outcome.map(Outcome::as_str));
        self.code.push(ended.and_then(|ended| ended.code.as_deref()));
        let at = ended.map_or(now, |ended| ended.at);
        self.ended_at.push(outcome.map(|_| at.as_seconds()));
    }

    async fn insert(&self, tx: &Transaction<'_>, fleet: &str) -> Result<(), Trouble> {
        let sql = "INSERT INTO safire.fleet_row (fleet, number, line, entry, base, base_key, host, key_id, sealed,
                       attempt, outcome, code, ended_at)
                   SELECT $1, n, l, e, b, k, h, i, s, 0, o, c, t FROM unnest($2::bigint[], $3::bigint[], $4::bigint[],
                       $5::text[], $6::text[], $7::text[], $8::text[], $9::bytea[], $10::text[], $11::text[],
                       $12::bigint[]) AS new (n, l, e, b, k, h, i, s, o, c, t)";
        let statement = tx.prepare_cached(sql).await?;
        let Self { number, line, entry, base, base_key, host, key_id, sealed, outcome, code, ended_at } =
            self;
        tx.execute(
            &statement,
            &[&fleet, number, line, entry, base, base_key, host, key_id, sealed, outcome, code, ended_at],
        )
        .await?;
        Ok(())
    }
}

/// Moves the deadline of the rows that a worker has.
pub(crate) async fn keep(tx: &Transaction<'_>, claim: &RowClaim) -> Result<(), Trouble> {
    let sql = "UPDATE safire.fleet_row
               SET until = clock_timestamp() + $3::double precision * interval '1 second'
               WHERE fleet = $1 AND worker = $2 AND outcome IS NULL";
    let statement = tx.prepare_cached(sql).await?;
    tx.execute(&statement, &[&claim.fleet.as_str(), &claim.worker.as_str(), &term(claim)]).await?;
    Ok(())
}

/// The rows of a share that an earlier try of the same claim was given, if it was committed.
pub(crate) async fn given(
    tx: &Transaction<'_>,
    claim: &RowClaim,
    share: &str,
) -> Result<Vec<WaitingRow>, Trouble> {
    let sql = format!(
        "SELECT {COLUMNS} FROM safire.fleet_row r
         WHERE fleet = $1 AND worker = $2 AND share = $3 AND outcome IS NULL ORDER BY number"
    );
    let statement = tx.prepare_cached(&sql).await?;
    let rows = tx.query(&statement, &[&claim.fleet.as_str(), &claim.worker.as_str(), &share]).await?;
    rows.iter().map(|row| read(row, claim.fleet.as_str())).collect()
}

/// Gives a worker rows that nobody has. Those that another worker is just being given are passed over.
pub(crate) async fn claim(
    tx: &Transaction<'_>,
    claim: &RowClaim,
    share: &str,
) -> Result<Vec<WaitingRow>, Trouble> {
    let free = "outcome IS NULL AND (worker IS NULL OR until <= clock_timestamp()) AND $7::bigint >= 0";
    let mut rows = take(tx, claim, share, free, claim.limit, 0).await?;
    if let Some(before) = claim.again_before
        && rows.len() < claim.limit
    {
        let again = "outcome = 'unreachable' AND ended_at <= $7::bigint AND worker IS DISTINCT FROM $2";
        let limit = claim.limit - rows.len();
        rows.extend(take(tx, claim, share, again, limit, before.as_seconds()).await?);
    }
    rows.sort_by_key(|row| row.input.number);
    Ok(rows)
}

async fn take(
    tx: &Transaction<'_>,
    claim: &RowClaim,
    share: &str,
    which: &str,
    limit: usize,
    ended_before: i64,
) -> Result<Vec<WaitingRow>, Trouble> {
    // A CTE is evaluated once; a subquery may be evaluated for each row, and give more than its limit.
    let sql = format!(
        "WITH free AS MATERIALIZED
             (SELECT number FROM safire.fleet_row WHERE fleet = $1 AND {which} AND NOT (host = ANY($5))
              ORDER BY number LIMIT $6 FOR UPDATE SKIP LOCKED)
         UPDATE safire.fleet_row r SET worker = $2, share = $3,
             until = clock_timestamp() + $4::double precision * interval '1 second', attempt = r.attempt + 1,
             outcome = NULL, code = NULL, vendor = NULL, record = NULL, ended_at = NULL
         FROM free WHERE r.fleet = $1 AND r.number = free.number RETURNING {COLUMNS}"
    );
    let statement = tx.prepare_cached(&sql).await?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let (fleet, worker, term) = (claim.fleet.as_str(), claim.worker.as_str(), term(claim));
    let rows = tx
        .query(&statement, &[&fleet, &worker, &share, &term, &claim.except_hosts, &limit, &ended_before])
        .await?;
    rows.iter().map(|row| read(row, fleet)).collect()
}

fn read(row: &Row, fleet: &str) -> Result<WaitingRow, Trouble> {
    let key_id: Option<String> = row.try_get(6)?;
    let sealed: Option<Vec<u8>> = row.try_get(7)?;
    Ok(WaitingRow {
        line: row.try_get(1)?,
        entry: row.try_get(2)?,
        host: row.try_get(4)?,
        attempt: row.try_get(5)?,
        input: SealedInput {
            fleet: fleet.to_owned(),
            number: row.try_get(0)?,
            base: row.try_get(3)?,
            key_id: key_id.unwrap_or_default(),
            sealed: sealed.unwrap_or_default(),
        },
    })
}

/// How many rows have not ended.
pub(crate) async fn open(db: &impl GenericClient, fleet: &str) -> Result<u64, Trouble> {
    let sql = "SELECT count(*) FROM safire.fleet_row WHERE fleet = $1 AND outcome IS NULL";
    let statement = db.prepare_cached(sql).await?;
    Ok(count(db.query_one(&statement, &[&fleet]).await?.try_get(0)?))
}

/// Writes down how rows ended, unless another worker has them by now.
pub(crate) async fn finish(
    tx: &Transaction<'_>,
    fleet: &str,
    worker: &str,
    ended: &[EndColumns],
) -> Result<(), Trouble> {
    let sql = "UPDATE safire.fleet_row r SET worker = $2, share = NULL, until = NULL, outcome = e.o, code = e.c,
                   vendor = e.v, record = e.d, ended_at = e.t, key_id = CASE WHEN e.k THEN r.key_id END,
                   sealed = CASE WHEN e.k THEN r.sealed END
               FROM unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::boolean[])
                   AS e (n, o, c, v, d, t, k)
               WHERE r.fleet = $1 AND r.number = e.n AND (r.worker = $2 OR r.outcome = 'in-doubt')";
    let statement = tx.prepare_cached(sql).await?;
    let numbers: Vec<i64> = ended.iter().map(|end| end.number).collect();
    let outcomes: Vec<&str> = ended.iter().map(|end| end.outcome).collect();
    let codes: Vec<Option<&str>> = ended.iter().map(|end| end.code.as_deref()).collect();
    let vendors: Vec<Option<&str>> = ended.iter().map(|end| end.vendor.as_deref()).collect();
    let records: Vec<Option<&str>> = ended.iter().map(|end| end.record.as_deref()).collect();
    let times: Vec<i64> = ended.iter().map(|end| end.at).collect();
    let keeps: Vec<bool> = ended.iter().map(|end| end.keeps_input).collect();
    tx.execute(
        &statement,
        &[&fleet, &worker, &numbers, &outcomes, &codes, &vendors, &records, &times, &keeps],
    )
    .await?;
    Ok(())
}

/// Gives rows back that are still this worker's.
pub(crate) async fn give_back(
    tx: &Transaction<'_>,
    fleet: &str,
    worker: &str,
    numbers: &[i64],
) -> Result<(), Trouble> {
    let sql = "UPDATE safire.fleet_row SET worker = NULL, share = NULL, until = NULL
               WHERE fleet = $1 AND worker = $2 AND number = ANY($3)";
    let statement = tx.prepare_cached(sql).await?;
    tx.execute(&statement, &[&fleet, &worker, &numbers]).await?;
    Ok(())
}

/// How far a fleet is.
pub(crate) async fn progress(db: &impl GenericClient, fleet: &str) -> Result<Option<Progress>, Trouble> {
    let known = "SELECT loaded, (SELECT count(*) FROM safire.fleet_row WHERE fleet = $1)
                 FROM safire.fleet WHERE id = $1";
    let Some(row) = db.query_opt(known, &[&fleet]).await? else { return Ok(None) };
    let (loaded, rows): (bool, i64) = (row.try_get(0)?, row.try_get(1)?);
    let tallies = "SELECT outcome, vendor, code, count(*) FROM safire.fleet_row
                   WHERE fleet = $1 AND outcome IS NOT NULL
                   GROUP BY outcome, vendor, code ORDER BY outcome, vendor, code";
    let mut ended = Vec::new();
    for row in db.query(tallies, &[&fleet]).await? {
        let outcome: String = row.try_get(0)?;
        ended.push(Tally {
            // An outcome of a later version was none that this one would call good.
            outcome: Outcome::parse(&outcome).unwrap_or(Outcome::Unusable),
            vendor: row.try_get(1)?,
            code: row.try_get(2)?,
            rows: count(row.try_get(3)?),
        });
    }
    Ok(Some(Progress { loaded, rows: count(rows), ended }))
}

/// What waits, of all fleets.
pub(crate) async fn inputs(tx: &Transaction<'_>) -> Result<Vec<SealedInput>, Trouble> {
    let sql = "SELECT fleet, number, base, key_id, sealed FROM safire.fleet_row WHERE sealed IS NOT NULL";
    let rows = tx.query(sql, &[]).await?;
    let read = |row: &Row| {
        Ok(SealedInput {
            fleet: row.try_get(0)?,
            number: row.try_get(1)?,
            base: row.try_get(2)?,
            key_id: row.try_get(3)?,
            sealed: row.try_get(4)?,
        })
    };
    rows.iter().map(read).collect()
}

/// Puts what waits into the place of itself, sealed anew.
pub(crate) async fn reseal(tx: &Transaction<'_>, inputs: &[SealedInput]) -> Result<(), Trouble> {
    let sql = "UPDATE safire.fleet_row r SET key_id = n.k, sealed = n.s
               FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bytea[]) AS n (f, n, k, s)
               WHERE r.fleet = n.f AND r.number = n.n";
    let statement = tx.prepare_cached(sql).await?;
    let fleets: Vec<&str> = inputs.iter().map(|input| input.fleet.as_str()).collect();
    let numbers: Vec<i64> = inputs.iter().map(|input| input.number).collect();
    let keys: Vec<&str> = inputs.iter().map(|input| input.key_id.as_str()).collect();
    let sealed: Vec<&[u8]> = inputs.iter().map(|input| input.sealed.as_slice()).collect();
    tx.execute(&statement, &[&fleets, &numbers, &keys, &sealed]).await?;
    Ok(())
}

fn term(claim: &RowClaim) -> f64 {
    claim.term.as_secs_f64().min(LONGEST)
}
