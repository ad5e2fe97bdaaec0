use thiserror::Error;

/// Why something cannot be read as a certificate or as a chain of them.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// There is nothing there.
    #[error("no certificate: there are no bytes")]
    Empty,
    /// The certificate is longer than any that is used.
    #[error("the certificate has {size} bytes, expected at most {limit}")]
    TooLarge {
        /// Its length.
        size: usize,
        /// The most that is read.
        limit: usize,
    },
    /// More certificates than are read.
    #[error("there are {count} certificates or more, expected at most {limit}")]
    TooMany {
        /// How many were counted.
        count: usize,
        /// The most that are read.
        limit: usize,
    },
    /// The text is no PEM.
    #[error("the PEM text cannot be read: {detail}")]
    Pem {
        /// Why.
        detail: String,
    },
    /// No certificate is in the text.
    #[error("no certificate found, expected `-----BEGIN CERTIFICATE-----` or DER")]
    NotFound,
    /// An element of `x5c` is no base64 (RFC 7515 §4.1.6: with padding, without line breaks, and not base64url).
    #[error("element {index} of the chain is not base64")]
    Base64 {
        /// Its place, counted from 0.
        index: usize,
    },
    /// The bytes are no certificate.
    #[error("{what} cannot be read: {detail}")]
    Malformed {
        /// The part.
        what: String,
        /// Why.
        detail: String,
    },
    /// An extension is there twice (RFC 5280 §4.2).
    #[error("the extension {oid} is there twice")]
    DuplicateExtension {
        /// Its object identifier.
        oid: String,
    },
}

impl CertificateError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "certificate-empty",
            Self::TooLarge { .. } => "certificate-too-large",
            Self::TooMany { .. } => "certificate-too-many",
            Self::Pem { .. } => "certificate-pem",
            Self::NotFound => "certificate-not-found",
            Self::Base64 { .. } => "certificate-base64",
            Self::Malformed { .. } => "certificate-malformed",
            Self::DuplicateExtension { .. } => "certificate-duplicate-extension",
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Empty | Self::NotFound => "give the certificates as PEM or DER, the leaf first",
            Self::TooLarge { .. } | Self::TooMany { .. } => {
                "a chain holds the leaf and its few intermediates; leave everything else out"
            }
            Self::Pem { .. } => "check that no line of the PEM text is missing or changed",
            Self::Base64 { .. } => "`x5c` holds the DER of each certificate in plain base64, in one line",
            Self::Malformed { .. } | Self::DuplicateExtension { .. } => {
                "have the certificate issued anew, or look at it with `openssl x509 -text`"
            }
        }
    }

    pub(crate) fn malformed(what: &str, detail: der::Error) -> Self {
        Self::Malformed { what: what.to_owned(), detail: detail.to_string() }
    }
}
