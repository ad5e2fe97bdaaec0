//! The names that mean something in every kind of list, and the row that named values make.

use safire_protocol::secret::InitialAccessToken;
use serde_json::Map;
use serde_json::Value;

use super::Place;
use super::SourceRow;
use super::error::RowProblem;

/// The names under which lists publish a FHIR base, the plainest first.
const BASE: [&str; 11] = [
    "base_url",
    "fhir_base_url",
    "fhir_base",
    "base",
    "fhir_endpoint",
    "fhir_url",
    "service_base_url",
    "endpoint_url",
    "endpoint",
    "address",
    "url",
];
const REGISTRATION_ENDPOINT: &str = "registration_endpoint";
const INITIAL_ACCESS_TOKEN: &str = "initial_access_token";
/// A whole object of metadata members.
pub(super) const METADATA: &str = "metadata";
/// `metadata.NAME`: one member.
const MEMBER: &str = "metadata.";

/// A name in its normal form: `FHIR Base URL` is `fhir_base_url`.
pub(in crate::fleet) fn normal(name: &str) -> String {
    name.trim().chars().map(|c| if c == ' ' || c == '-' { '_' } else { c.to_ascii_lowercase() }).collect()
}

/// Which of the names holds the FHIR base.
pub(super) fn base_name(names: &[String]) -> Option<&'static str> {
    BASE.into_iter().find(|base| names.iter().any(|name| name == base))
}

/// Whether a template may use the column. A token is not to be had by a template, which would send it about.
pub(super) fn is_variable(name: &str) -> bool {
    name != REGISTRATION_ENDPOINT
        && name != INITIAL_ACCESS_TOKEN
        && name != METADATA
        && !name.starts_with(MEMBER)
}

/// Puts one named value where it belongs; an empty one counts as not given.
pub(super) fn put(row: &mut SourceRow, name: &str, value: String) -> Result<(), RowProblem> {
    if value.trim().is_empty() {
        return Ok(());
    }
    if name == REGISTRATION_ENDPOINT {
        row.registration_endpoint = Some(value.trim().to_owned());
    } else if name == INITIAL_ACCESS_TOKEN {
        row.initial_access_token = Some(InitialAccessToken::new(value.trim()));
    } else if name == METADATA {
        let members: Map<String, Value> =
            serde_json::from_str(&value).map_err(|_| RowProblem::Metadata { name: METADATA })?;
        row.overrides.extend(members);
    } else if let Some(member) = name.strip_prefix(MEMBER) {
        // Lists and objects are written as JSON; anything else is the text itself.
        let listed = value.trim_start().starts_with(['[', '{']);
        let parsed = listed.then(|| serde_json::from_str::<Value>(&value).ok()).flatten();
        row.overrides.insert(member.to_owned(), parsed.unwrap_or(Value::String(value)));
    } else {
        row.columns.insert(name.to_owned(), value);
    }
    Ok(())
}

/// The row that one JSON object makes: its scalars are columns, `metadata` are members of this row.
pub(super) fn of_object(place: Place, members: Map<String, Value>) -> Result<SourceRow, RowProblem> {
    let names: Vec<String> = members.keys().map(|name| normal(name)).collect();
    let base = base_name(&names).ok_or(RowProblem::NoBase)?;
    let mut row = SourceRow::new(place, "");
    for (name, value) in members {
        let name = normal(&name);
        match value {
            Value::String(text) if name == base => row.base = text,
            Value::Object(members) if name == METADATA => row.overrides.extend(members),
            _ if name == METADATA => return Err(RowProblem::Metadata { name: METADATA }),
            Value::String(text) => put(&mut row, &name, text)?,
            scalar @ (Value::Bool(_) | Value::Number(_)) => put(&mut row, &name, scalar.to_string())?,
            Value::Null | Value::Array(_) | Value::Object(_) => {}
        }
    }
    if row.base.trim().is_empty() { Err(RowProblem::NoBase) } else { Ok(row) }
}
