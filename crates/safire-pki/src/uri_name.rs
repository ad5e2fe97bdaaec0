use std::fmt;

/// A name of the kind `uniformResourceIdentifier`, read from ASN.1 and kept as it was written.
///
/// UDAP identifies servers and clients by it. A DNS name, an e-mail address or the common name never is one,
/// whatever text it holds.
///
/// Specification: RFC 5280 §4.2.1.6; UDAP Security 2.0, 7.1.3 (`iss` matches a URI of the certificate exactly).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UriName(String);

/// How a URI name is equal to another text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UriMatch {
    /// Character for character.
    Exact,
    /// But for the slash after the host: `https://host` against `https://host/`. Worth a deviation.
    RootSlash,
}

impl UriName {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text of the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the name of `other`, an `iss` or a FHIR base.
    ///
    /// Letter case, port, path and fragment all count. The one exception is the slash of an https URL
    /// that has no path: RFC 3986 §6.2.3 knows both forms as one.
    #[must_use]
    pub fn matches(&self, other: &str) -> Option<UriMatch> {
        if self.0 == other {
            return Some(UriMatch::Exact);
        }
        (is_root_of(&self.0, other) || is_root_of(other, &self.0)).then_some(UriMatch::RootSlash)
    }
}

impl fmt::Display for UriName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::asn1::printable(&self.0))
    }
}

/// Whether `short` is `https://` and an authority alone, and `long` the same with a slash.
fn is_root_of(short: &str, long: &str) -> bool {
    let authority = short.strip_prefix("https://").unwrap_or_default();
    !authority.is_empty() && !authority.contains(['/', '?', '#']) && long.strip_suffix('/') == Some(short)
}
