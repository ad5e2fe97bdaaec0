//! What is wrong with the metadata of a client, before anything is sent.

use std::borrow::Cow;

use thiserror::Error;

use crate::fault::Diagnose;
use crate::fault::Fault;

/// The first rule that the metadata break. The value is never shown.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the client metadata are not usable: `{attribute}` {reason}")]
#[non_exhaustive]
pub struct UdapClientMetadataError {
    /// The member.
    pub attribute: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl UdapClientMetadataError {
    pub(super) fn new(attribute: &str, reason: &'static str) -> Self {
        let attribute = attribute.chars().filter(|c| !c.is_control()).take(100).collect();
        Self { attribute, reason }
    }
}

impl Diagnose for UdapClientMetadataError {
    fn code(&self) -> &'static str {
        "udap-client-metadata"
    }

    fn fault(&self) -> Fault {
        Fault::Caller
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed("nothing was sent: mend the member; UDAP Security 2.0 §3.1 has the rules"))
    }
}
