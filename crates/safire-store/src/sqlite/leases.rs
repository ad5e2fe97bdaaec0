//! Leases as rows. Every function runs inside the caller's transaction.

use rusqlite::Connection;
use rusqlite::OptionalExtension;
use safire::protocol::time::UnixTime;
use safire::store::Claim;
use safire::store::Claimed;
use safire::store::LeaseOwner;
use safire::store::TokenKey;

/// Gives the lease to the claimant unless another one has it and its time is not over.
pub(crate) fn claim(db: &Connection, claim: &Claim) -> rusqlite::Result<Claimed> {
    let (record, slot) = (claim.key.record.as_str(), claim.key.slot.as_str());
    let held: Option<(String, i64)> = db
        .prepare("SELECT owner, until FROM lease WHERE record = ?1 AND slot = ?2")?
        .query_row((record, slot), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if let Some((owner, until)) = held
        && owner != claim.owner.as_str()
        && until > claim.now.as_seconds()
    {
        return Ok(Claimed::Theirs { until: UnixTime::from_seconds(until) });
    }
    let term = i64::try_from(claim.term.as_secs()).unwrap_or(i64::MAX);
    let until = claim.now.plus_seconds(term).as_seconds();
    db.prepare("INSERT OR REPLACE INTO lease (record, slot, owner, until) VALUES (?1, ?2, ?3, ?4)")?
        .execute((record, slot, claim.owner.as_str(), until))?;
    Ok(Claimed::Ours)
}

/// Ends the lease if it is still this owner's.
pub(crate) fn release(db: &Connection, key: &TokenKey, owner: &LeaseOwner) -> rusqlite::Result<usize> {
    db.prepare("DELETE FROM lease WHERE record = ?1 AND slot = ?2 AND owner = ?3")?.execute((
        key.record.as_str(),
        key.slot.as_str(),
        owner.as_str(),
    ))
}
