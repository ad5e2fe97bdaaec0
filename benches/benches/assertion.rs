//! A client assertion beside the bare signature: time.

use std::hint::black_box;

use criterion::Criterion;
use criterion::criterion_group;
use criterion::criterion_main;
use safire_benches::assertion::Sides;
use safire_jose::Algorithm;

fn assertion(criterion: &mut Criterion) {
    for algorithm in [Algorithm::Rs384, Algorithm::Es384] {
        let sides = Sides::new(algorithm);
        let mut group = criterion.benchmark_group(format!("assertion, {}", algorithm.as_str()));
        group.bench_function("floor: bare signature", |bencher| bencher.iter(|| black_box(sides.bare())));
        group
            .bench_function("ours: whole assertion", |bencher| bencher.iter(|| black_box(sides.assertion())));
        group.finish();
    }
}

criterion_group!(benches, assertion);
criterion_main!(benches);
