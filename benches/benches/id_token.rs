//! The whole check of an id token beside the bare signature check: time.

use std::hint::black_box;

use criterion::Criterion;
use criterion::criterion_group;
use criterion::criterion_main;
use safire_benches::id_token::Sides;
use safire_jose::Algorithm;

fn id_token(criterion: &mut Criterion) {
    for algorithm in [Algorithm::Rs256, Algorithm::Es384] {
        let sides = Sides::new(algorithm);
        let mut group = criterion.benchmark_group(format!("id token, {}", algorithm.as_str()));
        group.bench_function("floor: bare signature check", |bencher| bencher.iter(|| sides.bare()));
        group.bench_function("ours: whole check", |bencher| bencher.iter(|| black_box(sides.whole())));
        group.finish();
    }
}

criterion_group!(benches, id_token);
criterion_main!(benches);
