//! Tables for people.

use comfy_table::Table;
use comfy_table::presets::NOTHING;
use safire::protocol::time::UnixTime;
use safire::store::Record;

use super::trouble::trouble;
use super::when::date_time;

const WIDEST: usize = 40;

/// Names and values, one pair a line.
#[derive(Debug)]
pub(crate) struct Sheet(Table);

impl Sheet {
    pub(crate) fn new() -> Self {
        let mut table = Table::new();
        table.load_style(NOTHING);
        Self(table)
    }

    pub(crate) fn row(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.add_row([name.to_owned(), value.into()]);
        self
    }

    pub(crate) fn maybe(self, name: &str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.row(name, value),
            None => self,
        }
    }
}

impl std::fmt::Display for Sheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write_trimmed(f, &self.0)
    }
}

/// Rows under a heading.
#[derive(Debug)]
pub(crate) struct Listing(Table);

impl Listing {
    /// The registrations of a store.
    pub(crate) fn of(records: &[Record], now: UnixTime) -> Self {
        let heading = ["ID", "STATE", "CLIENT", "NAME", "FHIR BASE", "CREATED", "TROUBLE"];
        let mut listing = Self::headed(heading);
        for record in records {
            listing.add([
                record.id.to_string(),
                record.state_at(now).to_string(),
                record.client_id.as_ref().map_or_else(|| "-".to_owned(), |id| clipped(id.as_str())),
                record.client_name.as_deref().map_or_else(|| "-".to_owned(), clipped),
                record.base_url.clone(),
                date_time(record.created_at),
                trouble(record, now).map_or_else(|| "-".to_owned(), |trouble| trouble.text),
            ]);
        }
        listing
    }

    pub(crate) fn headed<const N: usize>(heading: [&str; N]) -> Self {
        let mut table = Table::new();
        table.load_style(NOTHING);
        table.set_header(heading);
        Self(table)
    }

    pub(crate) fn add<const N: usize>(&mut self, row: [String; N]) {
        self.0.add_row(row);
    }
}

impl std::fmt::Display for Listing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write_trimmed(f, &self.0)
    }
}

/// A client id may be a JWT or a whole URL; `registration show` has all of it.
pub(crate) fn clipped(text: &str) -> String {
    if text.chars().count() <= WIDEST {
        return text.to_owned();
    }
    text.chars().take(WIDEST - 1).chain(['…']).collect()
}

/// Tables end their lines with blanks, which a pipe does not want; control characters of a server neither.
pub(super) fn write_trimmed(f: &mut std::fmt::Formatter<'_>, table: &Table) -> std::fmt::Result {
    for line in table.lines() {
        let line: String = line.chars().filter(|c| !c.is_control()).collect();
        let line = line.trim_end();
        writeln!(f, "{}", line.strip_prefix(' ').unwrap_or(line))?;
    }
    Ok(())
}
