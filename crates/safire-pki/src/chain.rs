use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::certificate::Certificate;
use crate::certificate_error::CertificateError;
use crate::certificate_file::read_certificates;

/// Certificates as they are sent: the leaf first, then whatever may help to reach an anchor, in any order.
///
/// Specification: RFC 7515 §4.1.6 (`x5c`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    leaf: Certificate,
    others: Vec<Certificate>,
}

impl Chain {
    /// The most certificates that a chain may have.
    pub const MAX_CERTIFICATES: usize = 16;

    /// Puts a chain together.
    ///
    /// # Errors
    /// [`CertificateError::TooMany`] above [`Self::MAX_CERTIFICATES`].
    pub fn new(leaf: Certificate, others: Vec<Certificate>) -> Result<Self, CertificateError> {
        check_count(others.len() + 1)?;
        Ok(Self { leaf, others })
    }

    /// Reads a PEM text, one DER certificate or a PKCS#7 envelope.
    ///
    /// # Errors
    /// [`CertificateError`] when there is none, one is malformed or they are too many.
    pub fn parse(bytes: &[u8]) -> Result<Self, CertificateError> {
        Self::of(read_certificates(bytes, Self::MAX_CERTIFICATES)?)
    }

    /// Reads a list of DER certificates.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn from_der<B: AsRef<[u8]>>(list: &[B]) -> Result<Self, CertificateError> {
        check_count(list.len())?;
        Self::of(list.iter().map(|der| Certificate::from_der(der.as_ref())).collect::<Result<_, _>>()?)
    }

    /// Reads the elements of an `x5c` header.
    ///
    /// # Errors
    /// As [`Self::parse`], and [`CertificateError::Base64`] where an element is not plain base64.
    pub fn from_x5c<S: AsRef<str>>(elements: &[S]) -> Result<Self, CertificateError> {
        check_count(elements.len())?;
        let mut list = Vec::with_capacity(elements.len());
        for (index, element) in elements.iter().enumerate() {
            let text = element.as_ref();
            // Checked before decoding: base64 has four characters for three bytes.
            if text.len() / 4 * 3 > Certificate::MAX_BYTES + 3 {
                return Err(CertificateError::TooLarge {
                    size: text.len() / 4 * 3,
                    limit: Certificate::MAX_BYTES,
                });
            }
            list.push(STANDARD.decode(text).map_err(|_| CertificateError::Base64 { index })?);
        }
        Self::from_der(&list)
    }

    /// The first certificate: of the one who signs.
    #[must_use]
    pub const fn leaf(&self) -> &Certificate {
        &self.leaf
    }

    /// The others, as they were sent.
    #[must_use]
    pub fn others(&self) -> &[Certificate] {
        &self.others
    }

    /// All of them, the leaf first.
    pub fn iter(&self) -> impl Iterator<Item = &Certificate> {
        std::iter::once(&self.leaf).chain(&self.others)
    }

    /// The elements for an `x5c` header.
    #[must_use]
    pub fn to_x5c(&self) -> Vec<String> {
        self.iter().map(|certificate| STANDARD.encode(certificate.der())).collect()
    }

    fn of(list: Vec<Certificate>) -> Result<Self, CertificateError> {
        let mut list = list.into_iter();
        let leaf = list.next().ok_or(CertificateError::NotFound)?;
        Ok(Self { leaf, others: list.collect() })
    }
}

const fn check_count(count: usize) -> Result<(), CertificateError> {
    match count {
        0 => Err(CertificateError::NotFound),
        1..=Chain::MAX_CERTIFICATES => Ok(()),
        count => Err(CertificateError::TooMany { count, limit: Chain::MAX_CERTIFICATES }),
    }
}
