//! A fleet, and how a process works on it.

use std::sync::Arc;
use std::time::Duration;

use safire_protocol::time::UnixTime;

use super::base::CleaningRules;
use super::brake::Brake;
use super::id::FleetId;
use super::pace::PaceLimits;
use super::paced::PacedTransport;
use super::queue::FleetQueue;
use super::queue::Progress;
use super::report::RowReport;
use super::stop::StopSignal;
use super::task::Job;
use super::work::FleetWork;
use super::worker::Worker;
use crate::clock::Clock;
use crate::clock::SystemClock;
use crate::error::Error;
use crate::random;
use crate::store::LeaseOwner;
use crate::transport::Transport;

/// A fleet and how this process works on it.
#[derive(Debug)]
pub struct Fleet {
    pub(super) id: FleetId,
    pub(super) queue: Arc<dyn FleetQueue>,
    pub(super) limits: PaceLimits,
    pub(super) term: Duration,
    pub(super) brake: Brake,
    pub(super) job: Arc<Job>,
}

/// What happens on the way.
#[derive(Debug)]
#[non_exhaustive]
pub enum FleetEvent<'a> {
    /// A row has ended, and the queue knows it.
    Ended(&'a RowReport),
    /// Every row left is another worker's.
    Waiting {
        /// How many those are.
        open: u64,
    },
}

/// What one worker has done.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FleetRun {
    /// Rows that this worker ended.
    pub ended: u64,
    /// Rows that it gave back.
    pub given_back: u64,
    /// How long it worked.
    pub elapsed: Duration,
    /// How far the whole fleet is.
    pub progress: Progress,
}

/// Who listens.
pub(super) type Listener<'a> = &'a (dyn Fn(FleetEvent<'_>) + Send + Sync);

/// If a worker dies, its rows come back after this time; a live one says so four times as often.
const TERM: Duration = Duration::from_secs(16);

impl Fleet {
    /// A fleet that works through `queue` and sends through `transport`.
    #[must_use]
    pub fn new(
        id: FleetId,
        work: FleetWork,
        queue: Arc<dyn FleetQueue>,
        transport: Arc<dyn Transport>,
        limits: PaceLimits,
    ) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let transport = Arc::new(PacedTransport::new(transport, Arc::clone(&clock), limits));
        let job = Job { work, transport, clock, rules: CleaningRules::default(), auth_hosts: Vec::new() };
        Self { id, queue, limits, term: TERM, brake: Brake::new(), job: Arc::new(job) }
    }

    /// Sets which bases are accepted, and pins server-supplied endpoints to these hosts and each base's own.
    #[must_use]
    pub fn rules(mut self, rules: CleaningRules, auth_hosts: Vec<String>) -> Self {
        if let Some(job) = Arc::get_mut(&mut self.job) {
            job.rules = rules;
            job.auth_hosts = auth_hosts;
        }
        self
    }

    /// Sets after which time the rows of a worker that died come back. Default: 16 s.
    #[must_use]
    pub const fn term(mut self, term: Duration) -> Self {
        self.term = term;
        self
    }

    /// Begins nothing new while this brake is held. The listener must not block: everything in flight would wait for it.
    #[must_use]
    pub fn brake(mut self, brake: Brake) -> Self {
        self.brake = brake;
        self
    }

    /// Its name.
    #[must_use]
    pub const fn id(&self) -> &FleetId {
        &self.id
    }

    /// How far it is; `None` when nothing was loaded yet.
    ///
    /// # Errors
    /// [`Error::Store`] when the queue cannot be read.
    pub async fn progress(&self) -> Result<Option<Progress>, Error> {
        Ok(self.queue.progress(&self.id).await?)
    }

    /// Works until every row of the fleet has ended, whoever ended it, or until `stop` says so. Rows that
    /// [may be tried again](super::Outcome::may_be_tried_again) and ended no later than `again_before` are tried again, once.
    ///
    /// # Errors
    /// The first failure that is not a row's own, as that of the store. Rows in flight have ended then, or stay claimed
    /// until their time is over.
    pub async fn run(
        &self,
        again_before: Option<UnixTime>,
        stop: &StopSignal,
        on: Listener<'_>,
    ) -> Result<FleetRun, Error> {
        let worker = LeaseOwner::from_random(random::bytes()?);
        let begun = self.job.clock.elapsed();
        let mut worker = Worker::new(self, worker, again_before, stop);
        worker.work(on).await?;
        let progress = self.queue.progress(&self.id).await?.unwrap_or_default();
        Ok(FleetRun {
            ended: worker.done,
            given_back: worker.given_back,
            elapsed: self.job.clock.elapsed().saturating_sub(begun),
            progress,
        })
    }
}
