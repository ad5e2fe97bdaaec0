use std::time::Duration;

use der::DateTime;
use der::Decode;
use der::Reader;
use der::SliceReader;
use der::Tag;
use der::Tagged;
use der::asn1::AnyRef;
use der::asn1::BitStringRef;
use der::asn1::ObjectIdentifier;
use rustls_pki_types::UnixTime;

/// Something signed: certificate, revocation list, OCSP answer (RFC 5280 §4.1, RFC 6960 §4.2.1).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signed<'a> {
    /// The bytes that the signature covers.
    pub(crate) body: &'a [u8],
    /// The contents of the `AlgorithmIdentifier`.
    pub(crate) algorithm: &'a [u8],
    pub(crate) signature: &'a [u8],
    /// What follows the signature within the sequence.
    pub(crate) rest: &'a [u8],
}

impl<'a> Signed<'a> {
    pub(crate) fn read(der: &'a [u8]) -> der::Result<Self> {
        let mut reader = SliceReader::new(contents(der, Tag::Sequence)?)?;
        let body = reader.tlv_bytes()?;
        let algorithm = contents(reader.tlv_bytes()?, Tag::Sequence)?;
        let bits = BitStringRef::decode(&mut reader)?;
        let signature = bits.as_bytes().ok_or_else(|| Tag::BitString.value_error())?;
        let rest = reader.read_slice(reader.remaining_len())?;
        Ok(Self { body, algorithm, signature, rest })
    }

    /// The object identifier of the signature algorithm, for messages.
    pub(crate) fn algorithm_name(&self) -> String {
        let oid: der::Result<ObjectIdentifier> =
            SliceReader::new(self.algorithm).and_then(|mut reader| ObjectIdentifier::decode(&mut reader));
        oid.map_or_else(|_| "unreadable".to_owned(), |oid| oid.to_string())
    }
}

/// The fields of a certificate that are compared or hashed byte for byte (RFC 5280 §4.1).
#[derive(Debug, Clone, Copy)]
pub(crate) struct RawCertificate<'a> {
    /// The contents of the integer.
    pub(crate) serial: &'a [u8],
    pub(crate) issuer: &'a [u8],
    pub(crate) subject: &'a [u8],
    pub(crate) public_key: &'a [u8],
}

impl<'a> RawCertificate<'a> {
    pub(crate) fn read(body: &'a [u8]) -> der::Result<Self> {
        let mut reader = SliceReader::new(contents(body, Tag::Sequence)?)?;
        let mut serial = reader.tlv_bytes()?;
        // `version [0]` is left out by version 1.
        if serial.first() == Some(&0xa0) {
            serial = reader.tlv_bytes()?;
        }
        let _algorithm = reader.tlv_bytes()?;
        let issuer = reader.tlv_bytes()?;
        let _validity = reader.tlv_bytes()?;
        let subject = reader.tlv_bytes()?;
        let public_key = reader.tlv_bytes()?;
        Ok(Self { serial: contents(serial, Tag::Integer)?, issuer, subject, public_key })
    }
}

/// A public key (RFC 5280 §4.1.2.7).
#[derive(Debug, Clone, Copy)]
pub(crate) struct RawKey<'a> {
    /// The contents of the `AlgorithmIdentifier`.
    pub(crate) algorithm: &'a [u8],
    pub(crate) bits: &'a [u8],
}

impl<'a> RawKey<'a> {
    pub(crate) fn read(public_key: &'a [u8]) -> der::Result<Self> {
        let mut reader = SliceReader::new(contents(public_key, Tag::Sequence)?)?;
        let algorithm = contents(reader.tlv_bytes()?, Tag::Sequence)?;
        let bits = BitStringRef::decode(&mut reader)?;
        let bits = bits.as_bytes().ok_or_else(|| Tag::BitString.value_error())?;
        reader.finish()?;
        Ok(Self { algorithm, bits })
    }
}

/// The contents of one element that fills `der` entirely.
pub(crate) fn contents(der: &[u8], tag: Tag) -> der::Result<&[u8]> {
    let element = AnyRef::from_der(der)?;
    if Tagged::tag(&element) != tag {
        return Err(tag.value_error().into());
    }
    Ok(element.value())
}

pub(crate) const fn unix_time(since_epoch: Duration) -> UnixTime {
    UnixTime::since_unix_epoch(since_epoch)
}

/// A time as people read it.
pub(crate) fn shown(time: UnixTime) -> String {
    let date = DateTime::from_unix_duration(Duration::from_secs(time.as_secs()));
    date.map_or_else(|_| format!("{} s after 1970", time.as_secs()), |date| date.to_string())
}

/// Text of a certificate made fit for a message: without control characters, and short.
pub(crate) fn printable(text: &str) -> String {
    const LONGEST: usize = 200;
    let mut shown: String = text.chars().take(LONGEST).map(plain).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

/// Characters that steer a terminal or turn the direction of the text are replaced.
fn plain(c: char) -> char {
    match c {
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => {
            '\u{fffd}'
        }
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}
