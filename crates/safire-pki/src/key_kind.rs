use std::fmt;

use der::Decode;
use der::Reader;
use der::SliceReader;
use der::Tag;
use der::asn1::ObjectIdentifier;
use der::asn1::UintRef;
use x509_cert::spki::SubjectPublicKeyInfoRef;

use crate::asn1::contents;

/// What the public key of a certificate is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyKind {
    /// RSA, with the length of its modulus.
    Rsa {
        /// The bits of the modulus.
        bits: usize,
    },
    /// Elliptic curve P-256.
    P256,
    /// Elliptic curve P-384.
    P384,
    /// Elliptic curve P-521.
    P521,
    /// Anything else, by its object identifier.
    Other(String),
}

impl KeyKind {
    pub(crate) fn read(public_key: &[u8]) -> der::Result<Self> {
        let info = SubjectPublicKeyInfoRef::from_der(public_key)?;
        match info.algorithm.oid {
            RSA => {
                let bits = info.subject_public_key.as_bytes().ok_or_else(|| Tag::BitString.value_error())?;
                let mut numbers = SliceReader::new(contents(bits, Tag::Sequence)?)?;
                let modulus = UintRef::decode(&mut numbers)?;
                UintRef::decode(&mut numbers)?;
                numbers.finish()?;
                Ok(Self::Rsa { bits: bit_length(modulus.as_bytes()) })
            }
            EC => {
                let parameters =
                    info.algorithm.parameters.and_then(|any| any.decode_as::<ObjectIdentifier>().ok());
                Ok(match parameters {
                    Some(P256) => Self::P256,
                    Some(P384) => Self::P384,
                    Some(P521) => Self::P521,
                    Some(other) => Self::Other(other.to_string()),
                    None => Self::Other("explicit curve".to_owned()),
                })
            }
            other => Ok(Self::Other(other.to_string())),
        }
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa { bits } => write!(f, "RSA of {bits} bits"),
            Self::P256 => f.write_str("P-256"),
            Self::P384 => f.write_str("P-384"),
            Self::P521 => f.write_str("P-521"),
            Self::Other(oid) => write!(f, "a key of kind {oid}"),
        }
    }
}

fn bit_length(integer: &[u8]) -> usize {
    let zeros = integer.first().map_or(0, |first| first.leading_zeros());
    (integer.len() * 8).saturating_sub(usize::try_from(zeros).unwrap_or_default())
}

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");
