use aws_lc_rs::digest;
use der::Sequence;
use der::asn1::Any;
use der::asn1::Null;
use der::asn1::ObjectIdentifier;
use der::asn1::OctetString;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::AlgorithmIdentifierOwned;
use x509_cert::spki::SubjectPublicKeyInfoRef;

use crate::certificate::Certificate;

/// A certificate by its issuer and serial number (RFC 6960 §4.1.1).
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub(crate) struct CertId {
    hash_algorithm: AlgorithmIdentifierOwned,
    issuer_name_hash: OctetString,
    issuer_key_hash: OctetString,
    serial_number: SerialNumber,
}

impl CertId {
    /// With SHA-1, which every responder knows (RFC 5019 §2.1.1). Nothing is protected by the hash.
    pub(crate) fn new(certificate: &Certificate, issuer: &Certificate) -> der::Result<Self> {
        let hash_algorithm = AlgorithmIdentifierOwned { oid: SHA1, parameters: Some(Any::from(Null)) };
        Self::with(&digest::SHA1_FOR_LEGACY_USE_ONLY, hash_algorithm, certificate, issuer)
    }

    /// Whether it means this certificate, by whichever hash the responder chose.
    pub(crate) fn means(&self, certificate: &Certificate, issuer: &Certificate) -> bool {
        let algorithm = match self.hash_algorithm.oid {
            SHA1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            SHA256 => &digest::SHA256,
            _ => return false,
        };
        Self::with(algorithm, self.hash_algorithm.clone(), certificate, issuer).is_ok_and(|own| own == *self)
    }

    fn with(
        algorithm: &'static digest::Algorithm,
        hash_algorithm: AlgorithmIdentifierOwned,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> der::Result<Self> {
        Ok(Self {
            hash_algorithm,
            issuer_name_hash: hash(algorithm, certificate.issuer().as_der())?,
            issuer_key_hash: hash(algorithm, key_bits(issuer)?)?,
            serial_number: SerialNumber::new(without_sign_byte(certificate.serial()))?,
        })
    }
}

/// The SHA-1 of the key, by which a responder may name itself (RFC 6960 §4.2.1).
pub(super) fn key_hash(certificate: &Certificate) -> Option<OctetString> {
    hash(&digest::SHA1_FOR_LEGACY_USE_ONLY, key_bits(certificate).ok()?).ok()
}

/// The bits of the key without tag, length and count of unused bits.
fn key_bits(certificate: &Certificate) -> der::Result<&[u8]> {
    let info: SubjectPublicKeyInfoRef<'_> = der::Decode::from_der(certificate.public_key_bytes())?;
    info.subject_public_key.as_bytes().ok_or_else(|| der::Tag::BitString.value_error().into())
}

fn hash(algorithm: &'static digest::Algorithm, bytes: &[u8]) -> der::Result<OctetString> {
    OctetString::new(digest::digest(algorithm, bytes).as_ref())
}

fn without_sign_byte(serial: &[u8]) -> &[u8] {
    serial.strip_prefix(&[0]).filter(|rest| !rest.is_empty()).unwrap_or(serial)
}

const SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
