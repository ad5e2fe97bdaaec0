//! `cargo xtask bench`: the floors beside ours, and the table of ratios.

use std::process::Command;

use crate::run::cargo;
use crate::run::run as run_command;
use crate::run::succeeds;

const BENCHES: &str = "safire-benches";
/// Those that measure time; each also runs once, as a smoke, in `cargo xtask test`.
pub(crate) const TIMED: [&str; 8] =
    ["--bench", "registration", "--bench", "discovery", "--bench", "assertion", "--bench", "token"];
/// The one that counts instructions.
const COUNTED: &str = "assertion_instructions";
/// The program that runs it; its version must be the library's.
const RUNNER: &str = "gungraun-runner";
const RUNNER_VERSION: &str = "0.20.0";

pub(crate) fn run() -> Result<(), String> {
    run_command(cargo(&["bench", "--package", BENCHES]).args(TIMED))?;
    match counting_tools() {
        Ok(()) => run_command(&mut cargo(&["bench", "--package", BENCHES, "--bench", COUNTED]))?,
        Err(why) => println!("\nLEFT OUT: instruction counts: {why}\n"),
    }
    run_command(&mut cargo(&["run", "--release", "--package", BENCHES, "--bin", "ratios"]))
}

/// `cargo xtask fleet`.
pub(crate) fn fleet() -> Result<(), String> {
    run_command(&mut cargo(&["run", "--release", "--package", BENCHES, "--bin", "fleet"]))
}

fn counting_tools() -> Result<(), String> {
    if !succeeds(Command::new("valgrind").arg("--version")) {
        return Err("valgrind is not installed".to_owned());
    }
    // The runner refuses to work without its library, so only its presence can be asked for.
    if !succeeds(Command::new("sh").args(["-c", "command -v gungraun-runner"])) {
        run_command(&mut cargo(&["install", RUNNER, "--version", RUNNER_VERSION, "--locked"]))?;
    }
    Ok(())
}
