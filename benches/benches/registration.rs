//! `register_client`, warm, beside bare reqwest and `serde_json::Value`.

#![expect(clippy::unwrap_used, reason = "a bench that cannot run has nothing to say")]

use criterion::Criterion;
use criterion::criterion_group;
use criterion::criterion_main;
use safire_benches::fixed_server;
use safire_benches::floor;
use safire_benches::ours;

fn registration(criterion: &mut Criterion) {
    let origin = format!("http://{}", fixed_server::start());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut group = criterion.benchmark_group("register_client, warm");
    let (client, url) = (floor::client(), format!("{origin}/register"));
    let body = serde_json::to_string(&ours::metadata().to_json()).unwrap();
    group.bench_function("floor: reqwest + Value", |bencher| {
        bencher.to_async(&runtime).iter(|| floor::register(&client, &url, &body));
    });
    let (server, metadata) = (ours::server(&origin), ours::metadata());
    group.bench_function("ours", |bencher| {
        bencher.to_async(&runtime).iter(|| async { server.register_client(&metadata).await.unwrap() });
    });
    group.finish();
}

criterion_group!(benches, registration);
criterion_main!(benches);
