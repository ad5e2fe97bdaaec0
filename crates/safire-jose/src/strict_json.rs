use std::cell::RefCell;
use std::fmt;

use serde::de::DeserializeSeed;
use serde::de::Deserializer;
use serde::de::Error;
use serde::de::MapAccess;
use serde::de::SeqAccess;
use serde::de::Visitor;
use serde_json::Map;
use serde_json::Number;
use serde_json::Value;
use serde_json::map::Entry;

/// Why JSON is not acceptable in a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    Syntax { detail: String },
    NotObject,
    Duplicate { member: String },
    TooDeep,
}

/// Reads a JSON object. RFC 7519 §4 lets a reader refuse duplicate members; here they are refused at any depth.
pub(crate) fn object(json: &[u8], max_depth: usize) -> Result<Map<String, Value>, Fault> {
    let fault = RefCell::new(None);
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let read = Strict { room: max_depth, fault: &fault }
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    match (read, fault.into_inner()) {
        (Ok(Value::Object(object)), None) => Ok(object),
        (Ok(_), None) => Err(Fault::NotObject),
        (_, Some(fault)) => Err(fault),
        (Err(error), None) => {
            Err(Fault::Syntax { detail: format!("line {}, column {}", error.line(), error.column()) })
        }
    }
}

/// Builds a value and stops at the first duplicate member or level too many.
#[derive(Clone, Copy)]
struct Strict<'a> {
    room: usize,
    fault: &'a RefCell<Option<Fault>>,
}

impl Strict<'_> {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        match self.room.checked_sub(1) {
            Some(room) => Ok(Self { room, ..self }),
            None => Err(self.stop(Fault::TooDeep)),
        }
    }

    fn stop<E: Error>(self, fault: Fault) -> E {
        self.fault.replace(Some(fault));
        E::custom("refused")
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        // The room that the header and the claims of most tokens need: growing would hash every name again.
        let mut object = Map::with_capacity(8);
        while let Some(member) = members.next_key::<String>()? {
            match object.entry(member) {
                Entry::Vacant(place) => {
                    place.insert(members.next_value_seed(inner)?);
                }
                Entry::Occupied(place) => {
                    return Err(self.stop(Fault::Duplicate { member: place.key().clone() }));
                }
            }
        }
        Ok(Value::Object(object))
    }
}
