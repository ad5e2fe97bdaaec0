use std::fmt;
use std::sync::Arc;

use aws_lc_rs::digest;
use der::Decode;
use der::asn1::ObjectIdentifier;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::SubjectPublicKeyInfoDer;
use rustls_pki_types::UnixTime;

use crate::asn1::RawCertificate;
use crate::asn1::Signed;
use crate::asn1::unix_time;
use crate::certificate_error::CertificateError;
use crate::distinguished_name::DistinguishedName;
use crate::extensions::Extensions;
use crate::extensions::KeyUsage;
use crate::key_kind::KeyKind;
use crate::uri_name::UriName;

/// A certificate, read once; its DER is kept. A clone shares it, and two are equal byte for byte.
///
/// Nothing is trusted about it: that is [`PathVerification`](crate::PathVerification)'s to say.
///
/// Specification: RFC 5280 §4.
#[derive(Clone)]
pub struct Certificate(Arc<Parsed>);

struct Parsed {
    der: CertificateDer<'static>,
    fingerprint: [u8; 32],
    serial: Vec<u8>,
    subject: DistinguishedName,
    issuer: DistinguishedName,
    not_before: UnixTime,
    not_after: UnixTime,
    key: KeyKind,
    public_key: Vec<u8>,
    extensions: Extensions,
}

impl Certificate {
    /// The most bytes that a certificate may have.
    pub const MAX_BYTES: usize = 64 * 1024;

    /// Reads a certificate from DER.
    ///
    /// # Errors
    /// [`CertificateError`] when the bytes are too many, or no certificate.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        if der.is_empty() {
            return Err(CertificateError::Empty);
        }
        if der.len() > Self::MAX_BYTES {
            return Err(CertificateError::TooLarge { size: der.len(), limit: Self::MAX_BYTES });
        }
        let damaged = |error: der::Error| CertificateError::malformed("the certificate", error);
        let certificate = x509_cert::Certificate::from_der(der).map_err(damaged)?;
        let signed = Signed::read(der).map_err(damaged)?;
        let raw = RawCertificate::read(signed.body).map_err(damaged)?;
        let key = KeyKind::read(raw.public_key)
            .map_err(|error| CertificateError::malformed("the public key of the certificate", error))?;
        let body = certificate.tbs_certificate();
        let validity = body.validity();
        Ok(Self(Arc::new(Parsed {
            fingerprint: sha256(der),
            serial: raw.serial.to_vec(),
            subject: DistinguishedName::new(raw.subject),
            issuer: DistinguishedName::new(raw.issuer),
            not_before: unix_time(validity.not_before.to_unix_duration()),
            not_after: unix_time(validity.not_after.to_unix_duration()),
            key,
            public_key: raw.public_key.to_vec(),
            extensions: Extensions::read(body.extensions().map(Vec::as_slice).unwrap_or_default())?,
            der: CertificateDer::from(der.to_vec()),
        })))
    }

    /// The DER, as it was read.
    #[must_use]
    pub fn der(&self) -> &CertificateDer<'static> {
        &self.0.der
    }

    /// The SHA-256 of the DER in hexadecimal.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.0.fingerprint.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whom it names.
    #[must_use]
    pub fn subject(&self) -> &DistinguishedName {
        &self.0.subject
    }

    /// Who issued it, by its own word.
    #[must_use]
    pub fn issuer(&self) -> &DistinguishedName {
        &self.0.issuer
    }

    /// The serial number, big-endian, as the DER has it.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        &self.0.serial
    }

    /// The first second in which it is valid.
    #[must_use]
    pub fn not_before(&self) -> UnixTime {
        self.0.not_before
    }

    /// The last second in which it is valid.
    #[must_use]
    pub fn not_after(&self) -> UnixTime {
        self.0.not_after
    }

    /// What its key is.
    #[must_use]
    pub fn key_kind(&self) -> &KeyKind {
        &self.0.key
    }

    /// Its key as `SubjectPublicKeyInfo`, from which `safire_jose::PublicKey::from_spki` makes a verifying key.
    #[must_use]
    pub fn public_key(&self) -> SubjectPublicKeyInfoDer<'_> {
        SubjectPublicKeyInfoDer::from(self.0.public_key.as_slice())
    }

    /// What its key may be used for; nothing when the certificate does not restrict it.
    #[must_use]
    pub fn key_usages(&self) -> Option<&[KeyUsage]> {
        self.0.extensions.key_usages.as_deref()
    }

    /// Whether it is the certificate of an authority.
    #[must_use]
    pub fn is_ca(&self) -> bool {
        self.0.extensions.is_ca
    }

    /// How many intermediates may follow below it, when it says so.
    #[must_use]
    pub fn path_length(&self) -> Option<u8> {
        self.0.extensions.path_length
    }

    /// The identifier of its own key.
    #[must_use]
    pub fn subject_key_id(&self) -> Option<&[u8]> {
        self.0.extensions.subject_key_id.as_deref()
    }

    /// The identifier of its issuer's key.
    #[must_use]
    pub fn authority_key_id(&self) -> Option<&[u8]> {
        self.0.extensions.authority_key_id.as_deref()
    }

    /// Its names of the URI kind.
    #[must_use]
    pub fn uri_names(&self) -> &[UriName] {
        &self.0.extensions.uri_names
    }

    /// Its alternative names of other kinds, for messages only.
    #[must_use]
    pub fn other_names(&self) -> &[String] {
        &self.0.extensions.other_names
    }

    /// Where its revocation list is.
    #[must_use]
    pub fn crl_urls(&self) -> &[String] {
        &self.0.extensions.crl_urls
    }

    /// Where its issuer's certificate is.
    #[must_use]
    pub fn issuer_urls(&self) -> &[String] {
        &self.0.extensions.issuer_urls
    }

    /// Where its OCSP responder is.
    #[must_use]
    pub fn ocsp_urls(&self) -> &[String] {
        &self.0.extensions.ocsp_urls
    }

    pub(crate) fn public_key_bytes(&self) -> &[u8] {
        &self.0.public_key
    }

    pub(crate) fn fingerprint_bytes(&self) -> [u8; 32] {
        self.0.fingerprint
    }

    pub(crate) fn allows(&self, usage: KeyUsage) -> Option<bool> {
        self.key_usages().map(|usages| usages.contains(&usage))
    }

    pub(crate) fn purposes(&self) -> &[ObjectIdentifier] {
        &self.0.extensions.purposes
    }

    pub(crate) fn needs_no_revocation_check(&self) -> bool {
        self.0.extensions.no_check
    }

    pub(crate) fn is_self_issued(&self) -> bool {
        self.subject() == self.issuer()
    }

    /// Same name and same key: for a path the same authority.
    pub(crate) fn is_same_authority(&self, other: &Self) -> bool {
        self.subject() == other.subject() && self.0.public_key == other.0.public_key
    }

    /// How a message names it: subject and the start of its fingerprint, as subjects recur.
    pub(crate) fn label(&self) -> String {
        let start: String = self.fingerprint().chars().take(8).collect();
        format!("`{}` ({start})", self.subject())
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", self.label())
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut fingerprint = [0; 32];
    fingerprint.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    fingerprint
}
