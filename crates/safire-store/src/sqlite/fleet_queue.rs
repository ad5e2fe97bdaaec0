//! The queue of fleets in the file.

use std::sync::Arc;

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

use crate::fleet::SealedInput;
use crate::fleet::sort;
use crate::sqlite::fleet;
use crate::sqlite::store::Inner;
use crate::sqlite::store::SqliteStore;
use crate::sqlite::store::on_blocking_thread;

impl FleetQueue for SqliteStore {
    fn load(&self, load: Load) -> BoxFuture<'_, Result<Vec<Taken>, StoreError>> {
        Box::pin(on_blocking_thread(Arc::clone(&self.inner), move |inner| inner.load_fleet(&load)))
    }

    fn claim(&self, claim: RowClaim) -> BoxFuture<'_, Result<Share, StoreError>> {
        Box::pin(on_blocking_thread(Arc::clone(&self.inner), move |inner| inner.claim_rows(&claim)))
    }

    fn settle(&self, settlement: Settlement) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(on_blocking_thread(Arc::clone(&self.inner), move |inner| inner.settle_rows(&settlement)))
    }

    fn progress(&self, fleet: &FleetId) -> BoxFuture<'_, Result<Option<Progress>, StoreError>> {
        let id = fleet.as_str().to_owned();
        Box::pin(on_blocking_thread(Arc::clone(&self.inner), move |inner| {
            fleet::progress(&inner.db(), &id).map_err(|error| inner.failed("reading a fleet", &error))
        }))
    }
}

impl Inner {
    fn load_fleet(&self, load: &Load) -> Result<Vec<Taken>, StoreError> {
        let id = load.fleet.as_str();
        let doing = "loading a fleet";
        match &load.batch {
            Batch::Begin => {
                self.within(doing, |tx| fleet::begin(tx, id, load.kind, load.now))?;
                Ok(Vec::new())
            }
            Batch::End => {
                self.within(doing, |tx| fleet::end(tx, id))?;
                Ok(Vec::new())
            }
            Batch::Rows(rows) => {
                let inputs = rows
                    .iter()
                    .map(|row| {
                        row.ended.is_none().then(|| SealedInput::seal(&self.sealer, id, row)).transpose()
                    })
                    .collect::<Result<Vec<_>, _>>()?;
                self.within(doing, |tx| {
                    let rows = rows.iter().zip(&inputs);
                    rows.map(|(row, input)| fleet::add(tx, id, row, input.as_ref(), load.now)).collect()
                })
            }
        }
    }

    fn claim_rows(&self, claim: &RowClaim) -> Result<Share, StoreError> {
        let doing = "claiming rows of a fleet";
        if claim.limit == 0 {
            self.within(doing, |tx| fleet::keep(tx, claim))?;
            return Ok(Share { rows: Vec::new(), open: 0 });
        }
        let (rows, open) = self.within(doing, |tx| {
            let rows = fleet::claim(tx, claim)?;
            let open = if rows.is_empty() { fleet::open(tx, claim.fleet.as_str())? } else { 0 };
            Ok((rows, open))
        })?;
        let rows = rows.into_iter().map(|row| row.unseal(&self.sealer, &self.name));
        Ok(Share { rows: rows.collect::<Result<_, _>>()?, open })
    }

    fn settle_rows(&self, settlement: &Settlement) -> Result<(), StoreError> {
        let (id, worker) = (settlement.fleet.as_str(), settlement.worker.as_str());
        let (ended, returned) = sort(&settlement.rows);
        self.within("writing down how rows of a fleet ended", |tx| {
            for end in &ended {
                fleet::finish(tx, id, worker, end)?;
            }
            returned.iter().try_for_each(|number| fleet::give_back(tx, id, worker, *number))
        })
    }
}
