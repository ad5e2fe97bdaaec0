//! Four workers share a fleet in one PostgreSQL database; one of them is killed half-way.

use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::thread;
use std::time::Instant;

use safire_benches::ours;
use safire_postgres_server::PostgresServer;
use serde_json::Value;

use crate::MANY;
use crate::Outcome;
use crate::command::Job;
use crate::command::listen;
use crate::mixed;
use crate::sandbox::Sandbox;

const WORKERS: usize = 4;
const IN_FLIGHT: usize = 64;
const PER_HOST: usize = 8;
const KEY: &str = "c2FmaXJlIGJlbmNoIGtleSBmb3IgUG9zdGdyZVNRTC4=";

#[expect(clippy::print_stdout, reason = "the table is what this program is for")]
#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
pub(crate) fn measure(safire: &Path, folder: &Path) -> Outcome<()> {
    let Some(server) = PostgresServer::start()? else {
        println!("LEFT OUT: the workers, for want of PostgreSQL");
        return Ok(());
    };
    let database = server.create_database()?;
    let sandbox = Sandbox::start(safire, MANY, &mixed::flags(MANY))?;
    let metadata = Value::Object(ours::metadata().to_json());
    let mut job = Job::new(safire, folder, "workers", &sandbox.bases()?, &metadata)?;
    job.store = database.url();
    let begun = Instant::now();
    let mut workers = (0..WORKERS)
        .map(|number| {
            start(&mut job.register(IN_FLIGHT, PER_HOST), &folder.join(format!("machine-{number}")))
        })
        .collect::<Outcome<Vec<Child>>>()?;
    let doomed = workers.pop().ok_or("no worker")?;
    let others: Vec<_> = workers
        .into_iter()
        .map(|mut worker| {
            thread::spawn(move || {
                let told = listen(&mut worker, |_| true).map_err(|error| error.to_string());
                (told, worker.wait())
            })
        })
        .collect();
    kill_half_way(doomed)?;
    let mut summary = Value::Null;
    for other in others {
        let (told, status) = other.join().map_err(|_| "a reader panicked")?;
        let (peak_kib, _, last) = told?;
        println!("a worker ended with {}, {:.1} MiB: {last}", status?, peak_kib as f64 / 1024.0);
        summary = last;
    }
    let elapsed = begun.elapsed().as_secs_f64();
    let of = |value: &Value, name: &str| value.get(name).and_then(Value::as_u64).unwrap_or_default();
    let each = sandbox.tenants()?;
    let registered =
        |tenant: &Value| of(tenant.get("counts").unwrap_or(&Value::Null), "registrations_issued");
    let doubles = each.iter().filter(|tenant| registered(tenant) > 1).count();
    let issued: u64 = each.iter().map(registered).sum();
    println!("\n| four workers, PostgreSQL, one killed half-way | |\n|---|---|");
    println!("| outcomes | {} of {MANY} |", of(&summary, "ended"));
    println!("| clients that the sandbox issued | {issued} |");
    println!("| servers that issued two | {doubles} |");
    println!(
        "| rows a second, the wait for the dead one's rows included | {:.0} |",
        f64::from(MANY) / elapsed
    );
    if of(&summary, "ended") != u64::from(MANY) || doubles != 0 {
        return Err("rows are missing, or there is a double".into());
    }
    Ok(())
}

/// A worker on a machine of its own.
fn start(command: &mut Command, home: &Path) -> Outcome<Child> {
    std::fs::create_dir(home)?;
    command.env("HOME", home).env("XDG_DATA_HOME", home).env("SAFIRE_STORE_KEY", KEY);
    Ok(command.spawn()?)
}

/// Kills it when it has told the half of its share.
fn kill_half_way(mut worker: Child) -> Outcome<()> {
    let half = usize::try_from(MANY)? / WORKERS / 2;
    listen(&mut worker, |told| told < half)?;
    worker.kill()?;
    worker.wait()?;
    Ok(())
}
