//! A fleet as it is worked through, and in the end.

use std::fmt::Write as _;
use std::io;
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::mpsc;
use std::thread;
use std::thread::JoinHandle;
use std::time::Duration;

use comfy_table::CellAlignment;
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use indicatif::ProgressBar;
use indicatif::ProgressDrawTarget;
use indicatif::ProgressStyle;
use safire::fleet::Brake;
use safire::fleet::FleetEvent;
use safire::fleet::Outcome;
use safire::fleet::RowReport;
use safire::fleet::Stopper;
use safire::fleet::Summary;
use serde_json::Value;
use serde_json::json;

use super::Output;
use super::clean;
use super::counted;
use super::scrubbed;
use super::table::write_trimmed;
use super::write_to;
use crate::failure::Failure;

const BAR: &str = "{wide_bar} {pos}/{len} rows, {per_sec}, ETA {eta} {msg}";

/// Tells of a fleet while it is worked through. A thread of its own writes, for a reader may be slow, and everything in
/// flight would wait for it: requests would run out of time.
#[derive(Debug)]
pub(crate) struct FleetTeller {
    output: Output,
    bar: ProgressBar,
    lines: mpsc::Sender<Line>,
    unwritten: Arc<Unwritten>,
    writer: JoinHandle<Option<Failure>>,
}

/// What goes out.
#[derive(Debug)]
enum Line {
    /// A row, for programs.
    Data(String),
    /// Something for people: a label and what it says.
    Note(String, String),
}

/// Lines that wait for the writer. Too many of them hold the brake.
#[derive(Debug)]
struct Unwritten {
    count: Mutex<usize>,
    brake: Brake,
}

/// So many lines may wait; each is a few kilobytes.
const MOST: usize = 1024;
const FEW: usize = 256;
/// More lines than that are not written at once.
const AT_ONCE: usize = 63;

impl Unwritten {
    fn change(&self, by: impl FnOnce(usize) -> usize) {
        let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        *count = by(*count);
        if *count >= MOST {
            self.brake.hold();
        } else if *count <= FEW {
            self.brake.release();
        }
    }
}

impl FleetTeller {
    /// A failure to write says stop.
    pub(crate) fn new(output: Output, brake: Brake, stopper: Stopper) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        if output.may_animate() && io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::stderr());
            // invariant: the template is a constant, and a test draws with it
            if let Ok(style) = ProgressStyle::with_template(BAR) {
                bar.set_style(style);
            }
        }
        let (lines, waiting) = mpsc::channel();
        let unwritten = Arc::new(Unwritten { count: Mutex::new(0), brake });
        let (drawn, counted) = (bar.clone(), Arc::clone(&unwritten));
        let writer = thread::spawn(move || write_all(output, &waiting, &drawn, &counted, &stopper));
        Self { output, bar, lines, unwritten, writer }
    }

    /// Rows to work on, and those of them that have ended before.
    pub(crate) fn begin(&self, rows: u64, ended: u64) {
        self.bar.set_length(rows);
        self.bar.set_position(ended);
        self.bar.reset_eta();
        self.bar.enable_steady_tick(Duration::from_millis(250));
    }

    /// Tells one event.
    pub(crate) fn tell(&self, event: &FleetEvent<'_>) {
        match event {
            FleetEvent::Ended(report) => self.row(report),
            FleetEvent::Waiting { open } => {
                self.bar.set_message(format!("(waiting for {} of other workers)", counted(*open, "row")));
            }
            _ => {}
        }
    }

    /// A line for people.
    pub(crate) fn note(&self, label: &str, text: String) {
        self.send(Line::Note(label.to_owned(), text));
    }

    /// Everything is written and the bar goes; what could not be written is told.
    pub(crate) fn end(self) -> Result<(), Failure> {
        drop(self.lines);
        let broken = match self.writer.join() {
            Ok(broken) => broken,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        self.bar.finish_and_clear();
        broken.map_or(Ok(()), Err)
    }

    fn row(&self, report: &RowReport) {
        self.bar.inc(1);
        if self.output.is_json() {
            self.send(Line::Data(format!("{}\n", shown(&report.to_json()))));
        } else if !report.outcome.is_good() {
            let mut text = format!("{} {}", report.outcome, clean(&report.base));
            if let Some(message) = &report.message {
                let _ = write!(text, ": {}", clean(message));
            }
            self.note(&report.place.to_string(), text);
        }
    }

    fn send(&self, line: Line) {
        self.unwritten.change(|count| count + 1);
        if self.lines.send(line).is_err() {
            // The writer has given up, and has said so.
            self.unwritten.change(|count| count.saturating_sub(1));
        }
    }
}

/// Writes until there is no more, or until it cannot.
fn write_all(
    output: Output,
    lines: &mpsc::Receiver<Line>,
    bar: &ProgressBar,
    unwritten: &Unwritten,
    stopper: &Stopper,
) -> Option<Failure> {
    while let Ok(first) = lines.recv() {
        // What waits for this thread by now goes out in the same write.
        let (mut data, mut notes, mut count) = (String::new(), Vec::new(), 0);
        for line in std::iter::once(first).chain(lines.try_iter().take(AT_ONCE)) {
            match line {
                Line::Data(text) => data.push_str(&text),
                Line::Note(label, text) => notes.push((label, text)),
            }
            count += 1;
        }
        let written = if data.is_empty() { Ok(()) } else { write_to(io::stdout().lock(), data) };
        for (label, text) in notes {
            bar.suspend(|| output.note(&label, &text));
        }
        unwritten.change(|waiting| waiting.saturating_sub(count));
        if let Err(failure) = written {
            stopper.stop();
            unwritten.change(|_| 0);
            return Some(failure);
        }
    }
    None
}

/// A message may repeat a secret that this run has in hand.
fn shown(value: &Value) -> String {
    scrubbed(&value.to_string()).into_owned()
}

/// Tells how a fleet ended.
pub(crate) fn fleet_summary(
    output: Output,
    id: &str,
    summary: &Summary,
    this_run: u64,
    elapsed: Duration,
) -> Result<(), Failure> {
    let mut value = summary.to_json();
    if let Some(members) = value.as_object_mut() {
        members.insert("fleet".to_owned(), json!(id));
        members.insert("this_run".to_owned(), json!(this_run));
        members
            .insert("elapsed_ms".to_owned(), json!(u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)));
    }
    output.data(&json!({ "summary": value }), || for_people(summary, this_run, elapsed))
}

fn for_people(summary: &Summary, this_run: u64, elapsed: Duration) -> String {
    let mut table = new_table(["OUTCOME", "ROWS"].map(str::to_owned));
    for (outcome, rows) in &summary.outcomes {
        table.add_row([outcome.to_string(), rows.to_string()]);
    }
    if summary.left() > 0 {
        table.add_row(["(not done)".to_owned(), summary.left().to_string()]);
    }
    align(&mut table, 1);
    let mut text = trimmed(&table);
    if !summary.vendors.is_empty() {
        text.push('\n');
        text.push_str(&by_vendor(summary));
    }
    if !summary.codes.is_empty() {
        let mut table = new_table(["CODE", "ROWS"].map(str::to_owned));
        for (code, rows) in &summary.codes {
            table.add_row([code.clone(), rows.to_string()]);
        }
        align(&mut table, 1);
        text.push('\n');
        text.push_str(&trimmed(&table));
    }
    let seconds = elapsed.as_secs_f64();
    let rate =
        if seconds > 0.0 { format!(", {:.0} a second", this_run as f64 / seconds) } else { String::new() };
    let _ = writeln!(text, "\n{} in {seconds:.1} s{rate}", counted(this_run, "row"));
    text
}

fn by_vendor(summary: &Summary) -> String {
    let outcomes: Vec<Outcome> = summary
        .outcomes
        .keys()
        .copied()
        .filter(|outcome| summary.vendors.values().any(|counts| counts.contains_key(outcome)))
        .collect();
    let names = outcomes.iter().map(|outcome| outcome.as_str().to_uppercase());
    let mut table = new_table(std::iter::once("VENDOR".to_owned()).chain(names));
    for (vendor, counts) in &summary.vendors {
        let name = if vendor.is_empty() { "(not known)" } else { vendor };
        let counts = outcomes.iter().map(|outcome| match counts.get(outcome) {
            Some(rows) => rows.to_string(),
            None => "-".to_owned(),
        });
        table.add_row(std::iter::once(name.to_owned()).chain(counts));
    }
    for column in 1..=outcomes.len() {
        align(&mut table, column);
    }
    trimmed(&table)
}

fn new_table(header: impl IntoIterator<Item = String>) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING);
    table.set_header(header);
    table
}

fn align(table: &mut Table, column: usize) {
    if let Some(column) = table.column_mut(column) {
        column.set_cell_alignment(CellAlignment::Right);
    }
}

fn trimmed(table: &Table) -> String {
    struct Shown<'a>(&'a Table);
    impl std::fmt::Display for Shown<'_> {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write_trimmed(f, self.0)
        }
    }
    Shown(table).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_can_be_drawn() {
        assert!(ProgressStyle::with_template(BAR).is_ok());
    }
}
