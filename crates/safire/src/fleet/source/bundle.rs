//! A bundle of endpoints: SMART User-access Brands, or the older Endpoint bundles. They reach 50 MB, so they are read
//! entry by entry, and what is held of them does not grow with their length.

use std::cell::Cell;
use std::cell::RefCell;
use std::fmt;
use std::io;
use std::io::BufRead;
use std::io::Read;
use std::ops::ControlFlow;
use std::rc::Rc;

use serde::de::DeserializeSeed;
use serde::de::Deserializer;
use serde::de::Error as _;
use serde::de::IgnoredAny;
use serde::de::MapAccess;
use serde::de::SeqAccess;
use serde::de::Visitor;

use super::BadRow;
use super::Found;
use super::Place;
use super::Sink;
use super::brands::Brands;
use super::brands::Held;
use super::error::SourceError;
use super::resource::LineCount;
use super::resource::Resource;
use super::resource::ResourceSeed;
use super::resource::VARIABLES;
use super::text::Text;

pub(super) fn read(reader: impl BufRead, sink: &mut Sink<'_>) -> Result<(), SourceError> {
    let columns = VARIABLES.into_iter().map(str::to_owned).collect();
    if sink(Found::Columns(columns)).is_break() {
        return Ok(());
    }
    let lines = LineCount(Rc::new(Cell::new(1)));
    let walk = Walk {
        lines: lines.clone(),
        entries: Cell::new(0),
        stopped: Cell::new(false),
        brands: RefCell::default(),
        sink: RefCell::new(sink),
    };
    let counting = Counting { reader, lines, start: true };
    let mut json = serde_json::Deserializer::from_reader(counting);
    let read = BundleSeed(&walk).deserialize(&mut json).and_then(|kind| json.end().map(|()| kind));
    walk.tell_held();
    match read {
        _ if walk.stopped.get() => Ok(()),
        Ok(Some(kind)) if kind == "Bundle" => Ok(()),
        Ok(Some(kind)) => {
            Err(SourceError::NotABundle { seen: format!("its resource type is `{}`", clip(&kind)) })
        }
        Ok(None) => Err(SourceError::NotABundle { seen: "it has no `resourceType`".to_owned() }),
        Err(error) if error.is_io() => {
            Err(SourceError::Read { line: walk.lines.0.get(), detail: io::Error::from(error).to_string() })
        }
        Err(error) if error.is_data() => {
            let seen = format!("line {} is of another kind than a bundle has there", error.line());
            Err(SourceError::NotABundle { seen })
        }
        Err(error) => {
            Err(SourceError::NotJson { line: error.line(), column: error.column(), rows: walk.entries.get() })
        }
    }
}

fn clip(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}

/// Counts lines as the parser takes bytes, one at a time, and leaves a byte order mark out.
struct Counting<R> {
    reader: R,
    lines: LineCount,
    start: bool,
}

impl<R: BufRead> Read for Counting<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if std::mem::take(&mut self.start) && self.reader.fill_buf()?.starts_with(b"\xEF\xBB\xBF") {
            self.reader.consume(3);
        }
        let count = self.reader.read(into)?;
        let ends = into.iter().take(count).filter(|byte| **byte == b'\n').count();
        self.lines.0.set(self.lines.0.get() + ends as u64);
        Ok(count)
    }
}

/// What the nested readers share.
struct Walk<'a, 's> {
    lines: LineCount,
    entries: Cell<u64>,
    stopped: Cell<bool>,
    brands: RefCell<Brands>,
    sink: RefCell<&'a mut Sink<'s>>,
}

impl Walk<'_, '_> {
    fn tell(&self, found: Found) -> ControlFlow<()> {
        let flow = (*self.sink.borrow_mut())(found);
        self.stopped.set(flow.is_break());
        flow
    }

    fn take(&self, resource: Resource, full_url: Option<&str>, begun: u64) -> ControlFlow<()> {
        if let Some((name, references)) = resource.organization(full_url) {
            self.brands.borrow_mut().note(name, references);
        }
        let line = if resource.address_line == 0 { begun } else { resource.address_line };
        let place = Place { line, entry: Some(self.entries.get()) };
        let held = match resource.into_row(place, full_url) {
            Ok(Some((row, elsewhere))) => Held::Row(Box::new(row), elsewhere),
            Ok(None) => return ControlFlow::Continue(()),
            Err(problem) => Held::Bad(BadRow { place, problem }),
        };
        let ready = self.brands.borrow_mut().hold(held);
        ready.map_or(ControlFlow::Continue(()), |found| self.tell(found))
    }

    /// Tells the rows that were held back: no further organization comes.
    fn tell_held(&self) {
        let mut brands = self.brands.borrow_mut();
        while !self.stopped.get() {
            let Some(found) = brands.next() else { return };
            // A sink that has enough is noted.
            let _ = self.tell(found);
        }
    }
}

/// The bundle itself; gives its `resourceType`.
struct BundleSeed<'w, 'a, 's>(&'w Walk<'a, 's>);

impl<'de> DeserializeSeed<'de> for BundleSeed<'_, '_, '_> {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for BundleSeed<'_, '_, '_> {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a bundle")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut kind = None;
        while let Some(name) = members.next_key::<String>()? {
            match name.as_str() {
                "resourceType" => kind = members.next_value::<Text>()?.0,
                "entry" => members.next_value_seed(Entries(self.0))?,
                _ => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(kind)
    }
}

struct Entries<'w, 'a, 's>(&'w Walk<'a, 's>);

impl<'de> DeserializeSeed<'de> for Entries<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Entries<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of entries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Entry(self.0))?.is_some() {}
        Ok(())
    }
}

struct Entry<'w, 'a, 's>(&'w Walk<'a, 's>);

impl<'de> DeserializeSeed<'de> for Entry<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Entry<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an entry")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let walk = self.0;
        walk.entries.set(walk.entries.get() + 1);
        let begun = walk.lines.0.get();
        let (mut full_url, mut resource) = (Text::default(), None);
        while let Some(name) = members.next_key::<String>()? {
            match name.as_str() {
                "fullUrl" => full_url = members.next_value()?,
                "resource" => resource = Some(members.next_value_seed(ResourceSeed(&walk.lines))?),
                _ => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        let Some(resource) = resource else { return Ok(()) };
        if walk.take(resource, full_url.0.as_deref(), begun).is_break() {
            return Err(A::Error::custom("the reader has enough"));
        }
        Ok(())
    }
}
