use std::fmt;

use rustls_pki_types::UnixTime;
use thiserror::Error;

use crate::asn1::printable;
use crate::need::Need;

/// How it is known of a certificate of a trusted path that it is not revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevocationStatus {
    /// A current list or answer, signed by the issuer, tells so.
    NotRevoked {
        /// Which.
        source: String,
        /// When a newer one is due.
        until: UnixTime,
    },
    /// Nothing tells, and the policy accepts that.
    Unknown {
        /// What was tried.
        tried: Vec<Tried>,
    },
    /// The policy does not look.
    NotChecked,
}

/// A list, responder or URL that was asked, and why it was of no use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    source: String,
    problem: RevocationProblem,
}

/// Why a list or an answer does not count.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RevocationProblem {
    /// There is no list at hand, and the certificate names neither a list nor a responder.
    #[error("no list was given, and the certificate names none")]
    NoSource,
    /// It could not be fetched.
    #[error("not fetched: {0}")]
    NotFetched(String),
    /// Nothing more is fetched, or no more signatures are checked, in this verification.
    #[error("not tried: the limits of this verification are reached")]
    Limit,
    /// It is longer than what is read.
    #[error("it has {size} bytes, expected at most {limit}")]
    TooLarge {
        /// Its length.
        size: usize,
        /// The most that is read.
        limit: usize,
    },
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Malformed(String),
    /// The list is of another authority.
    #[error("it is the list of {0}")]
    OtherIssuer(String),
    /// The issuer's key did not make the signature.
    #[error("it was not signed by the key of the certificate's issuer")]
    Signature,
    /// The signature algorithm is not allowed.
    #[error("{0}")]
    SignatureAlgorithm(String),
    /// The issuer is not certified to sign lists.
    #[error("the key usage of the issuer does not have cRLSign")]
    SignerUsage,
    /// It is of the future.
    #[error("it is current only from {from}")]
    NotYetCurrent {
        /// When it is current.
        from: String,
    },
    /// A newer one is due.
    #[error("it expired at {at}")]
    Expired {
        /// When.
        at: String,
    },
    /// It does not say when the next one is due.
    #[error("it does not say when the next one is due")]
    NoNextUpdate,
    /// The list does not speak for the certificate.
    #[error("it does not speak for this certificate: {0}")]
    Scope(&'static str),
    /// The responder answered with an error.
    #[error("the responder answered {0}")]
    OcspRefused(String),
    /// The responder answered for another certificate.
    #[error("the responder answered for another certificate")]
    OcspOtherCertificate,
    /// The responder does not know the certificate.
    #[error("the responder does not know the certificate")]
    OcspUnknown,
    /// The answer is not signed by one who may.
    #[error("the responder may not answer for the issuer: {0}")]
    OcspSigner(&'static str),
}

impl Tried {
    pub(crate) fn new(need: &Need, problem: RevocationProblem) -> Self {
        Self { source: format!("{} {}", need.what(), printable(need.url())), problem }
    }

    pub(crate) fn at(source: impl Into<String>, problem: RevocationProblem) -> Self {
        Self { source: source.into(), problem }
    }

    /// What was asked.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Why it was of no use.
    #[must_use]
    pub const fn problem(&self) -> &RevocationProblem {
        &self.problem
    }
}

impl fmt::Display for Tried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.source, self.problem)
    }
}
