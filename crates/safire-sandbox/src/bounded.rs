//! A map that forgets its oldest entries, so that a long bench does not fill the memory.

use std::collections::HashMap;
use std::collections::VecDeque;
use std::fmt;

/// A map of at most `limit` entries.
pub(crate) struct Bounded<V> {
    limit: usize,
    order: VecDeque<String>,
    entries: HashMap<String, V>,
}

impl<V> fmt::Debug for Bounded<V> {
    /// The number alone: the keys are tokens, mostly.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bounded").field("entries", &self.entries.len()).finish_non_exhaustive()
    }
}

impl<V> Bounded<V> {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, order: VecDeque::new(), entries: HashMap::new() }
    }

    /// Stores the value, in place of an older one of the same key.
    pub(crate) fn insert(&mut self, key: String, value: V) {
        if self.entries.insert(key.clone(), value).is_some() {
            return;
        }
        self.order.push_back(key);
        if self.order.len() > self.limit
            && let Some(oldest) = self.order.pop_front()
        {
            self.entries.remove(&oldest);
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&V> {
        self.entries.get(key)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        self.entries.get_mut(key)
    }

    pub(crate) fn remove(&mut self, key: &str) -> Option<V> {
        self.order.retain(|known| known != key);
        self.entries.remove(key)
    }

    /// Forgets entries from the oldest on, as long as `spent` says so.
    pub(crate) fn drop_oldest_while(&mut self, spent: impl Fn(&V) -> bool) {
        while let Some(key) = self.order.front() {
            if !self.entries.get(key).is_none_or(&spent) {
                return;
            }
            if let Some(key) = self.order.pop_front() {
                self.entries.remove(&key);
            }
        }
    }

    /// The values, oldest first.
    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.order.iter().filter_map(|key| self.entries.get(key))
    }
}
