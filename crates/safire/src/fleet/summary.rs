//! A fleet in a few numbers.

use std::collections::BTreeMap;

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::outcome::Outcome;
use super::queue::Progress;

/// A fleet in a few numbers: by outcome, by vendor, by code.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Summary {
    /// All rows.
    pub rows: u64,
    /// Those that have ended.
    pub ended: u64,
    /// Those that ended well.
    pub good: u64,
    /// How many rows had each outcome.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// The same for each vendor; the empty name is for those whose vendor is not known.
    pub vendors: BTreeMap<String, BTreeMap<Outcome, u64>>,
    /// How many rows failed with each code.
    pub codes: BTreeMap<String, u64>,
}

impl Summary {
    /// Sums up how far a fleet is.
    #[must_use]
    pub fn of(progress: &Progress) -> Self {
        let mut summary = Self { rows: progress.rows, ended: progress.ended(), ..Self::default() };
        for tally in &progress.ended {
            *summary.outcomes.entry(tally.outcome).or_default() += tally.rows;
            if tally.outcome.is_good() {
                summary.good += tally.rows;
            }
            // What was never asked has no vendor.
            if !matches!(tally.outcome, Outcome::Duplicate | Outcome::Invalid) {
                let vendor = summary.vendors.entry(tally.vendor.clone().unwrap_or_default()).or_default();
                *vendor.entry(tally.outcome).or_default() += tally.rows;
            }
            if let Some(code) = &tally.code {
                *summary.codes.entry(code.clone()).or_default() += tally.rows;
            }
        }
        summary
    }

    /// The rows that ended otherwise than was wanted.
    #[must_use]
    pub const fn failed(&self) -> u64 {
        self.ended.saturating_sub(self.good)
    }

    /// The rows that have not ended.
    #[must_use]
    pub const fn left(&self) -> u64 {
        self.rows.saturating_sub(self.ended)
    }

    /// The one outcome of all rows that were not duplicates, where there is one.
    #[must_use]
    pub fn only_outcome(&self) -> Option<Outcome> {
        let mut outcomes = self.outcomes.keys().filter(|outcome| **outcome != Outcome::Duplicate);
        let first = outcomes.next().copied();
        if outcomes.next().is_none() { first } else { None }
    }

    /// The summary as one JSON object.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let counted = |outcomes: &BTreeMap<Outcome, u64>| {
            outcomes
                .iter()
                .map(|(outcome, rows)| (outcome.as_str().to_owned(), json!(rows)))
                .collect::<Map<String, Value>>()
        };
        let vendors: Map<String, Value> = self
            .vendors
            .iter()
            .map(|(vendor, outcomes)| {
                let name = if vendor.is_empty() { "unknown" } else { vendor };
                (name.to_owned(), Value::Object(counted(outcomes)))
            })
            .collect();
        json!({
            "rows": self.rows,
            "ended": self.ended,
            "left": self.left(),
            "good": self.good,
            "failed": self.failed(),
            "outcomes": counted(&self.outcomes),
            "vendors": vendors,
            "codes": self.codes,
        })
    }
}
