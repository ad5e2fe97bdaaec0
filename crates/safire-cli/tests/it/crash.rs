//! `kill -9` at random moments of `register`: no credential is lost silently.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use safire_sandbox::Sandbox;
use serde_json::Value;

const KILLS: u32 = 200;

fn register(base: &str, store: &Path, name: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_safire"));
    command
        .args(["register", base, "--json", "--allow-insecure-localhost", "--client-name", name])
        .args(["--grant-type", "client_credentials", "--auth-method", "client_secret_basic"])
        .args(["--scope", "system/*.rs", "--store"])
        .arg(format!("sqlite:{}", store.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

fn registrations(store: &Path) -> Vec<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_safire"))
        .args(["registrations", "--json", "--store"])
        .arg(format!("sqlite:{}", store.display()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Where in `0..=1` the n-th kill falls.
fn random_share(n: u32) -> f64 {
    f64::from(u32::try_from(RandomState::new().hash_one(n) >> 32).unwrap()) / f64::from(u32::MAX)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[expect(clippy::disallowed_methods, reason = "how long a whole run takes bounds where the kills fall")]
async fn done_when_4_two_hundred_kills_lose_nothing_silently() {
    let sandbox = Sandbox::builder().without_recording().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store.db");
    let base = sandbox.fhir_base();
    let outcome = tokio::task::spawn_blocking(move || {
        let mut whole = Duration::ZERO;
        for n in 0..5 {
            let started = Instant::now();
            assert!(register(&base, &store, &format!("whole-{n}")).status().unwrap().success());
            whole = whole.max(started.elapsed());
        }
        for n in 0..KILLS {
            let mut child = register(&base, &store, &format!("killed-{n}")).spawn().unwrap();
            // Not a synchronisation: the moment of the kill is meant to be arbitrary.
            thread::sleep(whole.mul_f64(random_share(n)));
            child.kill().unwrap();
            child.wait().unwrap();
        }
        registrations(&store)
    });
    let rows = outcome.await.unwrap();
    let issued = sandbox.clients();
    let (mut stored, mut in_doubt, mut nothing) = (0, 0, 0);
    for n in 0..KILLS {
        let name = format!("killed-{n}");
        let theirs: Vec<_> = issued.iter().filter(|client| client.metadata["client_name"] == *name).collect();
        let ours: Vec<_> = rows.iter().filter(|row| row["client_name"] == *name).collect();
        assert!(theirs.len() <= 1 && ours.len() <= 1, "{name}: registered twice");
        match (theirs.first(), ours.first().map(|row| row["state"].as_str().unwrap())) {
            (Some(client), Some("registered")) => {
                assert_eq!(ours[0]["client_id"], client.client_id.as_str(), "{name}");
                stored += 1;
            }
            (_, Some("in-doubt")) => in_doubt += 1,
            (None, None) => nothing += 1,
            (theirs, ours) => panic!("{name}: the server has {theirs:?}, the store says {ours:?}"),
        }
    }
    eprintln!("{KILLS} kills: {stored} stored, {in_doubt} in doubt, {nothing} sent nothing");
    assert!(nothing < KILLS, "no kill fell late enough to mean anything");
}
