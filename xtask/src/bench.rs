//! `cargo xtask bench`: the floors beside ours, and the table of ratios.

use crate::run::cargo;
use crate::run::run as run_command;

const BENCHES: &str = "safire-benches";

pub(crate) fn run() -> Result<(), String> {
    run_command(&mut cargo(&["bench", "--package", BENCHES]))?;
    run_command(&mut cargo(&["run", "--release", "--package", BENCHES, "--bin", "ratios"]))
}
