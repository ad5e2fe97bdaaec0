//! A large discovery document, parsed and judged, beside `serde_json::Value` of it.

use std::hint::black_box;

use criterion::Criterion;
use criterion::criterion_group;
use criterion::criterion_main;
use safire_benches::document;

fn discovery(criterion: &mut Criterion) {
    let sample = document::Sample::large();
    let mut group = criterion.benchmark_group("discovery document, 24 kB");
    group.bench_function("floor: Value", |bencher| bencher.iter(|| black_box(sample.as_value())));
    group.bench_function("ours: parsed and judged", |bencher| bencher.iter(|| black_box(sample.judged())));
    group.finish();
}

criterion_group!(benches, discovery);
criterion_main!(benches);
