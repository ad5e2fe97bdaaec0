use std::fmt;
use std::sync::Arc;

use der::Decode;
use der::Reader;
use der::SliceReader;
use der::Tag;
use der::asn1::AnyRef;
use der::asn1::ObjectIdentifier;
use rustls_pki_types::UnixTime;
use webpki::BorrowedCertRevocationList;
use webpki::CertRevocationList;
use webpki::Error;
use webpki::RevocationReason;
use x509_cert::ext::Extensions;
use x509_cert::ext::pkix::IssuingDistributionPoint;
use x509_cert::time::Time;

use crate::asn1::Signed;
use crate::asn1::contents;
use crate::asn1::shown;
use crate::asn1::unix_time;
use crate::certificate::Certificate;
use crate::certificate::sha256;
use crate::crl_error::CrlError;
use crate::distinguished_name::DistinguishedName;
use crate::extensions::urls_of;
use crate::pem::next_block;

/// A revocation list: complete, of version 2, with `nextUpdate`. A clone shares it.
///
/// Its entries are not copied: each question reads through them.
///
/// Specification: RFC 5280 §5.
#[derive(Clone)]
pub struct Crl(Arc<Parsed>);

struct Parsed {
    der: Vec<u8>,
    fingerprint: [u8; 32],
    head: Head,
    label: String,
}

/// What precedes and follows the entries.
struct Head {
    issuer: DistinguishedName,
    this_update: UnixTime,
    next_update: Option<UnixTime>,
    scope: Option<IssuingDistributionPoint>,
}

/// What a list says of a certificate.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    NotListed,
    Revoked {
        at: UnixTime,
        reason: String,
        /// Only put on hold: a later list may release it (RFC 5280 §5.3.1).
        on_hold: bool,
    },
}

impl Crl {
    /// The most bytes that a list may have.
    pub const MAX_BYTES: usize = 16 * 1024 * 1024;

    /// Reads every list of a PEM text, or the DER of one.
    ///
    /// # Errors
    /// [`CrlError`] when there is none, or one is too large, malformed or of a kind that is not read.
    pub fn parse(bytes: &[u8]) -> Result<Vec<Self>, CrlError> {
        if bytes.first() == Some(&0x30) {
            return Ok(vec![Self::from_der(bytes)?]);
        }
        check_size(bytes.len())?;
        let mut lists = Vec::new();
        let mut rest = bytes;
        while let Some(block) = next_block(rest, "X509 CRL") {
            lists.push(Self::from_der(&block.der.map_err(|detail| CrlError::Malformed { detail })?)?);
            rest = block.rest;
        }
        if lists.is_empty() { Err(CrlError::NotFound) } else { Ok(lists) }
    }

    /// Reads one list from DER.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn from_der(der: &[u8]) -> Result<Self, CrlError> {
        check_size(der.len())?;
        BorrowedCertRevocationList::from_der(der).map_err(|error| unreadable(&error))?;
        let head = Head::read(der).map_err(|error| CrlError::Malformed { detail: error.to_string() })?;
        let label = format!("of `{}`, made {}", head.issuer, shown(head.this_update));
        Ok(Self(Arc::new(Parsed { der: der.to_vec(), fingerprint: sha256(der), head, label })))
    }

    /// The DER, as it was read.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// Who issued it, by its own word.
    #[must_use]
    pub fn issuer(&self) -> &DistinguishedName {
        &self.0.head.issuer
    }

    /// When it was made.
    #[must_use]
    pub fn this_update(&self) -> UnixTime {
        self.0.head.this_update
    }

    /// When the next one is due at the latest.
    #[must_use]
    pub fn next_update(&self) -> Option<UnixTime> {
        self.0.head.next_update
    }

    pub(crate) fn fingerprint(&self) -> [u8; 32] {
        self.0.fingerprint
    }

    /// How a message names it. Worded once: a verification that succeeds names its lists too.
    pub(crate) fn label(&self) -> &str {
        &self.0.label
    }

    /// Whether the certificate is on the list.
    pub(crate) fn entry_of(&self, certificate: &Certificate) -> Result<Entry, CrlError> {
        let list = BorrowedCertRevocationList::from_der(&self.0.der).map_err(|error| unreadable(&error))?;
        let list = CertRevocationList::from(list);
        let found = list.find_serial(certificate.serial()).map_err(|error| unreadable(&error))?;
        Ok(found.map_or(Entry::NotListed, |entry| Entry::Revoked {
            at: entry.revocation_date,
            on_hold: entry.reason_code == Some(RevocationReason::CertificateHold),
            reason: entry
                .reason_code
                .map_or_else(|| "no reason given".to_owned(), |reason| format!("{reason:?}")),
        }))
    }

    /// Why the list does not speak for the certificate, if it does not (RFC 5280 §6.3.3 (b)).
    pub(crate) fn out_of_scope(&self, certificate: &Certificate) -> Option<&'static str> {
        let scope = self.0.head.scope.as_ref()?;
        if scope.indirect_crl || scope.only_contains_attribute_certs || scope.only_some_reasons.is_some() {
            return Some("it is indirect, for attribute certificates or for some reasons only");
        }
        if scope.only_contains_user_certs && certificate.is_ca() {
            return Some("it is for the certificates of users only");
        }
        if scope.only_contains_ca_certs && !certificate.is_ca() {
            return Some("it is for the certificates of authorities only");
        }
        let urls = urls_of(scope.distribution_point.as_ref()?);
        let known = certificate.crl_urls();
        let shared = known.is_empty() || urls.iter().any(|url| known.contains(url));
        (!shared).then_some("it is of another distribution point")
    }
}

impl fmt::Debug for Crl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Crl({})", self.label())
    }
}

impl Head {
    fn read(der: &[u8]) -> der::Result<Self> {
        let signed = Signed::read(der)?;
        let mut reader = SliceReader::new(contents(signed.body, Tag::Sequence)?)?;
        if reader.peek_byte() == Some(0x02) {
            let _version = reader.tlv_bytes()?;
        }
        let _algorithm = reader.tlv_bytes()?;
        let issuer = DistinguishedName::new(reader.tlv_bytes()?);
        let this_update = unix_time(Time::decode(&mut reader)?.to_unix_duration());
        let next_update = match reader.peek_byte() {
            Some(0x17 | 0x18) => Some(unix_time(Time::decode(&mut reader)?.to_unix_duration())),
            Some(_) | None => None,
        };
        if reader.peek_byte() == Some(0x30) {
            let _entries = reader.tlv_bytes()?;
        }
        let mut scope = None;
        if reader.peek_byte() == Some(0xa0) {
            let extensions = Extensions::from_der(AnyRef::decode(&mut reader)?.value())?;
            let found = extensions.iter().find(|extension| extension.extn_id == ISSUING_DISTRIBUTION_POINT);
            scope = found
                .map(|extension| IssuingDistributionPoint::from_der(extension.extn_value.as_bytes()))
                .transpose()?;
        }
        reader.finish()?;
        Ok(Self { issuer, this_update, next_update, scope })
    }
}

const fn check_size(size: usize) -> Result<(), CrlError> {
    if size > Crl::MAX_BYTES {
        return Err(CrlError::TooLarge { size, limit: Crl::MAX_BYTES });
    }
    Ok(())
}

fn unreadable(error: &Error) -> CrlError {
    let unsupported = matches!(
        error,
        Error::UnsupportedCrlVersion
            | Error::UnsupportedDeltaCrl
            | Error::UnsupportedIndirectCrl
            | Error::UnsupportedCriticalExtension
            | Error::UnsupportedCrlIssuingDistributionPoint
            | Error::UnsupportedRevocationReason
            | Error::UnsupportedRevocationReasonsPartitioning
    );
    let detail = error.to_string();
    if unsupported { CrlError::Unsupported { detail } } else { CrlError::Malformed { detail } }
}

const ISSUING_DISTRIBUTION_POINT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.28");
