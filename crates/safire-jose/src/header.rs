use serde::Serialize;

use crate::algorithm::Algorithm;

/// The JOSE header of a token that we write.
///
/// Specification: RFC 7515 §4.1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Header {
    /// The signature algorithm.
    pub alg: Algorithm,
    /// The media type of the token, usually `JWT`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub typ: Option<String>,
    /// The id of the signing key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// Where the keys of the signer are published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jku: Option<String>,
    /// The certificate chain of the key, leaf first, each in plain base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x5c: Option<Vec<String>>,
}

impl Header {
    /// A header that names only the algorithm.
    #[must_use]
    pub const fn new(alg: Algorithm) -> Self {
        Self { alg, typ: None, kid: None, jku: None, x5c: None }
    }

    /// The header of a JWT signed by the key `kid`.
    #[must_use]
    pub fn jwt(alg: Algorithm, kid: impl Into<String>) -> Self {
        Self { typ: Some("JWT".to_owned()), kid: Some(kid.into()), ..Self::new(alg) }
    }
}
