//! Why a fleet is not begun.

use std::borrow::Cow;

use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;

use super::Error;
use crate::fleet::TemplateError;
use crate::fleet::source::SourceError;

/// Why a fleet is not begun; nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FleetError {
    /// The list cannot be used.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The template cannot be used.
    #[error(transparent)]
    Template(#[from] TemplateError),
}

impl FleetError {
    fn inner(&self) -> &dyn Diagnose {
        match self {
            Self::Source(error) => error,
            Self::Template(error) => error,
        }
    }
}

impl Diagnose for FleetError {
    fn code(&self) -> &'static str {
        self.inner().code()
    }

    fn fault(&self) -> Fault {
        self.inner().fault()
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        self.inner().hint()
    }
}

impl From<SourceError> for Error {
    fn from(error: SourceError) -> Self {
        Self::Fleet(error.into())
    }
}

impl From<TemplateError> for Error {
    fn from(error: TemplateError) -> Self {
        Self::Fleet(error.into())
    }
}
