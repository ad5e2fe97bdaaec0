use thiserror::Error;

/// Why something cannot be read as a revocation list.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CrlError {
    /// The list is longer than any that is read.
    #[error("the revocation list has {size} bytes, expected at most {limit}")]
    TooLarge {
        /// Its length.
        size: usize,
        /// The most that is read.
        limit: usize,
    },
    /// Neither PEM nor DER of a list.
    #[error("no revocation list found, expected `-----BEGIN X509 CRL-----` or DER")]
    NotFound,
    /// The list is damaged.
    #[error("the revocation list cannot be read: {detail}")]
    Malformed {
        /// Why.
        detail: String,
    },
    /// A kind of list that is not read: version 1, a delta, an indirect one, one without `nextUpdate`.
    #[error("the revocation list is of a kind that is not read here: {detail}")]
    Unsupported {
        /// Which.
        detail: String,
    },
}

impl CrlError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "crl-too-large",
            Self::NotFound => "crl-not-found",
            Self::Malformed { .. } => "crl-malformed",
            Self::Unsupported { .. } => "crl-unsupported",
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "ask the authority for a list by distribution point, or for OCSP",
            Self::NotFound | Self::Malformed { .. } => "look at it with `openssl crl -text`",
            Self::Unsupported { .. } => "ask the authority for a complete list of version 2 (RFC 5280 §5)",
        }
    }
}
