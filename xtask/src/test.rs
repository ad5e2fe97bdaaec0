//! `cargo xtask test`: everything that must hold before a change is done.
//!
//! All steps share one profile, one target directory and one set of `RUSTFLAGS`; a change of any of them would compile
//! every dependency once more. `RUSTDOCFLAGS` touches documentation only.

use std::process::Command;

use crate::bench::TIMED;
use crate::features;
use crate::metadata::target_directory;
use crate::options::Scope;
use crate::run::Steps;
use crate::run::cargo;
use crate::run::read;
use crate::run::root;
use crate::run::run as run_command;
use crate::run::succeeds;

const E2E: &str = "safire-e2e";
const INSTALL_SERVERS: &str = "install-servers";

pub(crate) fn run(scope: Scope) -> Result<(), String> {
    let mut steps = Steps::default();
    let outcome = take(&mut steps, scope);
    println!("{}", steps.table());
    outcome
}

fn take(steps: &mut Steps, scope: Scope) -> Result<(), String> {
    steps.take("tools", tools)?;
    steps.take("format", || done(&["fmt", "--all", "--check"]))?;
    steps.take("lints", || {
        done(&["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"])
    })?;
    steps.take("features", features::check)?;
    match scope {
        Scope::Everything => {
            steps.take("build tests", || done(&["test", "--workspace", "--no-run"]))?;
            steps.take("real servers", install_servers)?;
            steps.take("tests", || done(&["test", "--workspace"]))?;
        }
        Scope::Quick => steps.take("tests", || {
            done(&["test", "--workspace", "--exclude", E2E])?;
            Ok("without the real servers (--quick)".to_owned())
        })?,
    }
    steps.take("bench smoke", || {
        // The same selection as before, so that nothing is compiled a second time.
        run_command(cargo(&["test", "--workspace"]).args(TIMED)).map(|()| "each bench once".to_owned())
    })?;
    steps.take("documentation", || {
        run_command(cargo(&["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))?;
        Ok(String::new())
    })
}

fn done(arguments: &[&str]) -> Result<String, String> {
    run_command(&mut cargo(arguments)).map(|()| String::new())
}

/// A minimal Rust installation comes without the formatter and the linter.
fn tools() -> Result<String, String> {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if !succeeds(&mut cargo(&[subcommand, "--version"])) {
            run_command(Command::new("rustup").args(["component", "add", component]))?;
        }
    }
    Ok(String::new())
}

/// Before the tests, so that none of them waits for a download, and so that the table says what was left out.
///
/// The program is run as the step before has built it: `cargo run --package` would unify features for that package alone,
/// and compile most dependencies a second time.
fn install_servers() -> Result<String, String> {
    let program = target_directory()?.join("debug").join(INSTALL_SERVERS);
    let report = read(Command::new(program).current_dir(root()))?;
    Ok(report.lines().collect::<Vec<_>>().join(", "))
}
