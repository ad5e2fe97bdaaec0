//! Where the rows of a fleet wait: the seam that lets many workers share one.

use std::fmt::Debug;
use std::time::Duration;

use safire_protocol::time::UnixTime;

use super::id::FleetId;
use super::id::FleetKind;
use super::input::RowInput;
use super::outcome::Outcome;
use super::source::Place;
use crate::future::BoxFuture;
use crate::store::LeaseOwner;
use crate::store::RecordId;
use crate::store::StoreError;

/// A durable queue of rows that any number of workers share.
///
/// A row is one worker's at a time. It comes back when its worker gives it back, or at a deadline that the worker moves
/// on by a [`FleetQueue::claim`] of no rows. So a worker that dies loses its rows and nothing else; what its
/// registrations left behind is in the records of the [`crate::store::Store`], which decide whether anything is sent again.
pub trait FleetQueue: Send + Sync + Debug {
    /// Adds rows, atomically for each call, and tells what became of each. A number that is there already is left
    /// as it is, so that loading may be repeated. A base that an earlier row has ends the row as a duplicate.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be written.
    fn load(&self, load: Load) -> BoxFuture<'_, Result<Vec<Taken>, StoreError>>;

    /// Gives the worker rows that nobody has, lowest number first. With a limit of 0 it moves the deadline of the rows
    /// that the worker has.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be written or a row cannot be unsealed.
    fn claim(&self, claim: RowClaim) -> BoxFuture<'_, Result<Share, StoreError>>;

    /// Writes down how rows ended, or gives them back. What another worker has by now stays as it is, except that a
    /// known outcome replaces [`Outcome::InDoubt`].
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be written.
    fn settle(&self, settlement: Settlement) -> BoxFuture<'_, Result<(), StoreError>>;

    /// How far a fleet is; `None` when there is none.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn progress(&self, fleet: &FleetId) -> BoxFuture<'_, Result<Option<Progress>, StoreError>>;
}

/// One step of loading.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "callers write it out")]
pub struct Load {
    /// Which fleet.
    pub fleet: FleetId,
    /// What is done with its rows.
    pub kind: FleetKind,
    /// The time now.
    pub now: UnixTime,
    /// What the step does.
    pub batch: Batch,
}

/// What one step of loading does.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_enums, reason = "begin, go on, end")]
pub enum Batch {
    /// Makes the fleet where it is missing, and makes it anew where all its rows have ended.
    Begin,
    /// Adds rows.
    Rows(Vec<NewRow>),
    /// Says that there are no more.
    End,
}

/// A row as it is added.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "callers write it out")]
pub struct NewRow {
    /// Its number in the list, from 1.
    pub number: u64,
    /// Where it stands in its file.
    pub place: Place,
    /// The FHIR base; for a row that has ended already, what stood in its place.
    pub base: String,
    /// The base's normal form; `None` for a row that has no base.
    pub base_key: Option<String>,
    /// Under which name it is paced.
    pub host: String,
    /// What it needs when its turn comes.
    pub input: RowInput,
    /// How it ended already, as one that cannot be used.
    pub ended: Option<Ended>,
}

/// What became of a row that was to be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there is no fourth")]
pub enum Taken {
    /// It is new.
    Added,
    /// Its number was there.
    There,
    /// Its base is that of an earlier row, which stands at this place.
    DuplicateOf(Place),
}

/// The wish for rows.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "callers write it out")]
pub struct RowClaim {
    /// Of which fleet.
    pub fleet: FleetId,
    /// Who asks.
    pub worker: LeaseOwner,
    /// How many at most.
    pub limit: usize,
    /// Not of these hosts: the worker has enough of them.
    pub except_hosts: Vec<String>,
    /// Also rows that another worker ended [as may be tried again](Outcome::may_be_tried_again), no later than this.
    pub again_before: Option<UnixTime>,
    /// The time now. A store whose machines share no clock uses its own.
    pub now: UnixTime,
    /// How long the rows stay the worker's if it dies.
    pub term: Duration,
}

/// What a worker got.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "stores write it out")]
pub struct Share {
    /// Its new rows.
    pub rows: Vec<ClaimedRow>,
    /// How many rows of the fleet have not ended, whoever has them; told only when `rows` is empty.
    pub open: u64,
}

/// A row that is a worker's.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "stores write it out")]
pub struct ClaimedRow {
    /// Its number in the list.
    pub number: u64,
    /// Where it stands in its file.
    pub place: Place,
    /// The FHIR base.
    pub base: String,
    /// Under which name it is paced.
    pub host: String,
    /// How many workers have had it, this one included.
    pub attempt: u32,
    /// What it needs.
    pub input: RowInput,
}

/// How rows of one worker end.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "callers write it out")]
pub struct Settlement {
    /// Of which fleet.
    pub fleet: FleetId,
    /// Whose rows.
    pub worker: LeaseOwner,
    /// The rows by number.
    pub rows: Vec<(u64, End)>,
}

/// How a row leaves its worker.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_enums, reason = "it ended or it did not")]
pub enum End {
    /// It ended.
    Ended(Ended),
    /// Somebody else may have it; nothing was done.
    GivenBack,
}

/// How a row ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "stores write it out")]
pub struct Ended {
    /// What became of it.
    pub outcome: Outcome,
    /// The code of its error.
    pub code: Option<String>,
    /// Whose software its server seems to be.
    pub vendor: Option<String>,
    /// The registration.
    pub record: Option<RecordId>,
    /// When.
    pub at: UnixTime,
}

/// How far a fleet is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_structs, reason = "stores write it out")]
pub struct Progress {
    /// Whether all its rows were loaded.
    pub loaded: bool,
    /// Its rows.
    pub rows: u64,
    /// Those that have ended, counted by what they have in common.
    pub ended: Vec<Tally>,
}

/// How many rows ended in the same way.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "stores write it out")]
pub struct Tally {
    /// The outcome.
    pub outcome: Outcome,
    /// The vendor.
    pub vendor: Option<String>,
    /// The code of the error.
    pub code: Option<String>,
    /// How many.
    pub rows: u64,
}

impl Progress {
    /// How many rows have ended.
    #[must_use]
    pub fn ended(&self) -> u64 {
        self.ended.iter().map(|tally| tally.rows).sum()
    }

    /// Whether every row was loaded and has ended.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.loaded && self.ended() == self.rows
    }
}
