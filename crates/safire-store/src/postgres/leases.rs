//! Leases as rows, by the clock of the database: the machines that share it need not share one.

use deadpool_postgres::GenericClient;
use deadpool_postgres::Transaction;
use safire::store::Claim;
use safire::store::Claimed;
use safire::store::LeaseOwner;
use safire::store::TokenKey;

use crate::postgres::trouble::Trouble;

/// Not `now()`: that is the time at which the transaction began, and it may have waited for another one since.
const TAKE: &str = "
    INSERT INTO safire.lease AS held (record, slot, owner, until)
    VALUES ($1, $2, $3, clock_timestamp() + $4::double precision * interval '1 second')
    ON CONFLICT (record, slot) DO UPDATE
        SET owner = excluded.owner, until = excluded.until
        WHERE held.owner = excluded.owner OR held.until <= clock_timestamp()";
const REST: &str = "
    SELECT greatest(ceil(extract(epoch FROM until - clock_timestamp())), 1)::bigint
    FROM safire.lease WHERE record = $1 AND slot = $2";
/// A year: more would leave what a timestamp can hold.
const LONGEST: f64 = 365.0 * 86_400.0;
const TRIES: u32 = 3;

/// Gives the lease to the claimant unless another one has it and its time is not over. When that ends is told by the
/// claimant's own clock.
pub(crate) async fn claim(db: &impl GenericClient, claim: &Claim) -> Result<Claimed, Trouble> {
    let (record, slot) = (claim.key.record.as_str(), claim.key.slot.as_str());
    let term = claim.term.as_secs_f64().min(LONGEST);
    let (take, rest) = (db.prepare_cached(TAKE).await?, db.prepare_cached(REST).await?);
    let mut seconds = 1;
    for _ in 0..TRIES {
        if db.execute(&take, &[&record, &slot, &claim.owner.as_str(), &term]).await? != 0 {
            return Ok(Claimed::Ours);
        }
        if let Some(row) = db.query_opt(&rest, &[&record, &slot]).await? {
            seconds = row.try_get(0)?;
            break;
        }
        // It was released in between: once more.
    }
    Ok(Claimed::Theirs { until: claim.now.plus_seconds(seconds) })
}

/// Ends the lease if it is still this owner's.
pub(crate) async fn release(
    tx: &Transaction<'_>,
    key: &TokenKey,
    owner: &LeaseOwner,
) -> Result<u64, Trouble> {
    let sql = "DELETE FROM safire.lease WHERE record = $1 AND slot = $2 AND owner = $3";
    let statement = tx.prepare_cached(sql).await?;
    Ok(tx.execute(&statement, &[&key.record.as_str(), &key.slot.as_str(), &owner.as_str()]).await?)
}
