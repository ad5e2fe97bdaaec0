//! JSON as servers send it: tolerant of form, strict about size and nesting.

use std::cell::RefCell;
use std::fmt;

use serde::de::DeserializeSeed;
use serde::de::MapAccess;
use serde::de::SeqAccess;
use serde::de::Visitor;
use serde_json::Map;
use serde_json::Number;
use serde_json::Value;
use serde_json::map::Entry;
use thiserror::Error;

/// The deepest nesting of arrays and objects that is read.
pub const MAX_NESTING: usize = 100;
/// Room for the members of a registration or of a discovery document.
const USUAL_MEMBERS: usize = 24;

/// A JSON object with what was odd about its form.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct JsonObject {
    /// The members in the order in which they came; of a doubled member the last value.
    pub members: Map<String, Value>,
    /// Top-level names that came more than once.
    pub doubled: Vec<String>,
    /// Whether a byte order mark stood in front (RFC 8259 §8.1 forbids sending one).
    pub byte_order_mark: ByteOrderMark,
}

/// Whether a byte order mark preceded the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "it is there or it is not")]
pub enum ByteOrderMark {
    /// There was none.
    Absent,
    /// There was one, and it was skipped.
    Present,
}

/// Why a body is not a usable JSON object.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum JsonError {
    /// Nothing but white space.
    #[error("the body is empty")]
    Empty,
    /// Valid JSON of another kind.
    #[error("the body is a JSON {0}, not an object")]
    NotAnObject(&'static str),
    /// Arrays or objects within each other beyond [`MAX_NESTING`].
    #[error("the body nests deeper than {MAX_NESTING} levels")]
    TooDeep,
    /// Not JSON (RFC 8259), told by place only so that no content leaks.
    #[error("the body is not JSON (line {line}, column {column})")]
    Malformed {
        /// Line of the first error, from 1.
        line: usize,
        /// Column of the first error, from 1.
        column: usize,
    },
}

impl JsonObject {
    /// Reads a body: a byte order mark and white space around it are skipped, doubled members are noted.
    ///
    /// # Errors
    /// [`JsonError`] for anything that is not one JSON object within the nesting limit.
    pub fn parse(body: &[u8]) -> Result<Self, JsonError> {
        let (text, byte_order_mark) = match body.strip_prefix(b"\xEF\xBB\xBF") {
            Some(rest) => (rest, ByteOrderMark::Present),
            None => (body, ByteOrderMark::Absent),
        };
        if text.iter().all(u8::is_ascii_whitespace) {
            return Err(JsonError::Empty);
        }
        let doubled = RefCell::new(Vec::new());
        let deep = RefCell::new(false);
        let mut reader = serde_json::Deserializer::from_slice(text);
        let value = Node { depth: 0, doubled: &doubled, deep: &deep }
            .deserialize(&mut reader)
            .and_then(|value| reader.end().map(|()| value))
            .map_err(|error| {
                if *deep.borrow() || error.to_string().starts_with("recursion limit") {
                    JsonError::TooDeep
                } else {
                    JsonError::Malformed { line: error.line(), column: error.column() }
                }
            })?;
        match value {
            Value::Object(members) => Ok(Self { members, doubled: doubled.into_inner(), byte_order_mark }),
            Value::Null => Err(JsonError::NotAnObject("null")),
            Value::Bool(_) => Err(JsonError::NotAnObject("boolean")),
            Value::Number(_) => Err(JsonError::NotAnObject("number")),
            Value::String(_) => Err(JsonError::NotAnObject("string")),
            Value::Array(_) => Err(JsonError::NotAnObject("array")),
        }
    }
}

/// Builds a [`Value`] while counting levels and noting doubled names at the top.
#[derive(Clone, Copy)]
struct Node<'a> {
    depth: usize,
    doubled: &'a RefCell<Vec<String>>,
    deep: &'a RefCell<bool>,
}

impl Node<'_> {
    fn below<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth >= MAX_NESTING {
            *self.deep.borrow_mut() = true;
            return Err(E::custom("nested too deep"));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not a finite number"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let below = self.below()?;
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element_seed(below)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let below = self.below()?;
        // The answers read here have about as many members: the map grows once, not four times.
        let mut members = Map::with_capacity(if self.depth == 0 { USUAL_MEMBERS } else { 0 });
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value_seed(below)?;
            match members.entry(name) {
                Entry::Vacant(place) => {
                    place.insert(value);
                }
                Entry::Occupied(mut place) => {
                    if self.depth == 0 {
                        self.doubled.borrow_mut().push(place.key().clone());
                    }
                    place.insert(value);
                }
            }
        }
        Ok(Value::Object(members))
    }
}

/// The kind of a JSON value, for messages that must not show it.
#[must_use]
pub const fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
