//! The parameters of an authorization request, and the fields of a page's form.

use crate::asked::Asked;

/// Names with their values; those without a value are left out (RFC 6749 §3.1).
#[derive(Debug, Default)]
pub(crate) struct Parameters {
    fields: Vec<(String, String)>,
    doubled: Option<String>,
}

impl Parameters {
    /// From the query of a GET request.
    pub(super) fn of_query(asked: &Asked) -> Self {
        Self::parse(asked.query.as_deref().unwrap_or_default().as_bytes(), &[])
    }

    /// From a form; the names in `lists` may be there more than once.
    pub(super) fn of_form(asked: &Asked, lists: &[&str]) -> Result<Self, &'static str> {
        if asked.media_type().as_deref() != Some("application/x-www-form-urlencoded") {
            return Err("The Content-Type must be application/x-www-form-urlencoded.");
        }
        Ok(Self::parse(&asked.body, lists))
    }

    fn parse(encoded: &[u8], lists: &[&str]) -> Self {
        let mut parameters = Self::default();
        for (name, value) in url::form_urlencoded::parse(encoded) {
            let known = parameters.fields.iter().any(|(known, _)| *known == name);
            if known && !lists.contains(&name.as_ref()) && parameters.doubled.is_none() {
                parameters.doubled = Some(name.clone().into_owned());
            }
            parameters.fields.push((name.into_owned(), value.into_owned()));
        }
        parameters.fields.retain(|(_, value)| !value.is_empty());
        parameters
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// RFC 6749 §3.1: the first parameter that is there twice.
    pub(super) fn doubled(&self) -> Option<&str> {
        self.doubled.as_deref()
    }
}
