//! A map that forgets its oldest entries, so that a long bench does not fill the memory.

use std::collections::HashMap;
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

/// A map of at most `limit` entries.
pub(crate) struct Bounded<V> {
    limit: usize,
    /// Every key with the number of its insertion, oldest first. A number that is not the entry's own is void: the
    /// entry was removed since, and perhaps inserted again.
    order: VecDeque<(u64, Arc<str>)>,
    entries: HashMap<Arc<str>, (u64, V)>,
    next: u64,
}

impl<V> fmt::Debug for Bounded<V> {
    /// The number alone: the keys are tokens, mostly.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bounded").field("entries", &self.entries.len()).finish_non_exhaustive()
    }
}

impl<V> Bounded<V> {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, order: VecDeque::new(), entries: HashMap::new(), next: 0 }
    }

    /// Stores the value, in place of an older one of the same key.
    pub(crate) fn insert(&mut self, key: &str, value: V) {
        if let Some((_, known)) = self.entries.get_mut(key) {
            *known = value;
            return;
        }
        let key: Arc<str> = Arc::from(key);
        self.order.push_back((self.next, Arc::clone(&key)));
        self.entries.insert(key, (self.next, value));
        self.next += 1;
        while self.entries.len() > self.limit && self.forget_oldest() {}
    }

    pub(crate) fn get(&self, key: &str) -> Option<&V> {
        self.entries.get(key).map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        self.entries.get_mut(key).map(|(_, value)| value)
    }

    pub(crate) fn remove(&mut self, key: &str) -> Option<V> {
        let (_, value) = self.entries.remove(key)?;
        // Now and then, so that the void ones never outnumber the entries by much.
        if self.order.len() > 2 * self.entries.len() + 64 {
            let entries = &self.entries;
            self.order.retain(|(number, key)| entries.get(key).is_some_and(|(own, _)| own == number));
        }
        Some(value)
    }

    /// Forgets entries from the oldest on, as long as `spent` says so.
    pub(crate) fn drop_oldest_while(&mut self, spent: impl Fn(&V) -> bool) {
        while let Some((number, key)) = self.order.front() {
            if self.entries.get(key).is_some_and(|(own, value)| own == number && !spent(value)) {
                return;
            }
            self.forget_oldest();
        }
    }

    /// The values, oldest first.
    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.order.iter().filter_map(|(number, key)| {
            self.entries.get(key).filter(|(own, _)| own == number).map(|(_, value)| value)
        })
    }

    /// Drops the first of the order with its entry; says whether there was one.
    fn forget_oldest(&mut self) -> bool {
        let Some((number, key)) = self.order.pop_front() else { return false };
        if self.entries.get(&key).is_some_and(|(own, _)| *own == number) {
            self.entries.remove(&key);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(map: &Bounded<u32>) -> Vec<u32> {
        map.values().copied().collect()
    }

    #[test]
    fn the_oldest_entry_goes_first_and_a_new_value_keeps_its_place() {
        let mut map = Bounded::new(3);
        for (key, value) in [("a", 1), ("b", 2), ("a", 3), ("c", 4)] {
            map.insert(key, value);
        }
        assert_eq!(all(&map), [3, 2, 4]);
        map.insert("d", 5);
        assert_eq!((all(&map), map.get("a")), (vec![2, 4, 5], None));
    }

    #[test]
    fn an_entry_that_was_removed_and_came_again_is_a_new_one() {
        let mut map = Bounded::new(2);
        map.insert("a", 1);
        map.insert("b", 2);
        assert_eq!(map.remove("a"), Some(1));
        map.insert("a", 3);
        assert_eq!(all(&map), [2, 3]);
        map.insert("c", 4);
        assert_eq!(all(&map), [3, 4]);
        map.drop_oldest_while(|value| *value == 3);
        assert_eq!(all(&map), [4]);
    }

    #[test]
    fn removed_entries_leave_no_pile_behind() {
        let mut map = Bounded::new(1000);
        for round in 0..10_000 {
            map.insert(&round.to_string(), round);
            map.remove(&round.to_string());
        }
        assert!(map.order.len() < 100, "{}", map.order.len());
    }
}
