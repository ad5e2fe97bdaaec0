//! Lines of bounded length.

use std::collections::VecDeque;
use std::io::BufRead;

use super::LONGEST;
use super::error::RowProblem;
use super::error::SourceError;

/// One line without its end.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// Its number, from 1.
    pub(super) number: u64,
    /// Its text, or why it has none.
    pub(super) text: Result<String, RowProblem>,
}

/// Reads lines; what is longer than a megabyte is skipped, not held.
#[derive(Debug)]
pub(super) struct Lines<R> {
    reader: R,
    number: u64,
    given_back: VecDeque<Line>,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, number: 0, given_back: VecDeque::new() }
    }

    /// The next line; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Line>, SourceError> {
        if let Some(line) = self.given_back.pop_front() {
            return Ok(Some(line));
        }
        let mut bytes = Vec::new();
        let mut length = 0_usize;
        let mut ended = false;
        while !ended {
            let failed =
                |error: std::io::Error| SourceError::Read { line: self.number, detail: error.to_string() };
            let chunk = self.reader.fill_buf().map_err(failed)?;
            if chunk.is_empty() {
                if length == 0 {
                    return Ok(None);
                }
                break;
            }
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(chunk.len(), |at| at + 1);
            if length + taken <= LONGEST {
                bytes.extend(chunk.iter().take(taken));
            }
            length = length.saturating_add(taken);
            ended = end.is_some();
            self.reader.consume(taken);
        }
        self.number += 1;
        Ok(Some(Line { number: self.number, text: self.text(bytes, length) }))
    }

    /// Takes lines back, so that they are read again.
    pub(super) fn give_back(&mut self, lines: impl DoubleEndedIterator<Item = Line>) {
        for line in lines.rev() {
            self.given_back.push_front(line);
        }
    }

    fn text(&self, bytes: Vec<u8>, length: usize) -> Result<String, RowProblem> {
        if length > LONGEST {
            return Err(RowProblem::TooLong { limit: LONGEST });
        }
        let mut text = String::from_utf8(bytes).map_err(|_| RowProblem::NotText)?;
        text.truncate(text.trim_end_matches('\n').trim_end_matches('\r').len());
        // A byte order mark stands in front of the first line only.
        if self.number == 1
            && let Some(rest) = text.strip_prefix('\u{feff}')
        {
            text = rest.to_owned();
        }
        Ok(text)
    }
}
