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
    let mut ratios: Vec<f64> =
        pairs.iter().map(|(ours, floor)| ours.as_secs_f64() / floor.as_secs_f64()).collect();
    ratios.sort_by(f64::total_cmp);
    Pair {
        ours: median(pairs.iter().map(|pair| pair.0).collect()),
        floor: median(pairs.iter().map(|pair| pair.1).collect()),
        ratio: ratios.get(ratios.len() / 2).copied().unwrap_or(f64::NAN),
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
