//! What is wrong with certifications, before anything is sent.

use std::borrow::Cow;

use thiserror::Error;

use super::identity_error::IdentityError;
use crate::fault::Diagnose;
use crate::fault::Fault;

/// What is wrong with certifications; nothing was sent.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum CertificationError {
    /// One of them is no signed JWT.
    #[error("`certifications` has at place {index} something that is not a compact JWS")]
    NotJws {
        /// Its place, counted from 0.
        index: usize,
    },
    /// The server wants some, and there is none.
    #[error("`certifications` is empty, and the server requires: {}", .required.join(", "))]
    Required {
        /// The URIs that the server lists.
        required: Vec<String>,
    },
    /// A claim of an own certification breaks a rule.
    #[error("the certification's `{claim}` {reason}")]
    Claim {
        /// Its name.
        claim: &'static str,
        /// What is wrong.
        reason: &'static str,
    },
    /// The signer cannot sign as itself.
    #[error(transparent)]
    Identity(IdentityError),
}

impl Diagnose for CertificationError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotJws { .. } => "udap-certification-not-jws",
            Self::Required { .. } => "udap-certification-required",
            Self::Claim { .. } => "udap-certification-claim",
            Self::Identity(error) => error.code(),
        }
    }

    fn fault(&self) -> Fault {
        Fault::Caller
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(match self {
            Self::NotJws { .. } => "give each certification as it was issued: three parts with dots between",
            Self::Required { .. } => {
                "get the certification from the community, or sign it yourself where its definition says so"
            }
            Self::Claim { .. } => "UDAP Security 2.0 §7.4.1 has the rules",
            Self::Identity(error) => return error.hint(),
        }))
    }
}
