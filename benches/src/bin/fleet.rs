//! A fleet against a bare load generator in the same run: rows a second, and memory at two lengths of the list.

use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use safire_benches::floor;
use safire_benches::many_bases;
use safire_benches::ours;
use serde_json::Value;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const IN_FLIGHT: usize = 64;
const FEW: usize = 1_000;
const MANY: usize = 10_000;
const ROUNDS: usize = 3;

fn main() -> Outcome<()> {
    let safire = build_command()?;
    let origin = format!("http://{}", many_bases::start());
    let folder = tempfile::tempdir()?;
    let template = folder.path().join("template.json");
    std::fs::write(&template, Value::Object(ours::metadata().to_json()).to_string())?;
    let mut rates = Vec::new();
    let mut memory = Vec::new();
    for round in 0..ROUNDS {
        let bare = bare_rate(&origin, MANY)?;
        for rows in [FEW, MANY] {
            let list = list(folder.path(), &origin, round, rows)?;
            let run = fleet(&safire, &["register"], folder.path(), &list, Some(&template))?;
            memory.push((rows, run.peak_kib));
            if rows == MANY {
                rates.push((bare, run.rate));
            }
        }
    }
    let list = list(folder.path(), &origin, ROUNDS, MANY)?;
    let discovered = fleet(&safire, &["discover"], folder.path(), &list, None)?;
    print(&rates, &memory, &discovered);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the table is what this program is for")]
fn print(rates: &[(f64, f64)], memory: &[(usize, u64)], discovered: &Run) {
    let mut ratios: Vec<f64> = rates.iter().map(|(bare, ours)| ours / bare).collect();
    ratios.sort_by(f64::total_cmp);
    let median = ratios.get(ratios.len() / 2).copied().unwrap_or_default();
    println!("\n| fleet of {MANY} rows, {IN_FLIGHT} in flight | rows a second |");
    println!("|---|---|");
    for (bare, ours) in rates {
        println!("| bare load generator, nothing kept: two requests a row | {bare:.0} |");
        println!("| `safire fleet register`, intent and answer committed | {ours:.0} |");
    }
    println!("| `safire fleet discover` | {:.0} |", discovered.rate);
    println!("| median of register to bare | {median:.2} |");
    println!("\n| rows | largest resident memory |");
    println!("|---|---|");
    for (rows, kib) in memory {
        println!("| {rows} | {:.1} MiB |", *kib as f64 / 1024.0);
    }
}

fn build_command() -> Outcome<PathBuf> {
    let cargo = option_env!("CARGO").unwrap_or("cargo");
    let args = ["build", "--release", "--package", "safire-cli", "--message-format", "json"];
    let output = Command::new(cargo).args(args).stderr(Stdio::inherit()).output()?;
    let found = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find_map(|message| message.get("executable")?.as_str().map(PathBuf::from));
    found.ok_or_else(|| "cargo built no command".into())
}

fn list(folder: &Path, origin: &str, round: usize, rows: usize) -> Outcome<PathBuf> {
    let path = folder.join(format!("servers-{round}-{rows}.txt"));
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path)?);
    for row in 0..rows {
        writeln!(file, "{origin}/{round}-{rows}/{row}/fhir")?;
    }
    file.flush()?;
    Ok(path)
}

struct Run {
    rate: f64,
    peak_kib: u64,
}

/// One run of the command into a store of its own.
fn fleet(safire: &Path, kind: &[&str], folder: &Path, list: &Path, template: Option<&Path>) -> Outcome<Run> {
    let store = folder.join(format!("{}.db", list.file_stem().unwrap_or_default().to_string_lossy()));
    let in_flight = IN_FLIGHT.to_string();
    let mut command = Command::new(safire);
    command.arg("fleet").args(kind).arg(list);
    command.args([
        "--json",
        "--allow-insecure-localhost",
        "--concurrency",
        &in_flight,
        "--per-host",
        &in_flight,
    ]);
    command.arg("--store").arg(format!("sqlite:{}", store.display()));
    if let Some(template) = template {
        command.arg("--template").arg(template);
    }
    let told = folder.join("told.ndjson");
    let mut child = command.stdout(std::fs::File::create(&told)?).stderr(Stdio::inherit()).spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak_kib = 0;
    while child.try_wait()?.is_none() {
        // The system keeps the largest value; the last look before the end is close to it.
        peak_kib = peak_kib.max(peak(&status));
        std::thread::sleep(Duration::from_millis(5));
    }
    let text = std::fs::read_to_string(&told)?;
    let summary: Value = serde_json::from_str(text.lines().last().unwrap_or_default())?;
    let summary = summary.get("summary").ok_or("no summary")?;
    let number = |name: &str| summary.get(name).and_then(Value::as_f64).ok_or("no number");
    if number("failed")? > 0.0 {
        return Err(format!("rows failed: {summary}").into());
    }
    Ok(Run { rate: number("this_run")? / number("elapsed_ms")? * 1000.0, peak_kib })
}

fn peak(status: &str) -> u64 {
    let text = std::fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

/// The same two requests for each row by bare reqwest, on one thread, nothing kept.
#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn bare_rate(origin: &str, rows: usize) -> Outcome<f64> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let client = floor::client();
    let body: Arc<str> = Value::Object(ours::metadata().to_json()).to_string().into();
    let next = Arc::new(AtomicUsize::new(0));
    let begun = Instant::now();
    runtime.block_on(async {
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..IN_FLIGHT {
            let (client, next, body) = (client.clone(), Arc::clone(&next), Arc::clone(&body));
            let origin = origin.to_owned();
            tasks.spawn(async move {
                loop {
                    let row = next.fetch_add(1, Ordering::Relaxed);
                    if row >= rows {
                        return Ok::<(), reqwest::Error>(());
                    }
                    let url = format!("{origin}/bare/{row}/fhir/.well-known/smart-configuration");
                    let document = client.get(url).send().await?.bytes().await?;
                    let document: Value = serde_json::from_slice(&document).unwrap_or_default();
                    let endpoint = document.get("registration_endpoint").and_then(Value::as_str);
                    floor::register(&client, endpoint.unwrap_or_default(), &body).await;
                }
            });
        }
        while let Some(done) = tasks.join_next().await {
            done??;
        }
        Outcome::Ok(())
    })?;
    Ok(rows as f64 / begun.elapsed().as_secs_f64())
}
