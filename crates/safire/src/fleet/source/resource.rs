//! A FHIR resource of a bundle, read as far as a fleet needs it.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use serde::Deserialize;
use serde::Deserializer;
use serde::de::DeserializeSeed;
use serde::de::IgnoredAny;
use serde::de::MapAccess;
use serde::de::Visitor;
use serde_json::Value;

use super::Place;
use super::SourceRow;
use super::brands::ORGANIZATION;
use super::error::RowProblem;
use super::text::Text;

/// The line that is being read, shared with the reader that counts it.
#[derive(Debug, Clone, Default)]
pub(super) struct LineCount(pub(super) Rc<Cell<u64>>);

/// The variables that an `Endpoint` gives to a template.
pub(super) const VARIABLES: [&str; 4] = ["name", ORGANIZATION, "id", "status"];
/// HL7's code for a FHIR REST connection.
const FHIR_REST: &str = "hl7-fhir-rest";
/// Statuses of an endpoint that nobody should call.
const SWITCHED_OFF: [&str; 2] = ["off", "entered-in-error"];

/// What of a resource matters here.
#[derive(Debug, Default)]
pub(super) struct Resource {
    kind: Text,
    id: Text,
    status: Text,
    name: Text,
    address: Text,
    /// The line of the address, where lines are counted.
    pub(super) address_line: u64,
    connection: Value,
    managing: Reference,
    contained: Vec<Contained>,
    endpoints: Vec<Reference>,
}

#[derive(Debug, Default, Deserialize)]
struct Reference {
    #[serde(default)]
    reference: Text,
    #[serde(default)]
    display: Text,
}

#[derive(Debug, Deserialize)]
struct Contained {
    #[serde(default)]
    name: Text,
}

/// A part in the right shape, or nothing: an oddity in one part costs that part only.
fn lenient<'de, T: Deserialize<'de> + Default, A: MapAccess<'de>>(members: &mut A) -> Result<T, A::Error> {
    let value: Value = members.next_value()?;
    Ok(T::deserialize(value).unwrap_or_default())
}

/// Reads a [`Resource`].
#[derive(Debug)]
pub(super) struct ResourceSeed<'a>(pub(super) &'a LineCount);

impl<'de> DeserializeSeed<'de> for ResourceSeed<'_> {
    type Value = Resource;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Resource, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ResourceSeed<'_> {
    type Value = Resource;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a FHIR resource")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Resource, A::Error> {
        let mut resource = Resource::default();
        while let Some(name) = members.next_key::<String>()? {
            match name.as_str() {
                "resourceType" => resource.kind = members.next_value()?,
                "id" => resource.id = members.next_value()?,
                "status" => resource.status = members.next_value()?,
                "name" => resource.name = members.next_value()?,
                "address" => {
                    resource.address = members.next_value()?;
                    resource.address_line = self.0.0.get();
                }
                "connectionType" => resource.connection = members.next_value()?,
                "managingOrganization" => resource.managing = lenient(&mut members)?,
                "endpoint" => resource.endpoints = lenient(&mut members)?,
                "contained" => resource.contained = lenient(&mut members)?,
                _ => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(resource)
    }
}

impl Resource {
    /// The name of an `Organization` that says one, and what refers to it: itself, and the endpoints that it lists.
    pub(super) fn organization(
        &self,
        full_url: Option<&str>,
    ) -> Option<(&str, impl Iterator<Item = String>)> {
        let name = self.name.0.as_deref().filter(|name| !name.trim().is_empty())?;
        let endpoints = self.endpoints.iter().filter_map(|endpoint| endpoint.reference.0.clone());
        let references = self.references(full_url)?.into_iter().chain(endpoints);
        (self.kind.0.as_deref() == Some("Organization")).then_some((name, references))
    }

    /// By what other entries refer to this one (R4 §2.36.4): its full URL, else its kind and id.
    fn references(&self, full_url: Option<&str>) -> Option<Vec<String>> {
        let kind = self.kind.0.as_deref()?;
        let relative = self.id.0.as_ref().map(|id| format!("{kind}/{id}"));
        Some(full_url.map(str::to_owned).into_iter().chain(relative).collect())
    }

    /// The row of an `Endpoint`, and by what its organization is found where it names none; `None` for any other
    /// resource.
    pub(super) fn into_row(
        self,
        place: Place,
        full_url: Option<&str>,
    ) -> Result<Option<(SourceRow, Vec<String>)>, RowProblem> {
        if self.kind.0.as_deref() != Some("Endpoint") {
            return Ok(None);
        }
        if let Some(status) = self.status.0.as_deref().filter(|status| SWITCHED_OFF.contains(status)) {
            return Err(RowProblem::EndpointStatus { status: status.to_owned() });
        }
        let codes = codes(&self.connection);
        if let Some(connection) = codes.first().filter(|_| !codes.contains(&FHIR_REST)) {
            let connection = connection.chars().filter(|c| !c.is_control()).take(60).collect();
            return Err(RowProblem::Connection { connection });
        }
        let own = self.references(full_url).unwrap_or_default();
        let base = self.address.0.filter(|address| !address.trim().is_empty()).ok_or(RowProblem::NoBase)?;
        let mut row = SourceRow::new(place, base);
        let said = self
            .managing
            .display
            .0
            .or_else(|| self.contained.into_iter().find_map(|contained| contained.name.0))
            .filter(|name| !name.trim().is_empty());
        let elsewhere = match said {
            Some(_) => Vec::new(),
            None => self.managing.reference.0.into_iter().chain(own).collect(),
        };
        let organization = said.or_else(|| self.name.0.clone());
        for (name, value) in VARIABLES.into_iter().zip([self.name.0, organization, self.id.0, self.status.0])
        {
            if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
                row.columns.insert(name.to_owned(), value);
            }
        }
        Ok(Some((row, elsewhere)))
    }
}

/// The codes of a `Coding` (R4) or of a list of `CodeableConcept` (R5).
fn codes(connection: &Value) -> Vec<&str> {
    let mut found = Vec::new();
    collect(connection, &mut found);
    found
}

fn collect<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(members) => {
            found.extend(members.get("code").and_then(Value::as_str));
            if let Some(coding) = members.get("coding") {
                collect(coding, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
