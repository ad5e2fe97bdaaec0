//! A fleet of which a tenth is slow, broken, redirecting, rate-limiting or hostile: whether these hold the others up, and
//! whether memory grows with the number of rows.

use std::path::Path;
use std::time::Duration;

use safire_benches::median::median;
use safire_benches::ours;
use serde_json::Value;

use crate::FEW;
use crate::MANY;
use crate::Outcome;
use crate::command::Job;
use crate::command::Run;
use crate::sandbox::Sandbox;

/// What the command takes by default.
const IN_FLIGHT: usize = 64;
const PER_HOST: usize = 8;
/// The servers are at so many hosts: a host that wants a pause gets it whoever of its servers asked for it.
pub(crate) const HOSTS: u32 = 250;
const ROUNDS: usize = 3;

/// Of each hundred.
const SHARES: [(&str, u32); 5] =
    [("slow", 1), ("broken", 3), ("redirecting", 2), ("rate-limiting", 1), ("hostile", 3)];

/// How a sandbox of so many servers is told to misbehave.
pub(crate) fn flags(tenants: u32) -> Vec<String> {
    let shares = SHARES.iter().flat_map(|(manner, of_hundred)| {
        ["--share".to_owned(), format!("{manner}={}", tenants / 100 * of_hundred)]
    });
    ["--hosts".to_owned(), HOSTS.to_string()].into_iter().chain(shares).collect()
}

#[expect(clippy::print_stdout, reason = "the table is what this program is for")]
pub(crate) fn measure(safire: &Path, folder: &Path) -> Outcome<()> {
    let metadata = Value::Object(ours::metadata().to_json());
    println!(
        "| servers | of them registered | last one after | all ended after | rows a second | largest resident memory |"
    );
    println!("|---|---|---|---|---|---|");
    let mut ratios = Vec::new();
    for round in 0..ROUNDS {
        let mut peaks = Vec::new();
        for (servers, mixed) in [(FEW, true), (MANY, true), (MANY, false)] {
            let flags = if mixed { flags(servers) } else { vec!["--hosts".to_owned(), HOSTS.to_string()] };
            let sandbox = Sandbox::start(safire, servers, &flags)?;
            let name = format!("mixed-{round}-{servers}-{mixed}");
            let job = Job::new(safire, folder, &name, &sandbox.bases()?, &metadata)?;
            let run = Run::of(&mut job.register(IN_FLIGHT, PER_HOST))?;
            if run.count("ended") != u64::from(servers) {
                return Err(format!("exit {:?}: {}", run.code, run.summary).into());
            }
            if mixed {
                peaks.push(run.peak_kib as f64);
            }
            println!(
                "| {servers}{} | {} | {} | {} | {:.0} | {:.1} MiB |",
                if mixed { "" } else { ", all healthy" },
                run.count("registered"),
                seconds(run.last_registered),
                seconds(run.elapsed),
                f64::from(servers) / run.elapsed.as_secs_f64(),
                run.peak_kib as f64 / 1024.0,
            );
            if round == 0 && mixed && servers == MANY {
                println!("outcomes: {}", run.summary);
            }
        }
        if let [few, many] = peaks.as_slice() {
            ratios.push(many / few);
        }
    }
    println!("\nmemory at {MANY} to memory at {FEW}, median: {:.2}\n", median(ratios));
    Ok(())
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
