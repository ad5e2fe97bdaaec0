//! One JSON object a line: with a `base_url`, or a FHIR `Endpoint`, as a bulk export has them.

use std::io::BufRead;

use serde::de::DeserializeSeed as _;
use serde_json::Value;

use super::BadRow;
use super::Found;
use super::Place;
use super::Sink;
use super::SourceRow;
use super::error::RowProblem;
use super::error::SourceError;
use super::fields;
use super::lines::Lines;
use super::resource::LineCount;
use super::resource::ResourceSeed;

pub(super) fn read(reader: impl BufRead, sink: &mut Sink<'_>) -> Result<(), SourceError> {
    let mut lines = Lines::new(reader);
    while let Some(line) = lines.next()? {
        let place = Place::line(line.number);
        let row = match line.text {
            Ok(text) if text.trim().is_empty() => continue,
            Ok(text) => row(place, &text),
            Err(problem) => Err(problem),
        };
        let found = match row {
            Ok(Some(row)) => Found::Row(Box::new(row)),
            Ok(None) => continue,
            Err(problem) => Found::Bad(BadRow { place, problem }),
        };
        if sink(found).is_break() {
            return Ok(());
        }
    }
    Ok(())
}

/// `None` for a resource that is no endpoint.
fn row(place: Place, text: &str) -> Result<Option<SourceRow>, RowProblem> {
    let not_json = |error: serde_json::Error| RowProblem::NotJson { column: error.column() };
    match serde_json::from_str(text).map_err(not_json)? {
        Value::Object(members) if members.contains_key("resourceType") => {
            let mut reader = serde_json::Deserializer::from_str(text);
            let resource = ResourceSeed(&LineCount::default()).deserialize(&mut reader).map_err(not_json)?;
            Ok(resource.into_row(place, None)?.map(|(row, _)| row))
        }
        Value::Object(members) => fields::of_object(place, members).map(Some),
        Value::String(text) => Ok(Some(SourceRow::new(place, text))),
        Value::Null => Err(RowProblem::NotAnObject { seen: "null" }),
        Value::Bool(_) => Err(RowProblem::NotAnObject { seen: "boolean" }),
        Value::Number(_) => Err(RowProblem::NotAnObject { seen: "number" }),
        Value::Array(_) => Err(RowProblem::NotAnObject { seen: "array" }),
    }
}
