//! CSV (RFC 4180) as people and portals write it: commas, semicolons or tabs, with or without a header.

use std::collections::BTreeSet;
use std::io::BufRead;

use super::BadRow;
use super::Found;
use super::LONGEST;
use super::Place;
use super::Sink;
use super::SourceRow;
use super::error::RowProblem;
use super::error::SourceError;
use super::fields;
use super::lines::Line;
use super::lines::Lines;

const DELIMITERS: [char; 3] = [',', ';', '\t'];
/// A quoted cell of more lines than this is a quote that somebody forgot to close.
const MOST_LINES: usize = 100;

pub(super) fn read(reader: impl BufRead, sink: &mut Sink<'_>) -> Result<(), SourceError> {
    let mut table = Table { lines: Lines::new(reader), delimiter: ',' };
    let Some((header, first)) = table.header()? else { return Ok(()) };
    let variables: BTreeSet<String> =
        header.names.iter().filter(|name| fields::is_variable(name)).cloned().collect();
    if sink(Found::Columns(variables)).is_break() {
        return Ok(());
    }
    let mut next = match first {
        Some(record) => Some(record),
        None => table.record()?,
    };
    while let Some(record) = next {
        let place = Place::line(record.line);
        let found = match record.cells.and_then(|cells| header.row(place, cells)) {
            Ok(row) => Found::Row(Box::new(row)),
            Err(problem) => Found::Bad(BadRow { place, problem }),
        };
        if sink(found).is_break() {
            return Ok(());
        }
        next = table.record()?;
    }
    Ok(())
}

/// The names of the columns, and which of them holds the base.
struct Header {
    names: Vec<String>,
    base: usize,
}

impl Header {
    fn row(&self, place: Place, cells: Vec<String>) -> Result<SourceRow, RowProblem> {
        if cells.len() > self.names.len() {
            return Err(RowProblem::Cells { cells: cells.len(), columns: self.names.len() });
        }
        let mut row = SourceRow::new(place, "");
        for (at, (name, cell)) in self.names.iter().zip(cells).enumerate() {
            if at == self.base {
                row.base.clone_from(&cell);
            }
            fields::put(&mut row, name, cell)?;
        }
        if row.base.trim().is_empty() { Err(RowProblem::NoBase) } else { Ok(row) }
    }
}

/// One record and the line where it begins.
struct Record {
    line: u64,
    cells: Result<Vec<String>, RowProblem>,
}

struct Table<R> {
    lines: Lines<R>,
    delimiter: char,
}

impl<R: BufRead> Table<R> {
    /// The header, and the first record where the file has none.
    fn header(&mut self) -> Result<Option<(Header, Option<Record>)>, SourceError> {
        let Some(line) = self.filled_line()? else { return Ok(None) };
        if let Ok(text) = &line.text {
            self.delimiter = delimiter(text);
        }
        self.lines.give_back(std::iter::once(line));
        let Some(record) = self.record()? else { return Ok(None) };
        let cells = record.cells.clone().unwrap_or_default();
        let names: Vec<String> = cells.iter().map(|cell| fields::normal(cell)).collect();
        if let Some(base) = fields::base_name(&names) {
            let mut seen = BTreeSet::new();
            if let Some(name) = names.iter().find(|name| !name.is_empty() && !seen.insert(name.as_str())) {
                return Err(SourceError::ColumnTwice { name: name.clone() });
            }
            let base = names.iter().position(|name| name == base).unwrap_or_default();
            return Ok(Some((Header { names, base }, None)));
        }
        // No header: the column of the first URL is the one.
        match cells.iter().position(|cell| cell.contains("://")) {
            Some(base) => {
                let names = (1..=cells.len()).map(|number| format!("column_{number}")).collect();
                Ok(Some((Header { names, base }, Some(record))))
            }
            None => Err(SourceError::NoBaseColumn { columns: shown(&cells) }),
        }
    }

    fn filled_line(&mut self) -> Result<Option<Line>, SourceError> {
        while let Some(line) = self.lines.next()? {
            if line.text.as_ref().map_or(true, |text| !text.trim().is_empty()) {
                return Ok(Some(line));
            }
        }
        Ok(None)
    }

    /// The next record; a quoted cell may go on over several lines.
    fn record(&mut self) -> Result<Option<Record>, SourceError> {
        let Some(first) = self.filled_line()? else { return Ok(None) };
        let line = first.number;
        let mut text = match &first.text {
            Ok(text) => text.clone(),
            Err(problem) => return Ok(Some(Record { line, cells: Err(problem.clone()) })),
        };
        let mut further = Vec::new();
        loop {
            match split(&text, self.delimiter) {
                Ok(cells) => return Ok(Some(Record { line, cells: Ok(cells) })),
                Err(RowProblem::OpenQuote) if further.len() < MOST_LINES && text.len() < LONGEST => {}
                Err(problem) => return Ok(Some(self.bad(line, problem, further))),
            }
            let Some(next) = self.lines.next()? else {
                return Ok(Some(self.bad(line, RowProblem::OpenQuote, further)));
            };
            match &next.text {
                Ok(more) => {
                    text.push('\n');
                    text.push_str(more);
                    further.push(next);
                }
                Err(_) => {
                    further.push(next);
                    return Ok(Some(self.bad(line, RowProblem::OpenQuote, further)));
                }
            }
        }
    }

    /// One bad line costs one row: what was read behind it is read again as rows of its own.
    fn bad(&mut self, line: u64, problem: RowProblem, further: Vec<Line>) -> Record {
        self.lines.give_back(further.into_iter());
        Record { line, cells: Err(problem) }
    }
}

/// The cells of one record.
fn split(text: &str, delimiter: char) -> Result<Vec<String>, RowProblem> {
    let mut cells = Vec::new();
    let mut rest = text;
    loop {
        let (cell, behind) = match rest.trim_start_matches(' ').strip_prefix('"') {
            Some(quoted) => quoted_cell(quoted)?,
            None => {
                let end = rest.find(delimiter).unwrap_or(rest.len());
                let (cell, behind) = rest.split_at(end);
                (cell.to_owned(), behind)
            }
        };
        cells.push(cell);
        let behind = behind.trim_start_matches(' ');
        match behind.strip_prefix(delimiter) {
            Some(next) => rest = next,
            None if behind.is_empty() => return Ok(cells),
            None => return Err(RowProblem::StrayQuote),
        }
    }
}

/// The cell behind an opening quote, and what follows its closing one.
fn quoted_cell(text: &str) -> Result<(String, &str), RowProblem> {
    let mut cell = String::new();
    let mut rest = text;
    loop {
        let (before, behind) = rest.split_once('"').ok_or(RowProblem::OpenQuote)?;
        cell.push_str(before);
        match behind.strip_prefix('"') {
            Some(more) => {
                cell.push('"');
                rest = more;
            }
            None => return Ok((cell, behind)),
        }
    }
}

fn delimiter(line: &str) -> char {
    let count = |delimiter: char| line.matches(delimiter).count();
    DELIMITERS.into_iter().rev().max_by_key(|delimiter| count(*delimiter)).unwrap_or(',')
}

fn shown(cells: &[String]) -> Vec<String> {
    let clipped = |cell: &String| cell.chars().filter(|c| !c.is_control()).take(40).collect::<String>();
    cells.iter().take(20).map(clipped).map(|cell| format!("`{cell}`")).collect()
}
