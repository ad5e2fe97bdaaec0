use der::Decode;
use der::Reader;
use der::SliceReader;
use der::Tag;
use der::asn1::AnyRef;
use der::asn1::ObjectIdentifier;

use crate::asn1::contents;
use crate::certificate::Certificate;
use crate::certificate_error::CertificateError;
use crate::pem::next_block;

/// Every certificate in `bytes`: PEM, the DER of one, or a PKCS#7 envelope of several (RFC 5280 §4.2.2.1).
///
/// Other blocks of a PEM text are passed over.
pub(crate) fn read_certificates(bytes: &[u8], limit: usize) -> Result<Vec<Certificate>, CertificateError> {
    if bytes.is_empty() {
        return Err(CertificateError::Empty);
    }
    // DER begins with a sequence; no PEM text does.
    if bytes.first() != Some(&0x30) {
        return from_pem(bytes, limit);
    }
    match envelope(bytes) {
        Ok(Some(all)) => certificates(all, limit),
        Ok(None) | Err(_) => Ok(vec![Certificate::from_der(bytes)?]),
    }
}

/// Every certificate of a PEM text.
fn from_pem(text: &[u8], limit: usize) -> Result<Vec<Certificate>, CertificateError> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(block) = next_block(rest, "CERTIFICATE") {
        if found.len() == limit {
            return Err(CertificateError::TooMany { count: limit + 1, limit });
        }
        found.push(Certificate::from_der(&block.der.map_err(|detail| CertificateError::Pem { detail })?)?);
        rest = block.rest;
    }
    if found.is_empty() { Err(CertificateError::NotFound) } else { Ok(found) }
}

fn certificates(all: &[u8], limit: usize) -> Result<Vec<Certificate>, CertificateError> {
    let damaged = |error| CertificateError::malformed("the PKCS#7 envelope", error);
    let mut reader = SliceReader::new(all).map_err(damaged)?;
    let mut found = Vec::new();
    while !reader.is_finished() {
        if found.len() == limit {
            return Err(CertificateError::TooMany { count: limit + 1, limit });
        }
        found.push(Certificate::from_der(reader.tlv_bytes().map_err(damaged)?)?);
    }
    if found.is_empty() { Err(CertificateError::NotFound) } else { Ok(found) }
}

/// The certificates within `SignedData` (RFC 5652 §5.1), when `der` is such an envelope.
fn envelope(der: &[u8]) -> der::Result<Option<&[u8]>> {
    let mut outer = SliceReader::new(contents(der, Tag::Sequence)?)?;
    if outer.peek_byte() != Some(0x06) || ObjectIdentifier::decode(&mut outer)? != SIGNED_DATA {
        return Ok(None);
    }
    let content = AnyRef::decode(&mut outer)?;
    let mut body = SliceReader::new(contents(content.value(), Tag::Sequence)?)?;
    let _version = body.tlv_bytes()?;
    let _digests = body.tlv_bytes()?;
    let _content = body.tlv_bytes()?;
    if body.peek_byte() != Some(0xa0) {
        return Ok(Some(&[]));
    }
    Ok(Some(AnyRef::decode(&mut body)?.value()))
}

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
