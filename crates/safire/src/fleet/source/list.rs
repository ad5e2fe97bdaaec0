//! One URL a line; empty lines, and lines that begin with `#`, are passed over.

use std::collections::BTreeSet;
use std::io::BufRead;

use super::BadRow;
use super::Found;
use super::Place;
use super::Sink;
use super::SourceRow;
use super::error::SourceError;
use super::lines::Lines;

pub(super) fn read(reader: impl BufRead, sink: &mut Sink<'_>) -> Result<(), SourceError> {
    if sink(Found::Columns(BTreeSet::new())).is_break() {
        return Ok(());
    }
    let mut lines = Lines::new(reader);
    while let Some(line) = lines.next()? {
        let place = Place::line(line.number);
        let found = match line.text {
            Ok(text) if text.trim().is_empty() || text.trim_start().starts_with('#') => continue,
            Ok(text) => Found::Row(Box::new(SourceRow::new(place, text))),
            Err(problem) => Found::Bad(BadRow { place, problem }),
        };
        if sink(found).is_break() {
            return Ok(());
        }
    }
    Ok(())
}
