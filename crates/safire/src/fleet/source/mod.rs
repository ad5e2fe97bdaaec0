//! Lists of servers as they are published: read entry by entry, whatever their length.

mod brands;
mod bundle;
mod csv;
mod error;
mod fields;
mod format;
mod lines;
mod list;
mod ndjson;
mod resource;
mod text;

pub use error::RowProblem;
pub use error::SourceError;
pub(in crate::fleet) use fields::normal as normal_name;
pub use format::Format;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::io::BufRead;
use std::ops::ControlFlow;

use safire_protocol::secret::InitialAccessToken;
use serde_json::Map;
use serde_json::Value;

/// The longest line, cell row or JSON object that is read, in bytes.
const LONGEST: usize = 1024 * 1024;

/// Where a row stands in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "stores write it out")]
pub struct Place {
    /// The line, from 1.
    pub line: u64,
    /// The entry of a bundle, from 1.
    pub entry: Option<u64>,
}

/// One server as its file names it; nothing is cleaned or checked yet.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SourceRow {
    /// Where it stands.
    pub place: Place,
    /// The FHIR base URL, as it was written.
    pub base: String,
    /// What a template may use, by name.
    pub columns: BTreeMap<String, String>,
    /// Metadata members of this row only; they win over the template.
    pub overrides: Map<String, Value>,
    /// Where this one is registered; no discovery then.
    pub registration_endpoint: Option<String>,
    /// What permits this registration (RFC 7591 §3); it is sent to this row's registration endpoint only.
    pub initial_access_token: Option<InitialAccessToken>,
}

/// A row that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BadRow {
    /// Where it stands.
    pub place: Place,
    /// What is wrong with it.
    pub problem: RowProblem,
}

/// What a source tells as it is read.
#[derive(Debug)]
#[non_exhaustive]
pub enum Found {
    /// The names that the columns of this source have; told once, before the first row. Without it any row may have
    /// any.
    Columns(BTreeSet<String>),
    /// A row.
    Row(Box<SourceRow>),
    /// A row that cannot be read; the rest can.
    Bad(BadRow),
}

/// Takes what is found; it may end the reading.
pub type Sink<'a> = dyn FnMut(Found) -> ControlFlow<()> + 'a;

/// Reads a whole source, entry by entry: what is held at once does not grow with its length.
///
/// # Errors
/// [`SourceError`] when the file as a whole cannot be used. Rows that were told before stay told.
pub fn read(reader: impl BufRead, format: Format, sink: &mut Sink<'_>) -> Result<(), SourceError> {
    match format {
        Format::List => list::read(reader, sink),
        Format::Csv => csv::read(reader, sink),
        Format::Ndjson => ndjson::read(reader, sink),
        Format::Bundle => bundle::read(reader, sink),
    }
}

impl SourceRow {
    /// A row with a base and nothing else.
    #[must_use]
    pub fn new(place: Place, base: impl Into<String>) -> Self {
        Self {
            place,
            base: base.into(),
            columns: BTreeMap::new(),
            overrides: Map::new(),
            registration_endpoint: None,
            initial_access_token: None,
        }
    }
}

impl Place {
    /// A line of a file that has one row a line.
    #[must_use]
    pub const fn line(line: u64) -> Self {
        Self { line, entry: None }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.entry {
            Some(entry) => write!(f, "line {}, entry {entry}", self.line),
            None => write!(f, "line {}", self.line),
        }
    }
}
