//! What is wrong with a template.

use std::borrow::Cow;

use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::registration::MetadataError;
use thiserror::Error;

/// What is wrong with a template, or with what one row makes of it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// A brace without its partner.
    #[error("the template has a single `{brace}` in {text:?}")]
    Brace {
        /// The brace.
        brace: char,
        /// The text it stands in, clipped.
        text: String,
    },
    /// A name that no variable has.
    #[error("the template has `{{{name}}}`, which is no name of a variable")]
    Name {
        /// What stands between the braces, clipped.
        name: String,
    },
    /// A variable that the list does not have.
    #[error("the template uses `{{{name}}}`, which the list does not have; it has {}", known.join(", "))]
    Unknown {
        /// The variable.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// A variable that has no value in this row.
    #[error("the template uses `{{{name}}}`, which is empty in this row")]
    Empty {
        /// The variable.
        name: String,
    },
    /// What comes out breaks a local rule.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
}

impl Diagnose for TemplateError {
    fn code(&self) -> &'static str {
        match self {
            Self::Brace { .. } => "template-brace",
            Self::Name { .. } => "template-name",
            Self::Unknown { .. } => "template-unknown-variable",
            Self::Empty { .. } => "template-empty-variable",
            Self::Metadata(error) => error.code(),
        }
    }

    fn fault(&self) -> Fault {
        Fault::Caller
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(match self {
            Self::Brace { .. } => "write a brace that is meant twice: `{{` or `}}`",
            Self::Name { .. } => {
                "a name has letters, digits, `_`, `-` and `.`; write a brace that is meant twice: `{{`"
            }
            Self::Unknown { .. } => "check its spelling, or add the column to the list",
            Self::Empty { .. } => {
                "fill the cell, or give this row its own member in a column `metadata.NAME`"
            }
            Self::Metadata(error) => return error.hint(),
        }))
    }
}
