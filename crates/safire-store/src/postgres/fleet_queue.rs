//! The queue of fleets in the database: any number of workers on any number of machines share one.

use std::sync::Arc;

use deadpool_postgres::Transaction;
use safire::fleet::Batch;
use safire::fleet::FleetId;
use safire::fleet::FleetQueue;
use safire::fleet::Load;
use safire::fleet::Progress;
use safire::fleet::RowClaim;
use safire::fleet::Settlement;
use safire::fleet::Share;
use safire::fleet::Taken;
use safire::future::BoxFuture;
use safire::store::StoreError;

use crate::file;
use crate::fleet::EndColumns;
use crate::fleet::SealedInput;
use crate::fleet::WaitingRow;
use crate::fleet::sort;
use crate::postgres::connections::settle;
use crate::postgres::fleet;
use crate::postgres::schema;
use crate::postgres::store::Inner;
use crate::postgres::store::PostgresStore;
use crate::postgres::store::Try;
use crate::postgres::trouble::Trouble;

impl FleetQueue for PostgresStore {
    fn load(&self, load: Load) -> BoxFuture<'_, Result<Vec<Taken>, StoreError>> {
        let inner = Arc::clone(&self.inner);
        Box::pin(async move { inner.load_fleet(&load).await })
    }

    fn claim(&self, claim: RowClaim) -> BoxFuture<'_, Result<Share, StoreError>> {
        let inner = Arc::clone(&self.inner);
        Box::pin(async move { inner.claim_rows(&claim).await })
    }

    fn settle(&self, settlement: Settlement) -> BoxFuture<'_, Result<(), StoreError>> {
        let inner = Arc::clone(&self.inner);
        Box::pin(async move { inner.settle_rows(&settlement).await })
    }

    fn progress(&self, fleet: &FleetId) -> BoxFuture<'_, Result<Option<Progress>, StoreError>> {
        let (inner, id) = (Arc::clone(&self.inner), fleet.as_str().to_owned());
        Box::pin(async move {
            let read = |_| async {
                let client = inner.connections.client().await?;
                let done = inner.connections.timely(fleet::progress(&client, &id)).await;
                settle(client, done)
            };
            inner.persist("reading a fleet", read).await
        })
    }
}

/// What one transaction does.
enum Work<'a> {
    Load(&'a Load, &'a [Option<SealedInput>]),
    Keep(&'a RowClaim),
    /// With the name of the share, by which it is found again if its commit succeeded and the success got lost.
    Claim(&'a RowClaim, &'a str),
    Settle(&'a Settlement, &'a [EndColumns], &'a [i64]),
}

/// What came of it.
#[derive(Default)]
struct Done {
    taken: Vec<Taken>,
    rows: Vec<WaitingRow>,
    open: u64,
}

impl Inner {
    async fn load_fleet(&self, load: &Load) -> Result<Vec<Taken>, StoreError> {
        let inputs: Vec<Option<SealedInput>> = match &load.batch {
            Batch::Begin | Batch::End => Vec::new(),
            Batch::Rows(rows) => rows
                .iter()
                .map(|row| {
                    let id = load.fleet.as_str();
                    row.ended.is_none().then(|| SealedInput::seal(&self.sealer, id, row)).transpose()
                })
                .collect::<Result<_, _>>()?,
        };
        let work = Work::Load(load, &inputs);
        Ok(self.persist("loading a fleet", |which| self.do_work(&work, which)).await?.taken)
    }

    async fn claim_rows(&self, claim: &RowClaim) -> Result<Share, StoreError> {
        let doing = "claiming rows of a fleet";
        let share = file::random_token().map_err(|error| StoreError::Failed {
            store: self.name.clone(),
            doing,
            detail: error.to_string(),
        })?;
        let work = if claim.limit == 0 { Work::Keep(claim) } else { Work::Claim(claim, &share) };
        let done = self.persist(doing, |which| self.do_work(&work, which)).await?;
        let rows = done.rows.into_iter().map(|row| row.unseal(&self.sealer, &self.name));
        Ok(Share { rows: rows.collect::<Result<_, _>>()?, open: done.open })
    }

    async fn settle_rows(&self, settlement: &Settlement) -> Result<(), StoreError> {
        let (ended, returned) = sort(&settlement.rows);
        let work = Work::Settle(settlement, &ended, &returned);
        let doing = "writing down how rows of a fleet ended";
        self.persist(doing, |which| self.do_work(&work, which)).await.map(|_| ())
    }

    /// Does it in one transaction, under the key that is still the store's.
    async fn do_work(&self, work: &Work<'_>, which: Try) -> Result<Done, Trouble> {
        let mut client = self.connections.client().await?;
        let all = async {
            let tx = client.transaction().await?;
            schema::guard(&tx, &self.sealer, &self.name).await?;
            let done = work.within(&tx, which).await?;
            tx.commit().await?;
            Ok(done)
        };
        let done = self.connections.timely(all).await;
        settle(client, done)
    }
}

impl Work<'_> {
    async fn within(&self, tx: &Transaction<'_>, which: Try) -> Result<Done, Trouble> {
        let mut done = Done::default();
        match self {
            Self::Load(load, inputs) => {
                let id = load.fleet.as_str();
                match &load.batch {
                    Batch::Begin => fleet::begin(tx, id, load.kind, load.now).await?,
                    Batch::End => fleet::end(tx, id).await?,
                    Batch::Rows(rows) => done.taken = fleet::add(tx, id, rows, inputs, load.now).await?,
                }
            }
            Self::Keep(claim) => fleet::keep(tx, claim).await?,
            Self::Claim(claim, share) => {
                if which == Try::Again {
                    done.rows = fleet::given(tx, claim, share).await?;
                }
                if done.rows.is_empty() {
                    done.rows = fleet::claim(tx, claim, share).await?;
                }
                if done.rows.is_empty() {
                    done.open = fleet::open(tx, claim.fleet.as_str()).await?;
                }
            }
            Self::Settle(settlement, ended, returned) => {
                let (id, worker) = (settlement.fleet.as_str(), settlement.worker.as_str());
                fleet::finish(tx, id, worker, ended).await?;
                fleet::give_back(tx, id, worker, returned).await?;
            }
        }
        Ok(done)
    }
}
