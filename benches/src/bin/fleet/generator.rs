//! The bare load generator: the same two requests for each server, nothing kept.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Instant;

use safire_benches::floor;
use serde_json::Value;

use crate::Outcome;

/// How many servers a second it gets through.
#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
pub(crate) fn rate(bases: &[String], body: &str, in_flight: usize, threads: usize) -> Outcome<f64> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()?;
    let client = floor::client();
    let (body, bases): (Arc<str>, Arc<[String]>) = (body.into(), bases.into());
    let next = Arc::new(AtomicUsize::new(0));
    let begun = Instant::now();
    runtime.block_on(async {
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..in_flight {
            let (client, next, body) = (client.clone(), Arc::clone(&next), Arc::clone(&body));
            let bases = Arc::clone(&bases);
            tasks.spawn(async move {
                while let Some(base) = bases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let url = format!("{base}/.well-known/smart-configuration");
                    let document = client.get(url).send().await?.bytes().await?;
                    let document: Value = serde_json::from_slice(&document).unwrap_or_default();
                    let endpoint = document.get("registration_endpoint").and_then(Value::as_str);
                    let answer = floor::register(&client, endpoint.unwrap_or_default(), &body).await;
                    assert!(answer.get("client_id").is_some(), "no client was registered at {base}");
                }
                Ok::<(), reqwest::Error>(())
            });
        }
        while let Some(done) = tasks.join_next().await {
            done??;
        }
        Outcome::Ok(())
    })?;
    Ok(bases.len() as f64 / begun.elapsed().as_secs_f64())
}
