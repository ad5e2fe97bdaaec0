//! Puts the server onto this machine, once, whoever asks first.

use std::env;
use std::fs::File;
use std::io;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

use crate::environment::is_ci;
use crate::environment::may_install_packages;
use crate::environment::programs;
use crate::failure::Failure;
use crate::failure::Missing;

/// How many of a failed command's last lines are shown.
const SHOWN_LINES: usize = 15;

/// The folder with the programs, installed where they are missing.
pub(crate) fn install() -> Result<PathBuf, Missing> {
    if let Some(folder) = programs() {
        return Ok(folder);
    }
    // Tests run in many processes at once: one installs while the others wait.
    let path = env::temp_dir().join("safire-postgres-server.lock");
    let lock = File::create(&path).and_then(|file| file.lock().map(|()| file));
    let lock = lock.map_err(|error| Missing(format!("{} is not usable: {error}", path.display())))?;
    if programs().is_none() {
        apt_install()?;
    }
    drop(lock);
    programs().ok_or_else(|| Missing("the package brought no initdb, postgres and psql".to_owned()))
}

/// Says that the server is left out; with `CI=true` that is a failure.
pub(crate) fn leave_out(missing: &Missing) -> Result<(), Failure> {
    let message = format!("LEFT OUT: the tests against PostgreSQL do not run: {}", missing.0);
    if is_ci() {
        return Err(Failure::new(format!("{message}\n(`CI=true` does not allow that)")));
    }
    say(&message);
    Ok(())
}

fn apt_install() -> Result<(), Missing> {
    if !may_install_packages() {
        let reason = "`postgresql` is needed, and only root with apt-get could install it";
        return Err(Missing(reason.to_owned()));
    }
    say("installing with apt-get: postgresql");
    run(Command::new("apt-get").arg("update"))?;
    run(Command::new("apt-get")
        .args(["install", "--yes", "--no-install-recommends", "postgresql"])
        .env("DEBIAN_FRONTEND", "noninteractive"))
}

fn run(command: &mut Command) -> Result<(), Missing> {
    let shown = format!("{command:?}");
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|error| Missing(format!("{shown} did not start: {error}")))?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = text.lines().collect();
    let tail = lines.iter().skip(lines.len().saturating_sub(SHOWN_LINES));
    let tail: Vec<String> = tail.map(|line| format!("    {line}")).collect();
    Err(Missing(format!("{shown} ended with {}:\n{}", output.status, tail.join("\n"))))
}

/// Straight to stderr: the test harness would keep `eprintln!` of a passing test to itself.
fn say(message: &str) {
    // A closed stderr is no reason to fail.
    let _ = writeln!(io::stderr(), "{message}");
}
