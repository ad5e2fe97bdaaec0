//! Medians of interleaved runs: machine noise hits both sides alike.

use std::time::Duration;

/// Two sides, measured in turn.
#[derive(Debug, Clone, Copy)]
pub struct Pair {
    /// Ours, median.
    pub ours: Duration,
    /// The floor, median.
    pub floor: Duration,
    /// The median of the ratios ours / floor, run by run.
    pub ratio: f64,
}

/// Runs `floor` and `ours` in turn, `runs` times each after one uncounted round, and takes the medians.
pub fn interleaved(
    runs: usize,
    mut floor: impl FnMut() -> Duration,
    mut ours: impl FnMut() -> Duration,
) -> Pair {
    floor();
    ours();
    let mut pairs = Vec::with_capacity(runs);
    for run in 0..runs {
        // Who goes first alternates, so that neither always meets a warm cache.
        pairs.push(if run % 2 == 0 {
            let floor = floor();
            (ours(), floor)
        } else {
            let ours = ours();
            (ours, floor())
        });
    }
    let ratios = pairs.iter().map(|(ours, floor)| ours.as_secs_f64() / floor.as_secs_f64()).collect();
    Pair {
        ours: median_time(pairs.iter().map(|pair| pair.0).collect()),
        floor: median_time(pairs.iter().map(|pair| pair.1).collect()),
        ratio: median(ratios),
    }
}

/// The one in the middle.
#[must_use]
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn median_time(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
