//! The form of a token request.

use crate::asked::Asked;
use crate::token::refusal::Refusal;

/// The parameters, each there once.
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// RFC 6749 §3.2: a form in the body, no parameter twice, those without a value left out.
    pub(crate) fn read(asked: &Asked) -> Result<Self, Refusal> {
        if asked.query.is_some() {
            return Err(Refusal::request("parameters belong into the body, not into the URL"));
        }
        if asked.media_type().as_deref() != Some("application/x-www-form-urlencoded") {
            return Err(Refusal::request("the Content-Type must be application/x-www-form-urlencoded"));
        }
        let mut fields: Vec<(String, String)> = Vec::new();
        for (name, value) in url::form_urlencoded::parse(&asked.body) {
            if fields.iter().any(|(known, _)| *known == name) {
                return Err(Refusal::request(format!("the parameter {name} is there twice")));
            }
            fields.push((name.into_owned(), value.into_owned()));
        }
        fields.retain(|(_, value)| !value.is_empty());
        Ok(Self(fields))
    }

    #[cfg(test)]
    pub(super) fn of(fields: &[(&str, &str)]) -> Self {
        Self(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    pub(crate) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| Refusal::request(format!("{name} is missing")))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}
