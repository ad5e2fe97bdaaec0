//! What is wrong with a source, or with one of its rows.

use std::borrow::Cow;

use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use thiserror::Error;

/// Why a file as a whole cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SourceError {
    /// It cannot be read.
    #[error("the list cannot be read behind line {line}: {detail}")]
    Read {
        /// The last line that was read.
        line: u64,
        /// What the system says.
        detail: String,
    },
    /// What kind of file it is cannot be told.
    #[error("what kind of list this is cannot be told: {seen}")]
    UnknownFormat {
        /// What was seen.
        seen: &'static str,
    },
    /// No column of a CSV file holds FHIR bases.
    #[error("no column is known to hold FHIR base URLs; the columns are {}", columns.join(", "))]
    NoBaseColumn {
        /// The columns that are there.
        columns: Vec<String>,
    },
    /// Two columns of a CSV file have one name.
    #[error("two columns are called `{name}`")]
    ColumnTwice {
        /// The name, in its normal form.
        name: String,
    },
    /// A bundle that is not JSON.
    #[error("the bundle is not JSON (line {line}, column {column}); {rows} entries were readable")]
    NotJson {
        /// The line of the first error.
        line: usize,
        /// Its column.
        column: usize,
        /// How many entries came before it.
        rows: u64,
    },
    /// JSON of another kind.
    #[error("the file is not a FHIR bundle: {seen}")]
    NotABundle {
        /// What was seen.
        seen: String,
    },
}

/// Why one row cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RowProblem {
    /// More than a megabyte.
    #[error("the row is longer than {limit} bytes")]
    TooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// Not UTF-8.
    #[error("the row is not UTF-8 text")]
    NotText,
    /// A quote that is never closed.
    #[error("a quote that is opened here is not closed")]
    OpenQuote,
    /// Text behind a closing quote.
    #[error("text follows a closing quote; a quote inside a quoted cell is written twice (RFC 4180)")]
    StrayQuote,
    /// Another number of cells than the header has.
    #[error("{cells} cells where the header has {columns}")]
    Cells {
        /// How many cells the row has.
        cells: usize,
        /// How many columns the header has.
        columns: usize,
    },
    /// A row without a FHIR base.
    #[error("the row names no FHIR base URL")]
    NoBase,
    /// A line that is not JSON.
    #[error("the line is not JSON (column {column})")]
    NotJson {
        /// The column of the first error.
        column: usize,
    },
    /// JSON of another kind than an object or a URL.
    #[error("the line is a JSON {seen}, not an object")]
    NotAnObject {
        /// The kind seen.
        seen: &'static str,
    },
    /// A `metadata` member or cell that is not an object.
    #[error("`{name}` is not a JSON object with metadata")]
    Metadata {
        /// The member or column.
        name: &'static str,
    },
    /// An `Endpoint` that its publisher has switched off.
    #[error("the endpoint has status `{status}`")]
    EndpointStatus {
        /// The status.
        status: String,
    },
    /// An `Endpoint` that speaks something else than FHIR REST.
    #[error("the endpoint speaks `{connection}`, not FHIR REST")]
    Connection {
        /// The connection type.
        connection: String,
    },
}

impl Diagnose for SourceError {
    fn code(&self) -> &'static str {
        match self {
            Self::Read { .. } => "fleet-file-unreadable",
            Self::UnknownFormat { .. } => "fleet-format-unknown",
            Self::NoBaseColumn { .. } => "fleet-no-base-column",
            Self::ColumnTwice { .. } => "fleet-column-twice",
            Self::NotJson { .. } => "fleet-not-json",
            Self::NotABundle { .. } => "fleet-not-a-bundle",
        }
    }

    fn fault(&self) -> Fault {
        Fault::Caller
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(match self {
            Self::Read { .. } => "check the file and its disk",
            Self::UnknownFormat { .. } => "name it with `--format csv`, `ndjson`, `list` or `bundle`",
            Self::NoBaseColumn { .. } => "call the column with the FHIR bases `base_url`",
            Self::ColumnTwice { .. } => "rename one of them",
            Self::NotJson { .. } => "the file is damaged or cut short: fetch it again",
            Self::NotABundle { .. } => {
                "give a Brands or Endpoint bundle, or name another kind with `--format`"
            }
        }))
    }
}

impl Diagnose for RowProblem {
    fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "row-too-long",
            Self::NotText => "row-not-text",
            Self::OpenQuote => "row-open-quote",
            Self::StrayQuote => "row-stray-quote",
            Self::Cells { .. } => "row-cells",
            Self::NoBase => "row-without-base",
            Self::NotJson { .. } => "row-not-json",
            Self::NotAnObject { .. } => "row-not-an-object",
            Self::Metadata { .. } => "row-metadata",
            Self::EndpointStatus { .. } => "row-endpoint-status",
            Self::Connection { .. } => "row-not-fhir-rest",
        }
    }

    fn fault(&self) -> Fault {
        Fault::Caller
    }
}
