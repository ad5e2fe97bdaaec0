//! What waits for one thread that works for all who ask.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

/// Things that wait, and whether somebody is at work, or has promised to be, who will do what waits.
#[derive(Debug)]
pub(crate) struct Line<T>(Mutex<Queue<T>>);

#[derive(Debug)]
struct Queue<T> {
    waiting: VecDeque<T>,
    has_leader: bool,
}

impl<T> Default for Line<T> {
    fn default() -> Self {
        Self(Mutex::new(Queue { waiting: VecDeque::new(), has_leader: false }))
    }
}

impl<T> Line<T> {
    fn queue(&self) -> MutexGuard<'_, Queue<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a thing last. Whoever hears `true` leads from now on: all that waits is done by it.
    #[must_use]
    pub(crate) fn join(&self, thing: T) -> bool {
        let mut queue = self.queue();
        queue.waiting.push_back(thing);
        !std::mem::replace(&mut queue.has_leader, true)
    }

    /// What is next, so many at most.
    pub(crate) fn take(&self, most: usize) -> Vec<T> {
        let mut queue = self.queue();
        let count = queue.waiting.len().min(most);
        queue.waiting.drain(..count).collect()
    }

    /// Whether nothing waits; nobody leads any more then.
    pub(crate) fn is_over(&self) -> bool {
        let mut queue = self.queue();
        queue.has_leader = !queue.waiting.is_empty();
        !queue.has_leader
    }

    /// Lets nobody lead but the caller.
    #[cfg(test)]
    pub(crate) fn lead(&self) {
        self.queue().has_leader = true;
    }

    /// How many wait.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.queue().waiting.len()
    }
}
