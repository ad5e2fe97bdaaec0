//! The names of organizations in a bundle, and the endpoints that they belong to.

use std::collections::HashMap;
use std::collections::VecDeque;
use std::rc::Rc;

use super::BadRow;
use super::Found;
use super::SourceRow;

/// Names by what refers to them; and rows held back a while, as an organization may stand behind its endpoint.
#[derive(Debug, Default)]
pub(super) struct Brands {
    names: HashMap<String, Rc<str>>,
    held: VecDeque<Held>,
}

/// A row of an endpoint, or what stands in its place.
#[derive(Debug)]
pub(super) enum Held {
    /// A row, and by what its organization can be found where the endpoint itself names none.
    Row(Box<SourceRow>, Vec<String>),
    /// A row that cannot be read.
    Bad(BadRow),
}

/// What is held does not grow with the bundle: so many references, and so many rows. Beyond, rows go without the name.
const REFERENCES: usize = 20_000;
const ROWS: usize = 1_000;
/// As much of a name as a template needs.
const NAME: usize = 200;
/// The variable that the name becomes.
pub(super) const ORGANIZATION: &str = "organization";

impl Brands {
    /// Notes an organization: itself and its endpoints lead to its name. The first that claims an endpoint has it.
    pub(super) fn note(&mut self, name: &str, references: impl Iterator<Item = String>) {
        let name: Rc<str> = name.chars().take(NAME).collect::<String>().into();
        for reference in references {
            if self.names.len() < REFERENCES {
                self.names.entry(reference).or_insert_with(|| Rc::clone(&name));
            }
        }
    }

    /// Holds a row back, and gives the one that has waited long enough.
    pub(super) fn hold(&mut self, held: Held) -> Option<Found> {
        self.held.push_back(held);
        if self.held.len() > ROWS { self.next() } else { None }
    }

    /// The row that has waited longest, with the name of its organization where one is known.
    pub(super) fn next(&mut self) -> Option<Found> {
        Some(match self.held.pop_front()? {
            Held::Bad(bad) => Found::Bad(bad),
            Held::Row(mut row, references) => {
                if let Some(name) = references.iter().find_map(|reference| self.names.get(reference)) {
                    row.columns.insert(ORGANIZATION.to_owned(), name.to_string());
                }
                Found::Row(row)
            }
        })
    }
}
