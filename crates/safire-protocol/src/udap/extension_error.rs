//! What is wrong with an authorization extension object.

use std::borrow::Cow;

use thiserror::Error;

use crate::fault::Diagnose;
use crate::fault::Fault;

/// The first rule that an authorization extension object breaks. The value is never shown: it may name a patient.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the authorization extension `{extension}` is not usable: `{member}` {reason}")]
#[non_exhaustive]
pub struct ExtensionError {
    /// The key name of the object.
    pub extension: &'static str,
    /// The member.
    pub member: &'static str,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl ExtensionError {
    pub(super) const fn new(extension: &'static str, member: &'static str, reason: &'static str) -> Self {
        Self { extension, member, reason }
    }
}

impl Diagnose for ExtensionError {
    fn code(&self) -> &'static str {
        "authorization-extension-not-usable"
    }

    fn fault(&self) -> Fault {
        Fault::Caller
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(
            "nothing was sent: mend the member; UDAP Security 2.0 §5.2.1.1 and the community's own rules say how",
        ))
    }
}
