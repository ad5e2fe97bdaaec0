use std::fmt;

use der::Decode;
use der::asn1::Any;
use x509_cert::name::Name;

use crate::asn1::printable;

/// The name of a subject or an issuer. Two are equal only byte for byte.
///
/// Specification: RFC 5280 §4.1.2.4.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct DistinguishedName {
    der: Vec<u8>,
}

impl DistinguishedName {
    pub(crate) fn new(der: &[u8]) -> Self {
        Self { der: der.to_vec() }
    }

    /// The DER of the name.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// Whether the two would be equal if string kinds, letter case and repeated blanks did not count (RFC 5280 §7.1).
    pub(crate) fn folds_to(&self, other: &Self) -> bool {
        match (folded(&self.der), folded(&other.der)) {
            (Some(own), Some(other)) => own == other,
            (None, _) | (_, None) => false,
        }
    }
}

impl fmt::Display for DistinguishedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Name::from_der(&self.der).map(|name| name.to_string());
        f.write_str(&printable(&name.unwrap_or_else(|_| "unreadable name".to_owned())))
    }
}

impl fmt::Debug for DistinguishedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DistinguishedName({self})")
    }
}

fn folded(der: &[u8]) -> Option<Vec<Vec<(String, String)>>> {
    let name = Name::from_der(der).ok()?;
    let sets = name.as_ref().iter().map(|set| {
        let mut values: Vec<_> = set
            .as_ref()
            .iter()
            .map(|attribute| (attribute.oid.to_string(), fold(&attribute.value)))
            .collect();
        values.sort();
        values
    });
    Some(sets.collect())
}

fn fold(value: &Any) -> String {
    let text = String::from_utf8_lossy(value.value()).to_lowercase();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
