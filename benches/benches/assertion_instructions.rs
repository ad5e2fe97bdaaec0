//! A client assertion beside the bare signature: instructions, which do not depend on the machine's mood.

#![expect(clippy::exit, unused_qualifications, missing_docs, reason = "the macros of the harness write them")]

use std::hint::black_box;

use gungraun::library_benchmark;
use gungraun::library_benchmark_group;
use gungraun::main;
use safire_benches::assertion::Sides;
use safire_jose::Algorithm;

/// Signatures per run: RSA blinding draws random numbers, so one alone would jitter.
const SIGNATURES: usize = 20;

fn rs384() -> Sides {
    warm(Sides::new(Algorithm::Rs384))
}

fn es384() -> Sides {
    warm(Sides::new(Algorithm::Es384))
}

/// The first signature pays for tables and entropy that belong to neither side.
fn warm(sides: Sides) -> Sides {
    black_box(sides.bare());
    black_box(sides.assertion());
    sides
}

#[library_benchmark]
#[bench::rs384(setup = rs384)]
#[bench::es384(setup = es384)]
fn bare(sides: Sides) {
    for _ in 0..SIGNATURES {
        black_box(sides.bare());
    }
    std::mem::forget(sides);
}

#[library_benchmark]
#[bench::rs384(setup = rs384)]
#[bench::es384(setup = es384)]
fn whole(sides: Sides) {
    for _ in 0..SIGNATURES {
        black_box(sides.assertion());
    }
    std::mem::forget(sides);
}

library_benchmark_group!(name = assertion, benchmarks = [bare, whole]);
main!(library_benchmark_groups = assertion);
