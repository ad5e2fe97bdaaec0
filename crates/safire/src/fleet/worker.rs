//! A worker: it claims rows, keeps many in flight, and writes down how they end.

use std::sync::Arc;
use std::time::Duration;

use safire_protocol::time::UnixTime;
use tokio::task::JoinSet;

use super::queue::End;
use super::queue::RowClaim;
use super::queue::Settlement;
use super::queue::Share;
use super::report::RowReport;
use super::run::Fleet;
use super::run::FleetEvent;
use super::run::Listener;
use super::scheduler::Backlog;
use super::stop::StopSignal;
use super::task::work_on;
use crate::error::Error;
use crate::store::LeaseOwner;
use crate::store::StoreError;

/// How long to wait before the rows of other workers are looked at again.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// So long, or until there are [`TOGETHER`], rows that have ended wait for others, to be written down in one transaction.
/// What is not written down when a worker dies is found again by its registration.
const GATHER: Duration = Duration::from_millis(50);
const TOGETHER: usize = 128;
/// Fewer rows at once are not worth a transaction, more are not worth their memory.
const SHARE: std::ops::RangeInclusive<usize> = 64..=1024;

/// One run of a worker: everything that it waits for is a task of one set.
pub(super) struct Worker<'a> {
    fleet: &'a Fleet,
    name: LeaseOwner,
    again_before: Option<UnixTime>,
    stop: StopSignal,
    stopping: bool,
    backlog: Backlog,
    running: usize,
    tasks: JoinSet<Done>,
    /// How rows ended that the queue does not know yet.
    reports: Vec<RowReport>,
    returned: Vec<u64>,
    claiming: bool,
    settling: bool,
    /// Whether rows that have ended wait for others to be written down with.
    gathering: bool,
    /// Whether they have waited long enough.
    gathered: bool,
    /// Whether it waits for the brake.
    held: bool,
    /// Whether claiming again would bring nothing before something else happens.
    dry: bool,
    /// Whether the queue said that every row has ended.
    over: bool,
    failure: Option<Error>,
    pub(super) done: u64,
    pub(super) given_back: u64,
}

enum Done {
    Row { number: u64, host: String, ended: Box<Result<Option<RowReport>, Error>> },
    Claimed { all_hosts: bool, share: Result<Share, StoreError> },
    Beaten(Result<Share, StoreError>),
    Settled { reports: Vec<RowReport>, given_back: u64, written: Result<(), StoreError> },
    Waited,
    Gathered,
    Released,
    Stopped,
}

impl<'a> Worker<'a> {
    pub(super) fn new(
        fleet: &'a Fleet,
        name: LeaseOwner,
        again_before: Option<UnixTime>,
        stop: &StopSignal,
    ) -> Self {
        Self {
            fleet,
            name,
            again_before,
            stop: stop.clone(),
            stopping: false,
            backlog: Backlog::new(fleet.limits.per_host),
            running: 0,
            tasks: JoinSet::new(),
            reports: Vec::new(),
            returned: Vec::new(),
            claiming: false,
            settling: false,
            gathering: false,
            gathered: false,
            held: false,
            dry: false,
            over: false,
            failure: None,
            done: 0,
            given_back: 0,
        }
    }

    pub(super) async fn work(&mut self, on: Listener<'_>) -> Result<(), Error> {
        let stopped = self.stop.clone().stopped();
        self.tasks.spawn(async move {
            stopped.await;
            Done::Stopped
        });
        self.beat();
        loop {
            self.begin_rows();
            self.claim();
            self.settle();
            if self.is_idle() && (self.stopping || self.over) {
                break;
            }
            match self.tasks.join_next().await {
                Some(Ok(done)) => self.take(done, on),
                Some(Err(error)) => match error.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    // The runtime is going down, and this future with it.
                    Err(_) => break,
                },
                None => break,
            }
        }
        self.failure.take().map_or(Ok(()), Err)
    }

    fn is_idle(&self) -> bool {
        self.running == 0
            && self.backlog.len() == 0
            && !self.claiming
            && !self.settling
            && self.reports.is_empty()
            && self.returned.is_empty()
    }

    /// Rows wait for their hosts, not for each other: more are in flight than requests.
    fn window(&self) -> usize {
        self.fleet.limits.requests.saturating_mul(4).clamp(*SHARE.start(), *SHARE.end())
    }

    fn begin_rows(&mut self) {
        if self.fleet.brake.is_held() && !self.held {
            self.held = true;
            let brake = self.fleet.brake.clone();
            self.tasks.spawn(async move {
                brake.released().await;
                Done::Released
            });
        }
        if self.held {
            return;
        }
        while self.running < self.window() && !self.stopping {
            let Some(row) = self.backlog.begin() else { return };
            self.running += 1;
            let (number, host) = (row.number, row.host.clone());
            let work = work_on(Arc::clone(&self.fleet.job), row, self.stop.clone());
            self.tasks
                .spawn(async move { Done::Row { number, host, ended: Box::new(Box::pin(work).await) } });
        }
    }

    fn claim(&mut self) {
        let (target, waiting) = (self.window(), self.backlog.len());
        if self.stopping || self.claiming || self.dry || self.over || waiting > target / 2 {
            return;
        }
        self.claiming = true;
        let except_hosts = self.backlog.crowded(self.crowd());
        let all_hosts = except_hosts.is_empty();
        let claim = self.claim_of(target - waiting, except_hosts);
        let queue = Arc::clone(&self.fleet.queue);
        self.tasks.spawn(async move { Done::Claimed { all_hosts, share: queue.claim(claim).await } });
    }

    /// So many rows of one host that wait are enough.
    fn crowd(&self) -> usize {
        self.fleet.limits.per_host.saturating_mul(2).max(8)
    }

    fn claim_of(&self, limit: usize, except_hosts: Vec<String>) -> RowClaim {
        RowClaim {
            fleet: self.fleet.id.clone(),
            worker: self.name.clone(),
            limit,
            except_hosts,
            again_before: self.again_before,
            now: self.fleet.job.clock.now(),
            term: self.fleet.term,
        }
    }

    /// Says in a while that this worker is alive.
    fn beat(&mut self) {
        let (queue, pause) = (Arc::clone(&self.fleet.queue), self.fleet.term / 4);
        let (mut claim, clock) = (self.claim_of(0, Vec::new()), Arc::clone(&self.fleet.job.clock));
        self.tasks.spawn(async move {
            tokio::time::sleep(pause).await;
            claim.now = clock.now();
            Done::Beaten(queue.claim(claim).await)
        });
    }

    /// Writes down what has ended since the last time: many rows, one transaction.
    fn settle(&mut self) {
        let waiting = self.reports.len() + self.returned.len();
        if self.settling || waiting == 0 {
            return;
        }
        let more_follow = self.running > 0;
        if waiting < TOGETHER && more_follow && !self.gathered {
            if !std::mem::replace(&mut self.gathering, true) {
                self.tasks.spawn(async {
                    tokio::time::sleep(GATHER).await;
                    Done::Gathered
                });
            }
            return;
        }
        self.gathered = false;
        self.settling = true;
        let now = self.fleet.job.clock.now();
        let reports = std::mem::take(&mut self.reports);
        let returned = std::mem::take(&mut self.returned);
        let given_back = returned.len() as u64;
        let ended = reports.iter().map(|report| (report.number, End::Ended(report.ended(now))));
        let rows = ended.chain(returned.into_iter().map(|number| (number, End::GivenBack))).collect();
        let settlement = Settlement { fleet: self.fleet.id.clone(), worker: self.name.clone(), rows };
        let queue = Arc::clone(&self.fleet.queue);
        self.tasks.spawn(async move {
            let written = queue.settle(settlement).await;
            Done::Settled { reports, given_back, written }
        });
    }

    fn take(&mut self, done: Done, on: Listener<'_>) {
        match done {
            Done::Row { number, host, ended } => {
                self.running -= 1;
                self.backlog.end(&host);
                if self.backlog.waiting_at(&host) < self.crowd() {
                    self.dry = false;
                }
                match *ended {
                    Ok(Some(report)) => self.reports.push(report),
                    Ok(None) => self.returned.push(number),
                    // The row stays this worker's until its time is over: nobody knows what became of it.
                    Err(error) => self.fail(error),
                }
            }
            Done::Claimed { all_hosts, share } => {
                self.claiming = false;
                match share {
                    Ok(share) => self.take_share(share, all_hosts, on),
                    Err(error) => self.fail(error.into()),
                }
            }
            Done::Beaten(Ok(_)) => self.beat(),
            Done::Beaten(Err(error)) => self.fail(error.into()),
            Done::Settled { reports, given_back, written } => {
                self.settling = false;
                self.dry = false;
                match written {
                    Ok(()) => {
                        self.done += reports.len() as u64;
                        self.given_back += given_back;
                        reports.iter().for_each(|report| on(FleetEvent::Ended(report)));
                    }
                    Err(error) => self.fail(error.into()),
                }
            }
            Done::Waited => self.dry = false,
            Done::Gathered => {
                self.gathering = false;
                self.gathered = true;
            }
            Done::Released => self.held = false,
            Done::Stopped => self.stop_all(),
        }
    }

    fn take_share(&mut self, share: Share, all_hosts: bool, on: Listener<'_>) {
        if self.stopping {
            self.returned.extend(share.rows.iter().map(|row| row.number));
            return;
        }
        self.dry = share.rows.is_empty();
        if self.dry && all_hosts {
            self.over = share.open == 0;
            if !self.over && self.is_idle() {
                on(FleetEvent::Waiting { open: share.open });
                self.tasks.spawn(async {
                    tokio::time::sleep(LOOK_AGAIN).await;
                    Done::Waited
                });
            }
        }
        share.rows.into_iter().for_each(|row| self.backlog.push(row));
    }

    fn fail(&mut self, error: Error) {
        if self.failure.is_none() {
            self.failure = Some(error);
        }
        self.stop_all();
    }

    fn stop_all(&mut self) {
        self.stopping = true;
        let waiting = self.backlog.drain();
        // With a queue that fails there is nobody to give them back to; they come back by themselves.
        if self.failure.is_none() {
            self.returned.extend(waiting);
        }
    }
}
