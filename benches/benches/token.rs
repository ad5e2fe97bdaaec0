//! A code exchanged for a token beside bare reqwest, and a token that is in hand.

#![expect(clippy::unwrap_used, reason = "a bench that cannot run has nothing to say")]

use criterion::Criterion;
use criterion::criterion_group;
use criterion::criterion_main;
use safire_benches::fixed_server;
use safire_benches::floor;
use safire_benches::token;

fn exchange(criterion: &mut Criterion) {
    let origin = format!("http://{}", fixed_server::start());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut group = criterion.benchmark_group("request_access_token, warm");
    let (bare, url, form) = (floor::client(), format!("{origin}/token"), token::form());
    group.bench_function("floor: reqwest + Value", |bencher| {
        bencher.to_async(&runtime).iter(|| floor::exchange(&bare, &url, &form));
    });
    let client = token::client(&origin);
    let code = runtime.block_on(token::code(&client));
    group.bench_function("ours", |bencher| {
        bencher.to_async(&runtime).iter(|| async { client.request_access_token(&code).await.unwrap() });
    });
    group.finish();
}

fn in_hand(criterion: &mut Criterion) {
    let origin = format!("http://{}", fixed_server::start());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let source = runtime.block_on(token::in_hand(&token::client(&origin)));
    criterion.bench_function("token in hand", |bencher| {
        bencher.to_async(&runtime).iter(|| async { source.token().await.unwrap() });
    });
}

criterion_group!(benches, exchange, in_hand);
criterion_main!(benches);
