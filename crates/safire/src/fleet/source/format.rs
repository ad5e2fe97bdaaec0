//! Which kind of list a file is.

use super::error::SourceError;
use super::fields;

/// Which kind of list a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// One URL a line.
    List,
    /// RFC 4180, with its usual relatives.
    Csv,
    /// One JSON object a line.
    Ndjson,
    /// A FHIR bundle: User-access Brands, or Endpoints.
    Bundle,
}

impl Format {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::List, Self::Csv, Self::Ndjson, Self::Bundle];

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
            Self::Bundle => "bundle",
        }
    }

    /// Reads the stable name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == text)
    }

    /// Tells the kind by the file's extension, and where that says little by the beginning of its content.
    ///
    /// # Errors
    /// [`SourceError::UnknownFormat`] when neither tells.
    pub fn tell(extension: Option<&str>, head: &[u8]) -> Result<Self, SourceError> {
        match extension.map(str::to_ascii_lowercase).as_deref() {
            Some("csv" | "tsv") => return Ok(Self::Csv),
            Some("ndjson" | "jsonl") => return Ok(Self::Ndjson),
            Some("list" | "lst" | "urls") => return Ok(Self::List),
            _ => {}
        }
        let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
        // A character may be cut at the end.
        let text = String::from_utf8_lossy(head);
        let text = text.trim_start();
        match text.chars().next() {
            None => Ok(Self::List),
            Some('{') => Ok(of_object(text)),
            Some('[') => Err(SourceError::UnknownFormat { seen: "it is a JSON array" }),
            Some('\0'..='\u{8}' | '\u{fffd}') => Err(SourceError::UnknownFormat { seen: "it is not text" }),
            Some(_) => Ok(of_text(text)),
        }
    }
}

/// A bundle is one object over the whole file, in whatever layout; NDJSON has an object on its first line.
fn of_object(text: &str) -> Format {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let first_line = text.lines().next().unwrap_or_default();
    if compact.contains("\"resourceType\":\"Bundle\"") {
        Format::Bundle
    } else if serde_json::from_str::<serde::de::IgnoredAny>(first_line).is_ok() {
        Format::Ndjson
    } else {
        Format::Bundle
    }
}

fn of_text(text: &str) -> Format {
    let Some(line) = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'))
    else {
        return Format::List;
    };
    let is_name = fields::base_name(&[fields::normal(line)]).is_some();
    if is_name || line.contains([',', ';', '\t']) { Format::Csv } else { Format::List }
}
