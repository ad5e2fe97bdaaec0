//! What is written: data to stdout, everything else to stderr.

mod counted;
mod deviations;
mod error;
mod fleet;
mod json;
mod progress;
mod scrub;
mod story;
mod table;
mod transcript;
mod trouble;
mod udap;
mod when;

pub(crate) use counted::counted;
pub(crate) use deviations::deviation_line;
pub(crate) use deviations::deviation_lines;
pub(crate) use deviations::difference_lines;
pub(crate) use error::in_one_line;
pub(crate) use error::render;
pub(crate) use error::report_panics;
pub(crate) use error::usage_line;
pub(crate) use error::usage_text;
pub(crate) use fleet::FleetTeller;
pub(crate) use fleet::fleet_summary;
pub(crate) use json::listing_json;
pub(crate) use json::managed_json;
pub(crate) use json::record_json;
pub(crate) use json::registration_json;
pub(crate) use progress::with_progress;
pub(crate) use scrub::ScrubbedStderr;
pub(crate) use scrub::never_show;
pub(crate) use scrub::scrubbed;
pub(crate) use story::Step;
pub(crate) use table::Listing;
pub(crate) use table::Sheet;
pub(crate) use table::clipped;
pub(crate) use transcript::show_exchange;
pub(crate) use transcript::show_request;
pub(crate) use trouble::Matter;
pub(crate) use trouble::by_trouble;
pub(crate) use trouble::pending_text;
pub(crate) use trouble::trouble;
pub(crate) use udap::failure_tree;
pub(crate) use udap::path_json;
pub(crate) use udap::path_tree;
pub(crate) use udap::udap_registration_json;
pub(crate) use when::date_time;

use std::io;
use std::io::ErrorKind;
use std::io::Write;

use safire::protocol::registration::SecretsShown;
use serde_json::Value;

use crate::args::GlobalArgs;
use crate::failure::Failure;

/// How the person wants to be told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    format: Format,
    notes: Notes,
    animation: Animation,
    secrets: SecretsShown,
}

/// For people or for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    People,
    Json,
}

/// Whether notes go to stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Notes {
    Told,
    Left,
}

/// Whether a moving sign is drawn while something takes long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Animation {
    OnTerminals,
    Off,
}

impl Output {
    pub(crate) fn new(global: &GlobalArgs) -> Self {
        Self {
            format: if global.json { Format::Json } else { Format::People },
            notes: if global.quiet { Notes::Left } else { Notes::Told },
            // Lines between the frames of a moving sign would garble it.
            animation: if global.json || global.quiet || global.explain || global.verbose > 0 {
                Animation::Off
            } else {
                Animation::OnTerminals
            },
            secrets: if global.show_secrets { SecretsShown::Shown } else { SecretsShown::Masked },
        }
    }

    pub(crate) fn is_json(self) -> bool {
        self.format == Format::Json
    }

    pub(crate) const fn secrets(self) -> SecretsShown {
        self.secrets
    }

    pub(crate) fn shows_secrets(self) -> bool {
        matches!(self.secrets, SecretsShown::Shown)
    }

    /// Whether a moving sign may be drawn on a terminal.
    pub(crate) fn may_animate(self) -> bool {
        self.animation == Animation::OnTerminals
    }

    /// Writes the result: one JSON document, or text for people.
    pub(crate) fn data(self, json: &Value, text: impl FnOnce() -> String) -> Result<(), Failure> {
        match self.format {
            Format::Json => write_to(io::stdout().lock(), format!("{json}\n")),
            Format::People => write_stdout(&text()),
        }
    }

    /// A line on stderr for people.
    pub(crate) fn note(self, label: &str, text: &str) {
        if self.notes == Notes::Told {
            write_stderr(&format!("{label}: {text}\n"));
        }
    }
}

/// Writes text for people, without colours where they are not wanted.
pub(crate) fn write_stdout(text: &str) -> Result<(), Failure> {
    write_to(anstream::stdout().lock(), text)
}

/// Writes data as it came from a server.
pub(crate) fn write_bytes(data: &[u8]) -> Result<(), Failure> {
    write_to(io::stdout().lock(), data)
}

/// A reader that went away has all it wanted.
fn write_to(mut stdout: impl Write, data: impl AsRef<[u8]>) -> Result<(), Failure> {
    let written = stdout.write_all(data.as_ref()).and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::Output { detail: error.to_string(), hint: "check where stdout goes".to_owned() })
        }
        _ => Ok(()),
    }
}

/// The text without characters that could steer a terminal.
pub(crate) fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// Tells where to go, on a line that programs find too.
pub(crate) fn tell_page(url: &str) {
    write_stderr(&format!("open: {url}\n"));
}

/// Writes what is not data. Where stderr is closed there is nobody to tell.
pub(crate) fn write_stderr(text: &str) {
    let mut stderr = anstream::stderr().lock();
    let _ = stderr.write_all(scrubbed(text).as_bytes());
    let _ = stderr.flush();
}
