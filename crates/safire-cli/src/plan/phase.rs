//! How far each registration has come, for the moment at which the person interrupts it.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use safire::store::RecordId;

use crate::failure::Doubt;

/// How far each registration has come; of those not named nothing is open.
#[derive(Debug, Default)]
pub(crate) struct Phase(Mutex<BTreeMap<RecordId, Step>>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The intent is, or is being, written; no answer is known.
    Open,
    /// The answer is being written, or has to be: a refresh token is being spent.
    Settling,
    /// A registration is being managed: its answer may end what was there before.
    Managing,
}

impl Phase {
    fn steps(&self) -> MutexGuard<'_, BTreeMap<RecordId, Step>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An intent is about to be written.
    pub(crate) fn open(&self, id: RecordId) {
        self.steps().insert(id, Step::Open);
    }

    /// An outcome is about to be written, or to be asked for in a way that spends what is there.
    pub(crate) fn settle(&self, id: RecordId) {
        self.steps().insert(id, Step::Settling);
    }

    /// A registration is about to be managed.
    pub(crate) fn manage(&self, id: RecordId) {
        self.steps().insert(id, Step::Managing);
    }

    /// Nothing of this registration is open any more.
    pub(crate) fn clear(&self, id: &RecordId) {
        self.steps().remove(id);
    }

    /// Whether an outcome is being written, or has to come first, which is waited for.
    pub(crate) fn is_settling(&self) -> bool {
        self.steps().values().any(|step| matches!(step, Step::Settling | Step::Managing))
    }

    /// What an interruption leaves in doubt: the first of them.
    pub(crate) fn in_doubt(&self) -> Option<Doubt> {
        self.steps().iter().find_map(|(id, step)| match step {
            Step::Open => Some(Doubt::Registration(id.clone())),
            Step::Managing => Some(Doubt::Management(id.clone())),
            Step::Settling => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_for_one_stays_open_for_another() {
        let [one, other] = ["raaaaaaaaaaaaaaa", "rbbbbbbbbbbbbbbb"].map(|id| RecordId::parse(id).unwrap());
        let phase = Phase::default();
        phase.settle(one.clone());
        phase.manage(other.clone());
        phase.clear(&one);
        assert!(phase.is_settling(), "the other one is still managed");
        assert!(matches!(phase.in_doubt(), Some(Doubt::Management(id)) if id == other));
        phase.clear(&other);
        assert!(!phase.is_settling() && phase.in_doubt().is_none());
    }
}
