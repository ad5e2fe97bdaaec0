//! `safire fleet` as a process: how long it took, how much memory it had, what it told.

use std::fs::File;
use std::io::BufRead as _;
use std::io::BufReader;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;

use crate::Outcome;

/// Builds the command and says where it is.
pub(crate) fn build() -> Outcome<PathBuf> {
    let cargo = option_env!("CARGO").unwrap_or("cargo");
    let args = ["build", "--release", "--package", "safire-cli", "--message-format", "json"];
    let output = Command::new(cargo).args(args).stderr(Stdio::inherit()).output()?;
    let found = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find_map(|message| message.get("executable")?.as_str().map(PathBuf::from));
    found.ok_or_else(|| "cargo built no command".into())
}

/// One list that is worked through, perhaps by several processes.
pub(crate) struct Job<'a> {
    pub(crate) safire: &'a Path,
    pub(crate) list: PathBuf,
    pub(crate) template: PathBuf,
    pub(crate) store: String,
}

impl<'a> Job<'a> {
    /// Writes the list and the template.
    pub(crate) fn new(
        safire: &'a Path,
        folder: &Path,
        name: &str,
        bases: &[String],
        metadata: &Value,
    ) -> Outcome<Self> {
        let (list, template) = (folder.join(format!("{name}.txt")), folder.join(format!("{name}.json")));
        let mut file = std::io::BufWriter::new(File::create(&list)?);
        for base in bases {
            writeln!(file, "{base}")?;
        }
        file.flush()?;
        std::fs::write(&template, metadata.to_string())?;
        let store = format!("sqlite:{}", folder.join(format!("{name}.db")).display());
        Ok(Self { safire, list, template, store })
    }

    /// The command that registers all of them, so many requests at once, so many at one host.
    pub(crate) fn register(&self, in_flight: usize, per_host: usize) -> Command {
        let mut command = Command::new(self.safire);
        command.args(["fleet", "register"]).arg(&self.list).arg("--template").arg(&self.template);
        command.args(["--json", "--allow-insecure-localhost"]);
        command.args(["--concurrency", &in_flight.to_string(), "--per-host", &per_host.to_string()]);
        command.args(["--store", &self.store]).stdout(Stdio::piped()).stderr(Stdio::null());
        command
    }
}

/// What a run told.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) elapsed: Duration,
    pub(crate) peak_kib: u64,
    /// When the last registration was told.
    pub(crate) last_registered: Duration,
    pub(crate) summary: Value,
}

impl Run {
    /// Runs the command to its end.
    #[expect(clippy::disallowed_methods, reason = "a bench measures time")]
    pub(crate) fn of(command: &mut Command) -> Outcome<Self> {
        let begun = Instant::now();
        let mut child = command.spawn()?;
        let (peak_kib, last_registered, summary) = listen(&mut child, |_| true)?;
        let code = child.wait()?.code();
        let last_registered = last_registered.duration_since(begun);
        Ok(Self { code, elapsed: begun.elapsed(), peak_kib, last_registered, summary })
    }

    /// One number of the summary.
    pub(crate) fn count(&self, name: &str) -> u64 {
        let outcomes = self.summary.get("outcomes");
        let number = self.summary.get(name).or_else(|| outcomes?.get(name));
        number.and_then(Value::as_u64).unwrap_or_default()
    }
}

/// Reads what a fleet tells, line by line, as long as `go_on` says so: its largest memory, when it last registered, and
/// its summary.
#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
pub(crate) fn listen(child: &mut Child, go_on: impl Fn(usize) -> bool) -> Outcome<(u64, Instant, Value)> {
    let status = format!("/proc/{}/status", child.id());
    let (mut peak_kib, mut last, mut summary, mut told) = (0, Instant::now(), Value::Null, 0);
    for line in BufReader::new(child.stdout.take().ok_or("no stdout")?).lines() {
        let line = line?;
        if line.contains(r#""outcome":"registered""#) {
            last = Instant::now();
        } else if line.starts_with(r#"{"summary""#) {
            let mut whole: Value = serde_json::from_str(&line)?;
            summary = whole.get_mut("summary").map(Value::take).unwrap_or_default();
        }
        told += 1;
        // The system keeps the largest value: a look now and then, and one at the summary, miss nothing.
        if told % 64 == 0 || !summary.is_null() {
            peak_kib = peak_kib.max(peak(&status));
        }
        if !go_on(told) {
            break;
        }
    }
    Ok((peak_kib, last, summary))
}

fn peak(status: &str) -> u64 {
    let text = std::fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}
