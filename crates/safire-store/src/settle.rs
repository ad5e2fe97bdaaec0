//! What becomes of a record that lay in a rescue room, beside what the store holds of it by then.

use std::sync::Arc;

use safire::protocol::registration::Answer;
use safire::protocol::registration::Answers;
use safire::store::Record;
use safire::store::State;

/// What is to be done.
#[derive(Debug)]
pub(crate) enum Settlement {
    /// The store was restored from an older copy. Nothing that a server issued is thrown away.
    Insert,
    /// The rescued record takes the place of the row.
    Replace,
    /// What came after the rescued answer stays, and that answer with it.
    Merge(Box<Record>),
    /// The row is an intent of which nothing was sent.
    Remove,
    /// The store has it already.
    Keep,
}

impl Settlement {
    pub(crate) fn of(there: Option<&Record>, rescued: &Record) -> Self {
        let Some(there) = there else {
            return if is_withdrawn(rescued) { Self::Keep } else { Self::Insert };
        };
        if is_withdrawn(rescued) {
            let unsent = there.state == State::InDoubt && there.awaits_answer();
            return if unsent { Self::Remove } else { Self::Keep };
        }
        let stays_in_doubt = there.content.pending.is_some() && rescued.content.pending.is_none();
        if there.awaits_answer() || stays_in_doubt {
            return Self::Replace;
        }
        // A commit whose success got lost, or somebody was quicker: what came after must not be undone.
        let (held, found) = (answers(there), answers(rescued));
        let is_held = |answer: &&Answer| held.iter().any(|held| is_same(held, answer));
        if found.iter().all(|answer| is_held(&answer)) {
            return Self::Keep;
        }
        if there.registration().is_err() {
            return Self::Replace;
        }
        let missing: Vec<Answer> = found.iter().filter(|answer| !is_held(answer)).cloned().collect();
        let merged = merged(there, held, missing);
        if merged.content.to_bytes() == there.content.to_bytes() {
            return Self::Keep;
        }
        Self::Merge(Box::new(merged))
    }
}

/// What fills the room of an intent that may be in the database although nothing was sent.
#[cfg(feature = "postgres")]
pub(crate) fn withdrawn(intent: &Record) -> Record {
    let mut record = intent.clone();
    record.state = State::Deleted;
    record
}

/// Whether the record is a withdrawn intent: no other one is deleted without ever having had an answer.
fn is_withdrawn(record: &Record) -> bool {
    record.state == State::Deleted && record.content.answer.is_none()
}

fn answers(record: &Record) -> Vec<Answer> {
    record.content.earlier.iter().chain(&record.content.answer).cloned().collect()
}

fn is_same(one: &Answer, other: &Answer) -> bool {
    one.received_at == other.received_at && one.expose_body() == other.expose_body()
}

/// In the order in which they came; those of which nothing stands any more go again.
fn merged(there: &Record, held: Vec<Answer>, missing: Vec<Answer>) -> Record {
    let mut record = there.clone();
    let mut all: Vec<Answer> = missing.into_iter().chain(held).collect();
    all.sort_by_key(|answer| answer.received_at);
    let last = all.pop();
    let mut answers = Answers::new(all);
    if let Some(last) = last {
        answers.add(&Arc::new(record.content.requested.clone()), last);
    }
    record.content.set_answers(answers);
    record
}
