//! Runs commands from the workspace's root, and keeps the time of a row of steps.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

/// The folder of the workspace's `Cargo.toml`.
pub(crate) fn root() -> &'static Path {
    // This package lies directly below the root.
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or_else(|| Path::new("."))
}

/// `cargo` with these arguments, from the root, so that `.cargo/config.toml` counts.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments).current_dir(root());
    command
}

/// Runs a command that shares our terminal; any exit code but 0 is an error.
pub(crate) fn run(command: &mut Command) -> Result<(), String> {
    let shown = show(command);
    println!("$ {shown}");
    let status = command.status().map_err(|error| format!("`{shown}` did not start: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{shown}` ended with {status}")) }
}

/// Runs a command and takes what it writes to stdout; stderr stays on our terminal.
pub(crate) fn read(command: &mut Command) -> Result<String, String> {
    let shown = show(command);
    let Output { status, stdout, .. } = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("`{shown}` did not start: {error}"))?;
    if !status.success() {
        return Err(format!("`{shown}` ended with {status}"));
    }
    String::from_utf8(stdout).map_err(|error| format!("`{shown}` wrote something else than text: {error}"))
}

/// Whether a command is there and ends well; it says nothing.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

fn show(command: &Command) -> String {
    let words = [command.get_program()].into_iter().chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Steps that have been taken, for the table at the end.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    done: Vec<Step>,
}

#[derive(Debug)]
struct Step {
    name: &'static str,
    time: Duration,
    outcome: &'static str,
    note: String,
}

impl Steps {
    /// Takes one step, and notes what it answers. After the first failure nothing more is taken: `?` on the result.
    pub(crate) fn take(
        &mut self,
        name: &'static str,
        step: impl FnOnce() -> Result<String, String>,
    ) -> Result<(), String> {
        println!("\n==> {name}");
        let start = now();
        let result = step();
        let time = start.elapsed();
        let (outcome, note) = match &result {
            Ok(note) => ("ok", note.clone()),
            Err(_) => ("FAILED", String::new()),
        };
        println!("<== {name}: {outcome}, {}", seconds(time));
        self.done.push(Step { name, time, outcome, note });
        result.map(|_| ()).map_err(|error| format!("step `{name}`: {error}"))
    }

    /// One line per step, with its time.
    pub(crate) fn table(&self) -> String {
        let mut table = format!("\n{:<16} {:>9}  outcome\n", "step", "time");
        for Step { name, time, outcome, note } in &self.done {
            let separator = if note.is_empty() { "" } else { "; " };
            // Writing to a String cannot fail.
            let _ = writeln!(table, "{name:<16} {:>9}  {outcome}{separator}{note}", seconds(*time));
        }
        let total = self.done.iter().map(|step| step.time).sum();
        let _ = writeln!(table, "{:<16} {:>9}", "total", seconds(total));
        table
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

#[expect(clippy::disallowed_methods, reason = "a chore times its steps; no client code is near")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_the_failed_step() {
        let mut steps = Steps::default();
        assert_eq!(steps.take("first", || Ok("authlib: left out".to_owned())), Ok(()));
        assert_eq!(steps.take("second", || Err("no".to_owned())), Err("step `second`: no".to_owned()));
        let table = steps.table();
        assert!(table.contains("ok; authlib: left out"), "{table}");
        assert!(table.lines().any(|line| line.starts_with("second") && line.ends_with("FAILED")), "{table}");
    }

    #[test]
    fn the_root_holds_the_workspace() {
        assert!(std::fs::read_to_string(root().join("Cargo.toml")).unwrap().contains("[workspace]"));
    }
}
