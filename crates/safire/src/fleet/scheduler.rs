//! Which row is next: one host after the other, so that a host with thousands of rows holds nobody up.

use std::collections::HashMap;
use std::collections::VecDeque;

use super::queue::ClaimedRow;

/// The rows that a worker has and has not begun, by host.
#[derive(Debug)]
pub(super) struct Backlog {
    hosts: HashMap<String, HostRows>,
    /// The hosts that have a row to begin and a place for it, each once.
    ready: VecDeque<String>,
    waiting: usize,
    per_host: usize,
}

#[derive(Debug, Default)]
struct HostRows {
    waiting: VecDeque<ClaimedRow>,
    running: usize,
    is_ready: bool,
}

impl Backlog {
    /// An empty one; at most `per_host` rows of one host run at once.
    pub(super) fn new(per_host: usize) -> Self {
        Self { hosts: HashMap::new(), ready: VecDeque::new(), waiting: 0, per_host: per_host.max(1) }
    }

    /// How many rows wait.
    pub(super) const fn len(&self) -> usize {
        self.waiting
    }

    /// Adds a row.
    pub(super) fn push(&mut self, row: ClaimedRow) {
        let name = row.host.clone();
        self.hosts.entry(name.clone()).or_default().waiting.push_back(row);
        self.waiting += 1;
        self.make_ready(&name);
    }

    /// The next row to begin.
    pub(super) fn begin(&mut self) -> Option<ClaimedRow> {
        let name = self.ready.pop_front()?;
        let host = self.hosts.get_mut(&name)?;
        host.is_ready = false;
        let row = host.waiting.pop_front()?;
        host.running += 1;
        self.waiting -= 1;
        self.make_ready(&name);
        Some(row)
    }

    /// A row of this host has ended.
    pub(super) fn end(&mut self, name: &str) {
        if let Some(host) = self.hosts.get_mut(name) {
            host.running = host.running.saturating_sub(1);
            if host.running == 0 && host.waiting.is_empty() {
                self.hosts.remove(name);
            }
        }
        self.make_ready(name);
    }

    /// How many rows of this host wait.
    pub(super) fn waiting_at(&self, name: &str) -> usize {
        self.hosts.get(name).map_or(0, |host| host.waiting.len())
    }

    /// The hosts with at least so many rows that wait.
    pub(super) fn crowded(&self, at_least: usize) -> Vec<String> {
        let crowded = self.hosts.iter().filter(|(_, host)| host.waiting.len() >= at_least);
        crowded.map(|(name, _)| name.clone()).collect()
    }

    /// Takes every row that waits.
    pub(super) fn drain(&mut self) -> Vec<u64> {
        self.ready.clear();
        self.waiting = 0;
        let mut numbers = Vec::new();
        for host in self.hosts.values_mut() {
            host.is_ready = false;
            numbers.extend(host.waiting.drain(..).map(|row| row.number));
        }
        self.hosts.retain(|_, host| host.running > 0);
        numbers
    }

    fn make_ready(&mut self, name: &str) {
        if let Some(host) = self.hosts.get_mut(name)
            && !host.is_ready
            && host.running < self.per_host
            && !host.waiting.is_empty()
        {
            host.is_ready = true;
            self.ready.push_back(name.to_owned());
        }
    }
}
