//! Finds a doubled value in a list of hundreds, cheaply.

use std::collections::HashSet;

/// The first value that comes a second time.
///
/// Nearly all lists have none: short digests tell so at a fraction of the cost of a hash set that withstands
/// chosen collisions. Only where two digests agree is that set made, so a hostile list costs no more than it.
pub(super) fn first_duplicate<'a>(values: &[&'a str]) -> Option<&'a str> {
    let mut digests: Vec<u64> = values.iter().map(|value| digest(value)).collect();
    digests.sort_unstable();
    if digests.windows(2).all(|pair| pair.first() != pair.last()) {
        return None;
    }
    let mut seen = HashSet::with_capacity(values.len());
    values.iter().copied().find(|value| !seen.insert(*value))
}

fn digest(value: &str) -> u64 {
    // An odd constant with well-spread bits, 2^64 divided by the golden ratio.
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let bytes = value.as_bytes();
    let (words, rest) = bytes.as_chunks::<8>();
    let mix = |sum: u64, word: u64| (sum.rotate_left(23) ^ word).wrapping_mul(FACTOR);
    let sum = words.iter().fold(bytes.len() as u64, |sum, word| mix(sum, u64::from_le_bytes(*word)));
    rest.iter().fold(sum, |sum, byte| mix(sum, u64::from(*byte)))
}
