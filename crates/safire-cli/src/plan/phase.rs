//! How far a registration has come, for the moment at which the person interrupts it.

use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use safire::store::RecordId;

/// How far a registration has come.
#[derive(Debug, Default)]
pub(crate) struct Phase(Mutex<Step>);

#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Step {
    /// Nothing is open.
    #[default]
    Clear,
    /// The intent is, or is being, written; no answer is known.
    Open(RecordId),
    /// The answer is being written, or has to be: a refresh token is being spent.
    Settling,
}

impl Phase {
    fn step(&self) -> MutexGuard<'_, Step> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An intent is about to be written.
    pub(crate) fn open(&self, id: RecordId) {
        *self.step() = Step::Open(id);
    }

    /// An outcome is about to be written, or to be asked for in a way that spends what is there.
    pub(crate) fn settle(&self) {
        *self.step() = Step::Settling;
    }

    /// Nothing is open any more.
    pub(crate) fn clear(&self) {
        *self.step() = Step::Clear;
    }

    /// Whether an outcome is being written, which is waited for.
    pub(crate) fn is_settling(&self) -> bool {
        *self.step() == Step::Settling
    }

    /// The registration that an interruption leaves in doubt.
    pub(crate) fn in_doubt(&self) -> Option<RecordId> {
        match &*self.step() {
            Step::Open(id) => Some(id.clone()),
            Step::Clear | Step::Settling => None,
        }
    }
}
