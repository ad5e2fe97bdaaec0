//! A queue that lives as long as the process.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use safire_protocol::time::UnixTime;

use super::id::FleetId;
use super::outcome::Outcome;
use super::queue::Batch;
use super::queue::ClaimedRow;
use super::queue::End;
use super::queue::Ended;
use super::queue::FleetQueue;
use super::queue::Load;
use super::queue::NewRow;
use super::queue::Progress;
use super::queue::RowClaim;
use super::queue::Settlement;
use super::queue::Share;
use super::queue::Taken;
use super::queue::Tally;
use crate::future::BoxFuture;
use crate::store::LeaseOwner;
use crate::store::StoreError;

/// A queue in memory, for one process and for tests. Nothing survives the process.
#[derive(Debug, Default)]
pub struct MemoryQueue {
    fleets: Mutex<BTreeMap<FleetId, Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    loaded: bool,
    rows: BTreeMap<u64, KeptRow>,
}

#[derive(Debug)]
struct KeptRow {
    row: NewRow,
    holder: Option<(LeaseOwner, UnixTime)>,
    ended_by: Option<LeaseOwner>,
    attempt: u32,
}

impl MemoryQueue {
    /// An empty queue.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn fleets(&self) -> MutexGuard<'_, BTreeMap<FleetId, Kept>> {
        // A panic elsewhere leaves whole values behind: each change is one assignment.
        self.fleets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn is_over(&self) -> bool {
        self.loaded && self.rows.values().all(|kept| kept.row.ended.is_some())
    }

    fn add(&mut self, mut row: NewRow, now: UnixTime) -> Taken {
        if self.rows.contains_key(&row.number) {
            return Taken::There;
        }
        let twin = row.base_key.as_ref().and_then(|key| {
            let same = self.rows.values().find(|kept| kept.row.base_key.as_ref() == Some(key));
            same.map(|kept| kept.row.place)
        });
        if twin.is_some() {
            row.base_key = None;
            row.ended =
                Some(Ended { outcome: Outcome::Duplicate, code: None, vendor: None, record: None, at: now });
        }
        self.rows.insert(row.number, KeptRow { row, holder: None, ended_by: None, attempt: 0 });
        twin.map_or(Taken::Added, Taken::DuplicateOf)
    }

    fn claim(&mut self, claim: &RowClaim) -> Share {
        let term = i64::try_from(claim.term.as_secs()).unwrap_or(i64::MAX);
        let until = claim.now.plus_seconds(term);
        let mut rows = Vec::new();
        for (number, kept) in &mut self.rows {
            if claim.limit == 0 {
                if let Some((worker, deadline)) = &mut kept.holder
                    && *worker == claim.worker
                {
                    *deadline = until;
                }
            } else if rows.len() < claim.limit && kept.is_free_for(claim) {
                kept.holder = Some((claim.worker.clone(), until));
                kept.attempt += 1;
                kept.row.ended = None;
                rows.push(ClaimedRow {
                    number: *number,
                    place: kept.row.place,
                    base: kept.row.base.clone(),
                    host: kept.row.host.clone(),
                    attempt: kept.attempt,
                    input: kept.row.input.clone(),
                });
            }
        }
        let open = self.rows.values().filter(|kept| kept.row.ended.is_none()).count() as u64;
        Share { rows, open }
    }

    fn settle(&mut self, worker: &LeaseOwner, number: u64, end: End) {
        let Some(kept) = self.rows.get_mut(&number) else { return };
        let ours = kept.holder.as_ref().is_some_and(|(holder, _)| holder == worker);
        match end {
            End::GivenBack if ours => kept.holder = None,
            End::Ended(ended)
                if ours || kept.row.ended.as_ref().is_some_and(|e| e.outcome == Outcome::InDoubt) =>
            {
                if !ended.outcome.may_be_tried_again() {
                    kept.row.input = super::input::RowInput::default();
                }
                kept.holder = None;
                kept.ended_by = Some(worker.clone());
                kept.row.ended = Some(ended);
            }
            End::GivenBack | End::Ended(_) => {}
        }
    }

    fn progress(&self) -> Progress {
        let mut ended: Vec<Tally> = Vec::new();
        for Ended { outcome, code, vendor, .. } in
            self.rows.values().filter_map(|kept| kept.row.ended.as_ref())
        {
            let same = |tally: &&mut Tally| {
                tally.outcome == *outcome && tally.code == *code && tally.vendor == *vendor
            };
            match ended.iter_mut().find(same) {
                Some(tally) => tally.rows += 1,
                None => ended.push(Tally {
                    outcome: *outcome,
                    vendor: vendor.clone(),
                    code: code.clone(),
                    rows: 1,
                }),
            }
        }
        Progress { loaded: self.loaded, rows: self.rows.len() as u64, ended }
    }
}

impl KeptRow {
    fn is_free_for(&self, claim: &RowClaim) -> bool {
        let waits = match (&self.row.ended, claim.again_before) {
            (None, _) => true,
            (Some(ended), Some(before)) => {
                let others = self.ended_by.as_ref() != Some(&claim.worker);
                ended.outcome.may_be_tried_again() && ended.at <= before && others
            }
            (Some(_), None) => false,
        };
        let held = self.holder.as_ref().is_some_and(|(worker, deadline)| {
            // What this worker has, it does not get again.
            *worker == claim.worker || *deadline > claim.now
        });
        waits && !held && !claim.except_hosts.contains(&self.row.host)
    }
}

impl FleetQueue for MemoryQueue {
    fn load(&self, load: Load) -> BoxFuture<'_, Result<Vec<Taken>, StoreError>> {
        let mut fleets = self.fleets();
        let kept = fleets.entry(load.fleet).or_default();
        let taken = match load.batch {
            Batch::Begin => {
                if kept.is_over() {
                    *kept = Kept::default();
                }
                Vec::new()
            }
            Batch::Rows(rows) => rows.into_iter().map(|row| kept.add(row, load.now)).collect(),
            Batch::End => {
                kept.loaded = true;
                Vec::new()
            }
        };
        Box::pin(std::future::ready(Ok(taken)))
    }

    fn claim(&self, claim: RowClaim) -> BoxFuture<'_, Result<Share, StoreError>> {
        let nothing = Share { rows: Vec::new(), open: 0 };
        let share = self.fleets().get_mut(&claim.fleet).map_or(nothing, |kept| kept.claim(&claim));
        Box::pin(std::future::ready(Ok(share)))
    }

    fn settle(&self, settlement: Settlement) -> BoxFuture<'_, Result<(), StoreError>> {
        if let Some(kept) = self.fleets().get_mut(&settlement.fleet) {
            for (number, end) in settlement.rows {
                kept.settle(&settlement.worker, number, end);
            }
        }
        Box::pin(std::future::ready(Ok(())))
    }

    fn progress(&self, fleet: &FleetId) -> BoxFuture<'_, Result<Option<Progress>, StoreError>> {
        let progress = self.fleets().get(fleet).map(Kept::progress);
        Box::pin(std::future::ready(Ok(progress)))
    }
}
