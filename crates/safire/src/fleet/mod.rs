//! Thousands of servers at once: read a list, clean it, work through it, and never register twice.
//!
//! The flow is the module order: a [`source`] gives rows, [`clean`] makes FHIR bases of them, a [`Template`] gives
//! each its metadata, a [`FleetQueue`] keeps them, and [`Fleet`] works through the queue.

mod base;
mod base_problem;
mod id;
mod input;
mod load;
mod memory;
mod outcome;
mod pace;
mod paced;
mod queue;
mod report;
mod run;
mod scheduler;
pub mod source;
mod stop;
mod summary;
mod task;
mod template;
mod template_error;
mod vendor;
mod work;

pub use base::BaseNote;
pub use base::CleanBase;
pub use base::CleaningRules;
pub use base::InnerHosts;
pub use base::clean;
pub use base_problem::BaseProblem;
pub use id::FleetHasher;
pub use id::FleetId;
pub use id::FleetKind;
pub use input::RowInput;
pub use load::Loaded;
pub use memory::MemoryQueue;
pub use outcome::Outcome;
pub use pace::HostPace;
pub use pace::PaceLimits;
pub use paced::PacedTransport;
pub use queue::Batch;
pub use queue::ClaimedRow;
pub use queue::End;
pub use queue::Ended;
pub use queue::FleetQueue;
pub use queue::Load;
pub use queue::NewRow;
pub use queue::Progress;
pub use queue::RowClaim;
pub use queue::Settlement;
pub use queue::Share;
pub use queue::Taken;
pub use queue::Tally;
pub use report::RowReport;
pub use run::Fleet;
pub use run::FleetEvent;
pub use run::FleetRun;
pub use stop::StopSignal;
pub use stop::Stopper;
pub use summary::Summary;
pub use template::Template;
pub use template_error::TemplateError;
pub use vendor::vendor;
pub use work::FleetWork;
pub use work::RegisterWork;
