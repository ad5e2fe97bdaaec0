//! The project's own chores, run as `cargo xtask <command>`.
#![expect(clippy::print_stdout, reason = "this is a command; what it says is its result")]
#![expect(clippy::print_stderr, reason = "this is a command; stderr tells what went wrong")]

mod bench;
mod crash;
mod features;
mod fuzz;
mod metadata;
mod options;
mod run;
mod screenshots;
mod test;

use std::process::ExitCode;

use crate::options::Chore;

const HELP: &str = "\
usage: cargo xtask <command>

  test [--quick]                    everything that must hold: format, lints, each feature alone, all tests
                                    with the real servers, documentation; `--quick` leaves the real servers out
  bench                             runs the benchmarks and prints the ratios to their floors
  fleet                             measures a fleet of 10,000 rows: its rate beside a bare load generator, its memory
  crash [KILLS]                     kills the command at random moments, so often on each store (500), and looks
                                    whether anything was lost
  fuzz [TARGET] [--seconds N]       fuzzes one target or all, N seconds each (60); needs a nightly toolchain
  screenshots                       makes the images of the guides, by the tests that log in with Chromium
  help                              shows this text
";

fn main() -> ExitCode {
    let chore = match options::parse(std::env::args().skip(1)) {
        Ok(chore) => chore,
        Err(message) => {
            eprintln!("error: {message}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    let outcome = match chore {
        Chore::Test(scope) => test::run(scope),
        Chore::Bench => bench::run(),
        Chore::Fleet => bench::fleet(),
        Chore::Crash { kills } => crash::run(kills),
        Chore::Fuzz(options) => fuzz::run(&options),
        Chore::Screenshots => screenshots::run(),
        Chore::Help => {
            print!("{HELP}");
            Ok(())
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}
