//! Prints the table of `docs/benchmarks.md`: ours beside the floor, medians of interleaved runs, in one run.

use std::hint::black_box;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use safire_benches::assertion::Sides;
use safire_benches::cpu::thread_cpu;
use safire_benches::document::Sample;
use safire_benches::fixed_server;
use safire_benches::floor;
use safire_benches::id_token;
use safire_benches::instructions;
use safire_benches::median::Pair;
use safire_benches::median::interleaved;
use safire_benches::ours;
use safire_benches::token;
use safire_benches::udap;
use safire_jose::Algorithm;
use safire_sandbox::Sandbox;
use tokio::runtime::Runtime;
use tokio::sync::RwLock;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let mut table = Table::default();
    warm_registration(&mut table)?;
    in_flight(&mut table)?;
    exchange(&mut table)?;
    in_hand(&mut table)?;
    assertions(&mut table);
    id_tokens(&mut table);
    udap(&mut table);
    discovery(&mut table);
    let safire = build_command()?;
    cold(&mut table, &safire)?;
    cold_tls(&mut table, &safire)?;
    table.print();
    Ok(())
}

fn runtime() -> Outcome<Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

fn warm_registration(table: &mut Table) -> Outcome<()> {
    const CALLS: u32 = 1000;
    let origin = format!("http://{}", fixed_server::start());
    let runtime = runtime()?;
    let (client, url) = (floor::client(), format!("{origin}/register"));
    let (server, metadata) = (ours::server(&origin), ours::metadata());
    let body = serde_json::to_string(&metadata.to_json())?;
    let pair = interleaved(
        21,
        || timed(CALLS, || runtime.block_on(repeat(CALLS, || floor::register(&client, &url, &body)))),
        || {
            let register = || async { server.register_client(&metadata).await.map(drop) };
            timed(CALLS, || runtime.block_on(repeat(CALLS, register)))
        },
    );
    table.row("`register_client`, warm, wall time per call", pair, "≤ 1.10");
    let pair = interleaved(
        21,
        || cpu(CALLS, || runtime.block_on(repeat(CALLS, || floor::register(&client, &url, &body)))),
        || {
            let register = || async { server.register_client(&metadata).await.map(drop) };
            cpu(CALLS, || runtime.block_on(repeat(CALLS, register)))
        },
    );
    table.row("the same, CPU of the client's thread per call", pair, "≤ 1.10");
    Ok(())
}

fn in_flight(table: &mut Table) -> Outcome<()> {
    const TASKS: u32 = 64;
    const EACH: u32 = 50;
    let origin = format!("http://{}", fixed_server::start());
    let runtime = runtime()?;
    let local = tokio::task::LocalSet::new();
    let client = floor::client();
    let url: Arc<str> = format!("{origin}/register").into();
    let (server, metadata) = (ours::server(&origin), Arc::new(ours::metadata()));
    let body: Arc<str> = serde_json::to_string(&metadata.to_json())?.into();
    let floor = || {
        cpu(TASKS * EACH, || {
            local.block_on(&runtime, async {
                let tasks = (0..TASKS).map(|_| {
                    let (client, url, body) = (client.clone(), Arc::clone(&url), Arc::clone(&body));
                    tokio::task::spawn_local(async move {
                        repeat(EACH, || floor::register(&client, &url, &body)).await;
                    })
                });
                for task in tasks.collect::<Vec<_>>() {
                    let _ = task.await;
                }
            });
        })
    };
    let ours = || {
        cpu(TASKS * EACH, || {
            local.block_on(&runtime, async {
                let tasks = (0..TASKS).map(|_| {
                    let (server, metadata) = (server.clone(), Arc::clone(&metadata));
                    tokio::task::spawn_local(async move {
                        repeat(EACH, || async { server.register_client(&metadata).await.map(drop) }).await;
                    })
                });
                for task in tasks.collect::<Vec<_>>() {
                    let _ = task.await;
                }
            });
        })
    };
    table.row("64 in flight on one core, CPU per call", interleaved(21, floor, ours), "≤ 1.10");
    Ok(())
}

fn exchange(table: &mut Table) -> Outcome<()> {
    const CALLS: u32 = 1000;
    let origin = format!("http://{}", fixed_server::start());
    let runtime = runtime()?;
    let (bare, url) = (floor::client(), format!("{origin}/token"));
    let client = token::client(&origin);
    let code = runtime.block_on(token::code(&client));
    let floor = || runtime.block_on(repeat(CALLS, || floor::exchange(&bare, &url, &token::FORM)));
    let ours =
        || runtime.block_on(repeat(CALLS, || async { client.request_access_token(&code).await.map(drop) }));
    let pair = interleaved(21, || timed(CALLS, floor), || timed(CALLS, ours));
    table.row("`request_access_token`, warm, wall time per call", pair, "≤ 1.10");
    let pair = interleaved(21, || cpu(CALLS, floor), || cpu(CALLS, ours));
    table.row("the same, CPU of the client's thread per call", pair, "≤ 1.10");
    Ok(())
}

fn in_hand(table: &mut Table) -> Outcome<()> {
    const WORKERS: u32 = 2;
    const TASKS: u32 = 64;
    const EACH: u32 = 5000;
    let origin = format!("http://{}", fixed_server::start());
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(usize::try_from(WORKERS)?).enable_all().build()?;
    let source = runtime.block_on(token::in_hand(&token::client(&origin)));
    let bare = Arc::new(RwLock::new(Arc::new("a token".to_owned())));
    // What one worker spends on each: the wall time times the workers.
    let calls = TASKS * EACH / WORKERS;
    let pair = interleaved(
        21,
        || timed(calls, || token::hand_out_bare(&runtime, &bare, TASKS, EACH)),
        || timed(calls, || token::hand_out(&runtime, &source, TASKS, EACH)),
    );
    table.nanos("`TokenSource::token`, in hand, 64 tasks on 2 workers", pair, "< 1 µs");
    Ok(())
}

fn assertions(table: &mut Table) {
    for (algorithm, aim) in [(Algorithm::Rs384, "≤ 1.015"), (Algorithm::Es384, "≤ 1.05")] {
        const CALLS: u32 = 200;
        let sides = Sides::new(algorithm);
        let pair = interleaved(
            21,
            || timed(CALLS, || (0..CALLS).for_each(|_| drop(black_box(sides.bare())))),
            || timed(CALLS, || (0..CALLS).for_each(|_| drop(black_box(sides.assertion())))),
        );
        table.row(&format!("{} assertion, time", algorithm.as_str()), pair, "(reported)");
        match instructions::ratio(algorithm) {
            Ok((ours, floor)) => {
                table.count(&format!("{} assertion, instructions", algorithm.as_str()), ours, floor, aim)
            }
            Err(why) => table.missing(&format!("{} assertion, instructions", algorithm.as_str()), &why, aim),
        }
    }
}

fn id_tokens(table: &mut Table) {
    for (algorithm, aim) in [(Algorithm::Rs256, "≤ 1.30"), (Algorithm::Es384, "≤ 1.10")] {
        const CALLS: u32 = 500;
        let sides = id_token::Sides::new(algorithm);
        let pair = interleaved(
            21,
            || timed(CALLS, || (0..CALLS).for_each(|_| sides.bare())),
            || timed(CALLS, || (0..CALLS).for_each(|_| drop(black_box(sides.whole())))),
        );
        table.row(&format!("{} id token checked, time", algorithm.as_str()), pair, aim);
    }
}

fn udap(table: &mut Table) {
    const CALLS: u32 = 200;
    let metadata = udap::Metadata::new();
    let pair = interleaved(
        21,
        || timed(CALLS, || (0..CALLS).for_each(|_| metadata.bare())),
        || timed(CALLS, || (0..CALLS).for_each(|_| drop(black_box(metadata.validated())))),
    );
    table.row("signed UDAP metadata validated, five signatures, time", pair, "≤ 1.20");
    let statement = udap::Statement::new();
    let pair = interleaved(
        21,
        || timed(CALLS, || (0..CALLS).for_each(|_| drop(black_box(statement.bare())))),
        || timed(CALLS, || (0..CALLS).for_each(|_| drop(black_box(statement.statement())))),
    );
    table.row("UDAP software statement, RS256, time", pair, "≤ 1.05");
}

fn discovery(table: &mut Table) {
    const CALLS: u32 = 500;
    let sample = Sample::large();
    let pair = interleaved(
        21,
        || timed(CALLS, || (0..CALLS).for_each(|_| drop(black_box(sample.as_value())))),
        || timed(CALLS, || (0..CALLS).for_each(|_| drop(black_box(sample.judged())))),
    );
    table.row("24 kB discovery document, parsed and judged", pair, "≤ 2");
}

fn cold(table: &mut Table, safire: &Path) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let sandbox = runtime.block_on(Sandbox::builder().without_recording().start())?;
    let pair = cold_pair(safire, &sandbox, None)?;
    table.row("`safire register`, cold, http, both commits, against one curl process", pair, "< 1");
    Ok(())
}

fn cold_tls(table: &mut Table, safire: &Path) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let sandbox = runtime.block_on(Sandbox::builder().tls().without_recording().start())?;
    let folder = tempfile::tempdir()?;
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, sandbox.ca_pem().ok_or("no CA")?)?;
    let pair = cold_pair(safire, &sandbox, Some(&ca))?;
    table.row("the same over TLS with one given root", pair, "< 1");
    Ok(())
}

fn cold_pair(safire: &Path, sandbox: &Sandbox, ca: Option<&PathBuf>) -> Outcome<Pair> {
    let folder = tempfile::tempdir()?;
    let store = format!("sqlite:{}", folder.path().join("store.db").display());
    let base = sandbox.fhir_base();
    let register = || {
        let mut command = Command::new(safire);
        command.args([
            "register",
            &base,
            "--again",
            "--json",
            "--allow-insecure-localhost",
            "--store",
            &store,
        ]);
        command.args(["--client-name", "Bench", "--grant-type", "client_credentials"]);
        command.args(["--auth-method", "client_secret_basic", "--scope", "system/*.rs"]);
        if let Some(ca) = ca {
            command.arg("--ca-file").arg(ca);
        }
        command
    };
    let discovery = format!("{base}/.well-known/smart-configuration");
    let body = r#"{"client_name":"Bench","grant_types":["client_credentials"],"token_endpoint_auth_method":"client_secret_basic","scope":"system/*.rs"}"#;
    let curl = || {
        let mut command = Command::new("curl");
        command.arg("-sS").arg("--fail");
        if let Some(ca) = ca {
            command.arg("--cacert").arg(ca);
        }
        command.arg(&discovery).args(["--next", "-sS", "--fail"]);
        if let Some(ca) = ca {
            command.arg("--cacert").arg(ca);
        }
        command.args(["-H", "content-type: application/json", "-d", body, &sandbox.registration_endpoint()]);
        command
    };
    // The store exists and is migrated before anything is timed.
    run(register())?;
    let mut failed = None;
    let mut time = |command: Command| {
        let started = now();
        if let Err(error) = run(command) {
            failed = Some(error.to_string());
        }
        started.elapsed()
    };
    let time = std::cell::RefCell::new(&mut time);
    let pair = interleaved(51, || (time.borrow_mut())(curl()), || (time.borrow_mut())(register()));
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(pair),
    }
}

fn run(mut command: Command) -> Outcome<()> {
    let output = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).output()?;
    if output.status.success() {
        Ok(())
    } else {
        Err(format!("{command:?}: {}: {}", output.status, String::from_utf8_lossy(&output.stderr)).into())
    }
}

/// The command as it is shipped: built in release, next to this program.
fn build_command() -> Outcome<PathBuf> {
    let status =
        Command::new(env!("CARGO")).args(["build", "--release", "--package", "safire-cli"]).status()?;
    if !status.success() {
        return Err("the command does not build".into());
    }
    let own = std::env::current_exe()?;
    Ok(own.parent().ok_or("no folder")?.join("safire"))
}

async fn repeat<T>(calls: u32, call: impl AsyncFn() -> T) {
    for _ in 0..calls {
        black_box(call().await);
    }
}

fn timed(calls: u32, work: impl FnOnce()) -> Duration {
    let started = now();
    work();
    started.elapsed() / calls
}

fn cpu(calls: u32, work: impl FnOnce()) -> Duration {
    let started = thread_cpu();
    work();
    thread_cpu().saturating_sub(started) / calls
}

#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
fn now() -> Instant {
    Instant::now()
}

#[derive(Default)]
struct Table {
    lines: Vec<String>,
}

impl Table {
    fn row(&mut self, work: &str, pair: Pair, aim: &str) {
        let micros = |time: Duration| format!("{:.1} µs", time.as_secs_f64() * 1e6);
        self.push(work, &micros(pair.floor), &micros(pair.ours), &format!("{:.3}", pair.ratio), aim);
    }

    fn nanos(&mut self, work: &str, pair: Pair, aim: &str) {
        let nanos = |time: Duration| format!("{} ns", time.as_nanos());
        self.push(work, &nanos(pair.floor), &nanos(pair.ours), &format!("{:.3}", pair.ratio), aim);
    }

    #[expect(clippy::cast_precision_loss, reason = "a ratio for people")]
    fn count(&mut self, work: &str, ours: u64, floor: u64, aim: &str) {
        let ratio = format!("{:.4}", ours as f64 / floor as f64);
        self.push(work, &floor.to_string(), &ours.to_string(), &ratio, aim);
    }

    fn missing(&mut self, work: &str, why: &str, aim: &str) {
        self.push(work, "–", "–", why, aim);
    }

    fn push(&mut self, work: &str, floor: &str, ours: &str, ratio: &str, aim: &str) {
        let line = format!("| {work} | {floor} | {ours} | {ratio} | {aim} |");
        show(&line);
        self.lines.push(line);
    }

    fn print(&self) {
        show("");
        show("| work | floor | ours | ratio | aim |");
        show("|---|---|---|---|---|");
        self.lines.iter().for_each(|line| show(line));
    }
}

#[expect(clippy::print_stdout, reason = "the table is this program's output")]
fn show(line: &str) {
    println!("{line}");
}
