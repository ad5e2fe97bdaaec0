use crate::key_error::KeyError;

/// What a DER document is, told by its outline.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outline {
    Pkcs8(Content),
    Pkcs1,
    Sec1(Option<Curve>),
    EncryptedPkcs8,
    PublicKey,
}

/// The algorithm that a PKCS#8 document names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Rsa,
    Ec(Curve),
}

/// The curves that we use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Curve {
    P256,
    P384,
}

/// One tag, length, value. RFC 5280 and friends need only low tags and definite lengths.
#[derive(Debug, Clone, Copy)]
struct Element<'a> {
    tag: u8,
    value: &'a [u8],
}

/// Reads elements one after the other.
#[derive(Debug, Clone, Copy)]
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<Element<'a>> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, mut rest) = rest.split_first()?;
        let length = if first < 0x80 {
            usize::from(first)
        } else {
            let count = usize::from(first & 0x7f);
            if count == 0 || count > 4 {
                return None;
            }
            let (bytes, after) = rest.split_at_checked(count)?;
            rest = after;
            bytes.iter().fold(0_usize, |length, byte| (length << 8) | usize::from(*byte))
        };
        let (value, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(Element { tag, value })
    }

    fn element(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next().filter(|element| element.tag == tag).map(|element| element.value)
    }
}

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const CONTEXT_0: u8 = 0xa0;

const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const PRIME256V1: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const SECP384R1: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];

/// Tells what `der` is, by the outlines of RFC 5208, RFC 8017 §A.1.2, RFC 5915 and RFC 5280.
pub(crate) fn outline(der: &[u8]) -> Result<Outline, KeyError> {
    let damaged = || KeyError::malformed("not the DER of a private key (PKCS#8, PKCS#1 or SEC1)");
    let mut body = Reader(Reader(der).element(SEQUENCE).ok_or_else(damaged)?);
    let first = body.next().ok_or_else(damaged)?;
    let second = body.next().ok_or_else(damaged)?;
    match (first.tag, second.tag) {
        (INTEGER, SEQUENCE) => pkcs8_content(second.value).map(Outline::Pkcs8),
        (INTEGER, INTEGER) => Ok(if body.next().is_some() { Outline::Pkcs1 } else { Outline::PublicKey }),
        (INTEGER, OCTET_STRING) => sec1_curve(body, second.value.len()).map(Outline::Sec1),
        (SEQUENCE, OCTET_STRING) => Ok(Outline::EncryptedPkcs8),
        (SEQUENCE, BIT_STRING) => Ok(Outline::PublicKey),
        _ => Err(damaged()),
    }
}

fn pkcs8_content(algorithm: &[u8]) -> Result<Content, KeyError> {
    let mut algorithm = Reader(algorithm);
    let oid = algorithm.element(OID).ok_or_else(|| KeyError::malformed("a key without an algorithm"))?;
    if oid == RSA_ENCRYPTION {
        return Ok(Content::Rsa);
    }
    if oid != EC_PUBLIC_KEY {
        return Err(KeyError::UnsupportedKeyType { kind: oid_name(oid) });
    }
    let parameters = algorithm.next().ok_or_else(|| KeyError::malformed("EC key without its curve"))?;
    named_curve(parameters).map(Content::Ec)
}

fn sec1_curve(mut rest: Reader<'_>, private_length: usize) -> Result<Option<Curve>, KeyError> {
    while let Some(element) = rest.next() {
        if element.tag == CONTEXT_0 {
            let parameters = Reader(element.value)
                .next()
                .ok_or_else(|| KeyError::malformed("EC key without its curve"))?;
            return named_curve(parameters).map(Some);
        }
    }
    // RFC 5915 §3: the curve may be left out; then the length of the private key tells it.
    Ok(match private_length {
        32 => Some(Curve::P256),
        48 => Some(Curve::P384),
        _ => None,
    })
}

fn named_curve(parameters: Element<'_>) -> Result<Curve, KeyError> {
    if parameters.tag != OID {
        return Err(KeyError::UnsupportedCurve { curve: "explicit parameters".to_owned() });
    }
    match parameters.value {
        PRIME256V1 => Ok(Curve::P256),
        SECP384R1 => Ok(Curve::P384),
        other => Err(KeyError::UnsupportedCurve { curve: oid_name(other) }),
    }
}

/// The numbers of a public key.
pub(crate) enum PublicNumbers<'a> {
    Rsa { n: &'a [u8], e: &'a [u8] },
    Ec { curve: Curve, point: &'a [u8] },
}

/// Reads a `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7, RFC 3279 §2.3).
pub(crate) fn public_key(der: &[u8]) -> Result<PublicNumbers<'_>, KeyError> {
    let damaged = || KeyError::malformed("not the DER of a public key (SubjectPublicKeyInfo)");
    let mut body = Reader(Reader(der).element(SEQUENCE).ok_or_else(damaged)?);
    let algorithm = body.element(SEQUENCE).ok_or_else(damaged)?;
    // The first byte counts unused bits; a key has none.
    let bits = body.element(BIT_STRING).and_then(|bits| bits.strip_prefix(&[0])).ok_or_else(damaged)?;
    match pkcs8_content(algorithm)? {
        Content::Ec(curve) => Ok(PublicNumbers::Ec { curve, point: bits }),
        Content::Rsa => {
            let mut numbers = Reader(Reader(bits).element(SEQUENCE).ok_or_else(damaged)?);
            let n = numbers.element(INTEGER).ok_or_else(damaged)?;
            let e = numbers.element(INTEGER).ok_or_else(damaged)?;
            Ok(PublicNumbers::Rsa { n, e })
        }
    }
}

/// The key inside a PKCS#8 document.
pub(crate) fn pkcs8_inner(der: &[u8]) -> Option<&[u8]> {
    let mut body = Reader(Reader(der).element(SEQUENCE)?);
    body.element(INTEGER)?;
    body.element(SEQUENCE)?;
    body.element(OCTET_STRING)
}

/// `n`, `e`, `d`, `p`, `q`, `dp`, `dq`, `qi` of an `RSAPrivateKey` (RFC 8017 §A.1.2).
pub(crate) fn rsa_private_integers(der: &[u8]) -> Option<[&[u8]; 8]> {
    let mut body = Reader(Reader(der).element(SEQUENCE)?);
    body.element(INTEGER)?;
    let mut integers = [&[][..]; 8];
    for integer in &mut integers {
        *integer = unsigned(body.element(INTEGER)?);
    }
    Some(integers)
}

/// The integer without its leading zeros.
pub(crate) fn unsigned(integer: &[u8]) -> &[u8] {
    let zeros = integer.iter().take_while(|byte| **byte == 0).count();
    integer.get(zeros..).unwrap_or_default()
}

/// The length of an unsigned integer in bits.
pub(crate) fn bit_length(integer: &[u8]) -> usize {
    let integer = unsigned(integer);
    integer.first().map_or(0, |first| {
        let leading = usize::try_from(first.leading_zeros()).unwrap_or_default();
        integer.len() * 8 - leading
    })
}

fn oid_name(oid: &[u8]) -> String {
    match oid {
        [0x2b, 0x81, 0x04, 0x00, 0x23] => "P-521".to_owned(),
        [0x2b, 0x81, 0x04, 0x00, 0x0a] => "secp256k1".to_owned(),
        [0x2b, 0x65, 0x70] => "Ed25519".to_owned(),
        [0x2b, 0x65, 0x71] => "Ed448".to_owned(),
        [0x2b, 0x65, 0x6e] => "X25519".to_owned(),
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a] => "RSASSA-PSS".to_owned(),
        other => dotted(other),
    }
}

fn dotted(oid: &[u8]) -> String {
    let mut arcs = Vec::new();
    let mut arc = 0_u64;
    for byte in oid.iter().take(32) {
        arc = (arc << 7) | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            if arcs.is_empty() {
                let root = (arc / 40).min(2);
                arcs.push(root.to_string());
                arcs.push((arc - root * 40).to_string());
            } else {
                arcs.push(arc.to_string());
            }
            arc = 0;
        }
    }
    arcs.join(".")
}
