//! The rate of a fleet of healthy servers, beside the one of a bare load generator: each has a new sandbox on the same
//! cores.

use std::path::Path;

use safire_benches::median::median;
use safire_benches::ours;
use serde_json::Value;

use crate::MANY;
use crate::Outcome;
use crate::command::Job;
use crate::command::Run;
use crate::generator;
use crate::sandbox::Sandbox;

const IN_FLIGHT: usize = 64;
const ROUNDS: usize = 5;
/// The generator is the faster of these; which one is depends on the machine.
const THREADS: [usize; 2] = [1, 2];

#[expect(clippy::print_stdout, reason = "the table is what this program is for")]
pub(crate) fn measure(safire: &Path, folder: &Path) -> Outcome<()> {
    let metadata = Value::Object(ours::metadata().to_json());
    let body = metadata.to_string();
    println!("| {MANY} healthy servers, {IN_FLIGHT} requests at once | a second | of the generator |");
    println!("|---|---|---|");
    let mut ratios = Vec::new();
    for round in 0..ROUNDS {
        let mut bare = 0.0_f64;
        for threads in THREADS {
            let sandbox = Sandbox::start(safire, MANY, &[])?;
            bare = bare.max(generator::rate(&sandbox.bases()?, &body, IN_FLIGHT, threads)?);
        }
        let sandbox = Sandbox::start(safire, MANY, &[])?;
        let job = Job::new(safire, folder, &format!("rate-{round}"), &sandbox.bases()?, &metadata)?;
        let run = Run::of(&mut job.register(IN_FLIGHT, IN_FLIGHT))?;
        if run.code != Some(0) || run.count("registered") != u64::from(MANY) {
            return Err(format!("exit {:?}: {}", run.code, run.summary).into());
        }
        let ours = f64::from(MANY) / run.elapsed.as_secs_f64();
        ratios.push(ours / bare);
        println!("| bare load generator, nothing kept | {bare:.0} | 1 |");
        println!("| `safire fleet register`, from its start to its end | {ours:.0} | {:.2} |", ours / bare);
    }
    println!("| median | | {:.2} |\n", median(ratios));
    Ok(())
}
