//! Fleets as rows. Every function runs inside the caller's transaction.

use rusqlite::Connection;
use rusqlite::OptionalExtension;
use rusqlite::Row;
use safire::fleet::Ended;
use safire::fleet::FleetKind;
use safire::fleet::NewRow;
use safire::fleet::Outcome;
use safire::fleet::Progress;
use safire::fleet::RowClaim;
use safire::fleet::Taken;
use safire::fleet::Tally;
use safire::protocol::time::UnixTime;

use crate::fleet::EndColumns;
use crate::fleet::SealedInput;
use crate::fleet::WaitingRow;
use crate::fleet::count;
use crate::fleet::number;
use crate::fleet::place;

/// Makes the fleet where it is missing, and makes it anew where all its rows have ended.
pub(crate) fn begin(db: &Connection, fleet: &str, kind: FleetKind, now: UnixTime) -> rusqlite::Result<()> {
    let over = db.execute(
        "DELETE FROM fleet WHERE id = ?1 AND loaded = 1 \
         AND NOT EXISTS (SELECT 1 FROM fleet_row WHERE fleet = ?1 AND outcome IS NULL)",
        [fleet],
    )?;
    if over != 0 {
        db.execute("DELETE FROM fleet_row WHERE fleet = ?1", [fleet])?;
    }
    let sql = "INSERT OR IGNORE INTO fleet (id, kind, loaded, created_at) VALUES (?1, ?2, 0, ?3)";
    db.execute(sql, (fleet, kind.as_str(), now.as_seconds())).map(|_| ())
}

/// Says that there are no more rows.
pub(crate) fn end(db: &Connection, fleet: &str) -> rusqlite::Result<()> {
    db.execute("UPDATE fleet SET loaded = 1 WHERE id = ?1", [fleet]).map(|_| ())
}

/// Adds one row; `input` is what it needs, where it waits.
pub(crate) fn add(
    db: &Connection,
    fleet: &str,
    row: &NewRow,
    input: Option<&SealedInput>,
    now: UnixTime,
) -> rusqlite::Result<Taken> {
    let mut known = db.prepare_cached("SELECT 1 FROM fleet_row WHERE fleet = ?1 AND number = ?2")?;
    if known.exists((fleet, number(row.number)))? {
        return Ok(Taken::There);
    }
    let mut twin =
        db.prepare_cached("SELECT line, entry FROM fleet_row WHERE fleet = ?1 AND base_key = ?2")?;
    let twin = twin
        .query_row((fleet, row.base_key.as_deref()), |row| Ok(place(row.get(0)?, row.get(1)?)))
        .optional()?;
    let ended = match (&twin, &row.ended) {
        (Some(_), _) => {
            Some(Ended { outcome: Outcome::Duplicate, code: None, vendor: None, record: None, at: now })
        }
        (None, ended) => ended.clone(),
    };
    let ended = ended.map(|ended| EndColumns::of(row.number, &ended));
    let input = input.filter(|_| ended.is_none());
    let mut insert = db.prepare_cached(
        "INSERT INTO fleet_row (fleet, number, line, entry, base, base_key, host, key_id, sealed, attempt, \
         outcome, code, ended_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, ?10, ?11, ?12)",
    )?;
    insert.execute((
        fleet,
        number(row.number),
        number(row.place.line),
        row.place.entry.map(number),
        &row.base,
        row.base_key.as_deref().filter(|_| twin.is_none()),
        &row.host,
        input.map(|input| input.key_id.as_str()),
        input.map(|input| input.sealed.as_slice()),
        ended.as_ref().map(|ended| ended.outcome),
        ended.as_ref().and_then(|ended| ended.code.as_deref()),
        ended.as_ref().map(|ended| ended.at),
    ))?;
    Ok(twin.map_or(Taken::Added, Taken::DuplicateOf))
}

/// Moves the deadline of the rows that a worker has.
pub(crate) fn keep(db: &Connection, claim: &RowClaim) -> rusqlite::Result<()> {
    let sql = "UPDATE fleet_row SET until = ?3 WHERE fleet = ?1 AND worker = ?2 AND outcome IS NULL";
    db.prepare_cached(sql)?.execute((claim.fleet.as_str(), claim.worker.as_str(), until(claim))).map(|_| ())
}

/// Gives a worker rows that nobody has.
pub(crate) fn claim(db: &Connection, claim: &RowClaim) -> rusqlite::Result<Vec<WaitingRow>> {
    let mut rows = take(db, claim, "outcome IS NULL AND (worker IS NULL OR until <= ?4) AND ?5 >= 0", 0)?;
    if let Some(before) = claim.again_before
        && rows.len() < claim.limit
    {
        let again = "outcome = 'unreachable' AND ?4 = ?4 AND ended_at <= ?5 AND worker IS NOT ?2";
        rows.extend(take(db, &rest(claim, rows.len()), again, before.as_seconds())?);
    }
    rows.sort_by_key(|row| row.input.number);
    Ok(rows)
}

fn rest(claim: &RowClaim, taken: usize) -> RowClaim {
    RowClaim { limit: claim.limit.saturating_sub(taken), ..claim.clone() }
}

fn take(
    db: &Connection,
    claim: &RowClaim,
    which: &str,
    ended_before: i64,
) -> rusqlite::Result<Vec<WaitingRow>> {
    let sql = format!(
        "UPDATE fleet_row SET worker = ?2, until = ?3, attempt = attempt + 1, outcome = NULL, code = NULL, \
         vendor = NULL, record = NULL, ended_at = NULL WHERE fleet = ?1 AND number IN \
         (SELECT number FROM fleet_row WHERE fleet = ?1 AND {which} \
         AND host NOT IN (SELECT value FROM json_each(?6)) ORDER BY number LIMIT ?7) \
         RETURNING number, line, entry, base, host, attempt, key_id, sealed"
    );
    let except = serde_json::to_string(&claim.except_hosts).unwrap_or_else(|_| "[]".to_owned());
    let values = (
        claim.fleet.as_str(),
        claim.worker.as_str(),
        until(claim),
        claim.now.as_seconds(),
        ended_before,
        except,
        i64::try_from(claim.limit).unwrap_or(i64::MAX),
    );
    let mut statement = db.prepare_cached(&sql)?;
    statement.query_map(values, |row| read(row, claim.fleet.as_str()))?.collect()
}

fn read(row: &Row<'_>, fleet: &str) -> rusqlite::Result<WaitingRow> {
    let key_id: Option<String> = row.get(6)?;
    let sealed: Option<Vec<u8>> = row.get(7)?;
    Ok(WaitingRow {
        line: row.get(1)?,
        entry: row.get(2)?,
        host: row.get(4)?,
        attempt: row.get(5)?,
        input: SealedInput {
            fleet: fleet.to_owned(),
            number: row.get(0)?,
            base: row.get(3)?,
            key_id: key_id.unwrap_or_default(),
            sealed: sealed.unwrap_or_default(),
        },
    })
}

/// How many rows have not ended.
pub(crate) fn open(db: &Connection, fleet: &str) -> rusqlite::Result<u64> {
    let sql = "SELECT count(*) FROM fleet_row WHERE fleet = ?1 AND outcome IS NULL";
    Ok(count(db.prepare_cached(sql)?.query_row([fleet], |row| row.get(0))?))
}

/// Writes down how one row ended, unless another worker has it by now.
pub(crate) fn finish(db: &Connection, fleet: &str, worker: &str, end: &EndColumns) -> rusqlite::Result<()> {
    let mut statement = db.prepare_cached(
        "UPDATE fleet_row SET worker = ?3, until = NULL, outcome = ?4, code = ?5, vendor = ?6, record = ?7, \
         ended_at = ?8, key_id = iif(?9, key_id, NULL), sealed = iif(?9, sealed, NULL) \
         WHERE fleet = ?1 AND number = ?2 AND (worker = ?3 OR outcome = 'in-doubt')",
    )?;
    let EndColumns { number, outcome, code, vendor, record, at, keeps_input } = end;
    statement.execute((fleet, number, worker, outcome, code, vendor, record, at, keeps_input)).map(|_| ())
}

/// Gives one row back, if it is still this worker's.
pub(crate) fn give_back(db: &Connection, fleet: &str, worker: &str, number: i64) -> rusqlite::Result<()> {
    let sql =
        "UPDATE fleet_row SET worker = NULL, until = NULL WHERE fleet = ?1 AND number = ?2 AND worker = ?3";
    db.prepare_cached(sql)?.execute((fleet, number, worker)).map(|_| ())
}

/// How far a fleet is.
pub(crate) fn progress(db: &Connection, fleet: &str) -> rusqlite::Result<Option<Progress>> {
    let loaded = db
        .query_row("SELECT loaded FROM fleet WHERE id = ?1", [fleet], |row| row.get::<_, bool>(0))
        .optional()?;
    let Some(loaded) = loaded else { return Ok(None) };
    let rows: i64 =
        db.query_row("SELECT count(*) FROM fleet_row WHERE fleet = ?1", [fleet], |row| row.get(0))?;
    let mut statement = db.prepare_cached(
        "SELECT outcome, vendor, code, count(*) FROM fleet_row WHERE fleet = ?1 AND outcome IS NOT NULL \
         GROUP BY outcome, vendor, code ORDER BY outcome, vendor, code",
    )?;
    let tally = |row: &Row<'_>| {
        let outcome: String = row.get(0)?;
        Ok(Tally {
            // An outcome of a later version was none that this one would call good.
            outcome: Outcome::parse(&outcome).unwrap_or(Outcome::Unusable),
            vendor: row.get(1)?,
            code: row.get(2)?,
            rows: count(row.get(3)?),
        })
    };
    let ended = statement.query_map([fleet], tally)?.collect::<rusqlite::Result<_>>()?;
    Ok(Some(Progress { loaded, rows: count(rows), ended }))
}

/// What waits, of all fleets.
pub(crate) fn inputs(db: &Connection) -> rusqlite::Result<Vec<SealedInput>> {
    let sql = "SELECT fleet, number, base, key_id, sealed FROM fleet_row WHERE sealed IS NOT NULL";
    let read = |row: &Row<'_>| {
        Ok(SealedInput {
            fleet: row.get(0)?,
            number: row.get(1)?,
            base: row.get(2)?,
            key_id: row.get(3)?,
            sealed: row.get(4)?,
        })
    };
    db.prepare(sql)?.query_map([], read)?.collect()
}

/// Puts what waits into the place of itself, sealed anew.
pub(crate) fn reseal(db: &Connection, input: &SealedInput) -> rusqlite::Result<()> {
    let sql = "UPDATE fleet_row SET key_id = ?3, sealed = ?4 WHERE fleet = ?1 AND number = ?2";
    let SealedInput { fleet, number, key_id, sealed, .. } = input;
    db.prepare_cached(sql)?.execute((fleet, number, key_id, sealed)).map(|_| ())
}

fn until(claim: &RowClaim) -> i64 {
    let term = i64::try_from(claim.term.as_secs()).unwrap_or(i64::MAX);
    claim.now.plus_seconds(term).as_seconds()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_outcome_that_the_statements_name_is_the_one_that_may_be_tried_again() {
        for outcome in Outcome::ALL {
            assert_eq!(outcome.may_be_tried_again(), outcome.as_str() == "unreachable");
        }
        assert_eq!(Outcome::InDoubt.as_str(), "in-doubt");
    }
}
