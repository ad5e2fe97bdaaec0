//! An error that left a record behind.

use std::borrow::Cow;
use std::fmt;

use safire_protocol::fault::Diagnose;

use super::Error;
use crate::store::RecordId;

/// An error together with the record that it left behind; it reads like the error itself.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct OfRecord {
    /// The record.
    pub id: RecordId,
    /// The error.
    pub error: Box<Error>,
}

impl fmt::Display for OfRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for OfRecord {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}

impl OfRecord {
    pub(super) fn hint(&self) -> Option<Cow<'_, str>> {
        if matches!(&*self.error, Error::Registration(error) if error.is_definite_refusal()) {
            return self.error.hint();
        }
        let (id, first) = (&self.id, self.error.hint().map(|hint| format!("{hint}; ")).unwrap_or_default());
        Some(Cow::Owned(format!(
            "{first}registration `{id}` stays in doubt: `safire registration show {id}` tells what is known"
        )))
    }
}
