//! One template of client metadata for a whole fleet, with `{variables}` from the columns of the list.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use safire_protocol::registration::ClientMetadata;
use serde_json::Map;
use serde_json::Value;

use super::template_error::TemplateError;

/// Client metadata with `{variables}` in their texts; `{{` and `}}` stand for braces.
///
/// Every list has `{base_url}`, `{host}` and `{line}`; the rest are its columns, their names in lower case and with
/// `_` for blanks.
#[derive(Clone)]
pub struct Template {
    members: Map<String, Value>,
    variables: BTreeSet<String>,
}

/// The variables that every list has.
const BUILT_IN: [&str; 3] = ["base_url", "host", "line"];

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// [`TemplateError`] for a lone brace, an impossible name, or a member of the wrong kind.
    pub fn parse(members: Map<String, Value>) -> Result<Self, TemplateError> {
        let mut variables = BTreeSet::new();
        for value in members.values() {
            collect(value, &mut variables)?;
        }
        // Its kinds do not hang on a row, so a mistake in them shows now.
        ClientMetadata::from_json(members.clone())?;
        Ok(Self { members, variables })
    }

    /// The members, as they were written.
    #[must_use]
    pub const fn members(&self) -> &Map<String, Value> {
        &self.members
    }

    /// Sets a member that has no variables.
    pub(super) fn set(&mut self, name: &str, value: Value) {
        self.members.insert(name.to_owned(), value);
    }

    /// The names of the variables in it.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(String::as_str)
    }

    /// Checks that a list with these columns has every variable.
    ///
    /// # Errors
    /// [`TemplateError::Unknown`] for the first one that it lacks.
    pub fn check(&self, columns: &BTreeSet<String>) -> Result<(), TemplateError> {
        let missing = self.variables().find(|name| !BUILT_IN.contains(name) && !columns.contains(*name));
        match missing {
            None => Ok(()),
            Some(name) => {
                let known = BUILT_IN.into_iter().chain(columns.iter().map(String::as_str));
                Err(TemplateError::Unknown {
                    name: name.to_owned(),
                    known: known.take(40).map(|name| format!("`{{{name}}}`")).collect(),
                })
            }
        }
    }

    /// The metadata of one row: the template with its variables, then the row's own members; a null takes one out.
    ///
    /// # Errors
    /// [`TemplateError`] when a variable is empty, or a member has the wrong kind.
    pub fn expand(
        &self,
        variables: &BTreeMap<String, String>,
        overrides: &Map<String, Value>,
    ) -> Result<ClientMetadata, TemplateError> {
        let mut members = Map::new();
        for (name, value) in &self.members {
            if !overrides.contains_key(name) {
                members.insert(name.clone(), filled(value, variables)?);
            }
        }
        members.extend(overrides.iter().map(|(name, value)| (name.clone(), value.clone())));
        Ok(ClientMetadata::from_json(members)?)
    }
}

/// Names only: a statement in it may be a secret.
impl std::fmt::Debug for Template {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&String> = self.members.keys().collect();
        f.debug_struct("Template").field("members", &names).field("variables", &self.variables).finish()
    }
}

fn collect(value: &Value, into: &mut BTreeSet<String>) -> Result<(), TemplateError> {
    match value {
        Value::String(text) => {
            for piece in pieces(text)? {
                if let Piece::Variable(name) = piece {
                    into.insert(name);
                }
            }
            Ok(())
        }
        Value::Array(items) => items.iter().try_for_each(|item| collect(item, into)),
        Value::Object(members) => members.values().try_for_each(|item| collect(item, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

fn filled(value: &Value, variables: &BTreeMap<String, String>) -> Result<Value, TemplateError> {
    Ok(match value {
        Value::String(text) if text.contains(['{', '}']) => {
            let mut done = String::with_capacity(text.len());
            for piece in pieces(text)? {
                match piece {
                    Piece::Text(text) => done.push_str(&text),
                    Piece::Variable(name) => match variables.get(&name) {
                        Some(value) => done.push_str(value),
                        None => return Err(TemplateError::Empty { name }),
                    },
                }
            }
            Value::String(done)
        }
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| filled(item, variables)).collect::<Result<_, _>>()?)
        }
        Value::Object(members) => {
            let filled = members
                .iter()
                .map(|(name, item)| Ok((name.clone(), filled(item, variables)?)))
                .collect::<Result<_, TemplateError>>()?;
            Value::Object(filled)
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    })
}

enum Piece {
    Text(String),
    Variable(String),
}

fn pieces(text: &str) -> Result<Vec<Piece>, TemplateError> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, behind) = rest.split_at(at);
        found.push(Piece::Text(before.to_owned()));
        if let Some(behind) = behind.strip_prefix("{{") {
            found.push(Piece::Text("{".to_owned()));
            rest = behind;
        } else if let Some(behind) = behind.strip_prefix("}}") {
            found.push(Piece::Text("}".to_owned()));
            rest = behind;
        } else if let Some(behind) = behind.strip_prefix('{') {
            let (name, behind) = behind.split_once('}').ok_or_else(|| lone('{', text))?;
            found.push(Piece::Variable(variable(name)?));
            rest = behind;
        } else {
            return Err(lone('}', text));
        }
    }
    found.push(Piece::Text(rest.to_owned()));
    Ok(found)
}

fn variable(name: &str) -> Result<String, TemplateError> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    if name.is_empty() || !name.chars().all(plain) {
        return Err(TemplateError::Name {
            name: name.chars().filter(|c| !c.is_control()).take(60).collect(),
        });
    }
    Ok(super::source::normal_name(name))
}

fn lone(brace: char, text: &str) -> TemplateError {
    TemplateError::Brace { brace, text: text.chars().filter(|c| !c.is_control()).take(60).collect() }
}
