//! Tables for people.

use comfy_table::Table;
use comfy_table::presets::NOTHING;
use safire::store::Record;
use safire::store::State;

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

/// The registrations of a store.
#[derive(Debug)]
pub(crate) struct Listing(Table);

impl Listing {
    pub(crate) fn of(records: &[Record]) -> Self {
        let mut table = Table::new();
        table.load_style(NOTHING);
        table.set_header(["ID", "STATE", "CLIENT", "NAME", "FHIR BASE", "CREATED"]);
        for record in records {
            table.add_row([
                record.id.to_string(),
                record.state.to_string(),
                record.client_id.as_ref().map_or_else(|| "-".to_owned(), |id| clipped(id.as_str())),
                record.client_name.as_deref().map_or_else(|| "-".to_owned(), clipped),
                record.base_url.clone(),
                date_time(record.created_at),
            ]);
        }
        Self(table)
    }
}

impl std::fmt::Display for Listing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write_trimmed(f, &self.0)
    }
}

/// A client id may be a JWT or a whole URL; `registration show` has all of it.
fn clipped(text: &str) -> String {
    if text.chars().count() <= WIDEST {
        return text.to_owned();
    }
    text.chars().take(WIDEST - 1).chain(['…']).collect()
}

/// What to do about a registration in this state, if anything.
pub(crate) fn advice(record: &Record) -> Option<String> {
    let id = &record.id;
    (record.state == State::InDoubt).then(|| {
        format!(
            "`{id}` is in doubt: ask the server's operator whether the client is registered there; if not, `safire registration forget {id}` and register again; if so, add it with `safire registration add`"
        )
    })
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
