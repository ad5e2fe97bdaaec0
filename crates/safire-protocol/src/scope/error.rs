use std::borrow::Cow;

use thiserror::Error;

use crate::fault::Diagnose;
use crate::fault::Fault;

/// Why a text is not a scope that may be sent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ScopeError {
    /// There is nothing in it.
    #[error("the scope is empty")]
    Empty,
    /// A character stands in it that RFC 6749 §3.3 does not allow.
    #[error("the scope `{}` has the character {character:?} at byte {at}, which no scope may hold", scope.escape_debug())]
    Character {
        /// The scope.
        scope: String,
        /// The character.
        character: char,
        /// Its place in the scope, in bytes from 0.
        at: usize,
    },
}

impl Diagnose for ScopeError {
    fn code(&self) -> &'static str {
        match self {
            Self::Empty => "scope-empty",
            Self::Character { .. } => "scope-character",
        }
    }

    fn fault(&self) -> Fault {
        Fault::Caller
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(match self {
            Self::Empty => "say what the app needs, such as `launch/patient patient/*.rs openid fhirUser`",
            Self::Character { character: ' ', .. } => "scopes are separated by one space each, RFC 6749 §3.3",
            Self::Character { .. } => {
                "a scope is printable ASCII without space, quotation mark and backslash, RFC 6749 §3.3"
            }
        }))
    }
}

/// RFC 6749 §3.3: `%x21 / %x23-5B / %x5D-7E`.
pub(super) fn check(scope: &str) -> Result<(), ScopeError> {
    if scope.is_empty() {
        return Err(ScopeError::Empty);
    }
    match scope.char_indices().find(|(_, c)| !matches!(c, '!' | '#'..='[' | ']'..='~')) {
        None => Ok(()),
        Some((at, character)) => Err(ScopeError::Character { scope: scope.to_owned(), character, at }),
    }
}
