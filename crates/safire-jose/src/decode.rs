use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Map;
use serde_json::Value;

use crate::algorithm::Algorithm;
use crate::decode_error::DecodeError;
use crate::public_key::PublicKey;
use crate::public_key::VerifyError;
use crate::strict_json;
use crate::strict_json::Fault;

/// How large and how deep a token may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The length of the whole token in bytes.
    pub max_bytes: usize,
    /// The nesting of objects and arrays.
    pub max_depth: usize,
}

impl Default for Limits {
    /// 64 KiB and 32 levels.
    fn default() -> Self {
        Self { max_bytes: 64 * 1024, max_depth: 32 }
    }
}

/// A token that was read but not verified: nothing in it may be believed.
#[derive(Debug, Clone)]
pub struct UnverifiedJwt {
    algorithm: Algorithm,
    header: Map<String, Value>,
    claims: Map<String, Value>,
    input: String,
    signature: Vec<u8>,
}

/// A token whose signature is good. Its claims are still to be checked.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct VerifiedJwt {
    /// The JOSE header.
    pub header: Map<String, Value>,
    /// The claims.
    pub claims: Map<String, Value>,
}

/// Reads a compact JWT strictly: one form only, no duplicate members, an algorithm of the closed set, no `crit`.
///
/// Total over any bytes.
///
/// # Errors
/// [`DecodeError`], one variant for each reason.
///
/// Specification: RFC 7515 §5.2, RFC 7519 §7.2, RFC 8725 §3.
pub fn decode(token: impl AsRef<[u8]>, limits: Limits) -> Result<UnverifiedJwt, DecodeError> {
    let token = token.as_ref();
    if token.len() > limits.max_bytes {
        return Err(DecodeError::TooLarge { bytes: token.len(), limit: limits.max_bytes });
    }
    if token.trim_ascii_start().starts_with(b"{") {
        return Err(DecodeError::JsonSerialization);
    }
    let parts: Vec<&[u8]> = token.split(|byte| *byte == b'.').collect();
    let [header, claims, signature] = match parts.as_slice() {
        [header, claims, signature] => [*header, *claims, *signature],
        [_, _, _, _, _] => return Err(DecodeError::EncryptedToken),
        other => return Err(DecodeError::Parts { found: other.len() }),
    };
    if claims.is_empty() && !header.is_empty() {
        return Err(DecodeError::Detached);
    }
    let input = token.get(..header.len() + 1 + claims.len()).unwrap_or_default();
    let header = object(HEADER, header, limits)?;
    let algorithm = algorithm(&header)?;
    check_header(&header)?;
    let claims = object(CLAIMS, claims, limits)?;
    if signature.is_empty() {
        return Err(DecodeError::NoSignature);
    }
    let signature = base64url("signature", signature)?;
    // The parts are base64url by now, so the input is ASCII.
    let input = String::from_utf8_lossy(input).into_owned();
    Ok(UnverifiedJwt { algorithm, header, claims, input, signature })
}

impl UnverifiedJwt {
    /// The JOSE header.
    #[must_use]
    pub const fn header(&self) -> &Map<String, Value> {
        &self.header
    }

    /// The claims, which anyone may have written.
    #[must_use]
    pub const fn claims_unverified(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// The key id of the header.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.header.get("kid").and_then(Value::as_str)
    }

    /// The algorithm of the header.
    #[must_use]
    pub const fn alg(&self) -> Algorithm {
        self.algorithm
    }

    /// Verifies the signature with one of the allowed algorithms.
    ///
    /// # Errors
    /// [`VerifyError`]: the algorithm is not allowed, does not fit the key, or the signature is bad.
    pub fn verify(self, allowed: &[Algorithm], key: &PublicKey) -> Result<VerifiedJwt, VerifyError> {
        if !allowed.contains(&self.algorithm) {
            return Err(VerifyError::AlgorithmNotAllowed {
                algorithm: self.algorithm,
                allowed: allowed.to_vec(),
            });
        }
        key.verify(self.algorithm, self.input.as_bytes(), &self.signature)?;
        Ok(VerifiedJwt { header: self.header, claims: self.claims })
    }
}

fn object(part: &'static str, encoded: &[u8], limits: Limits) -> Result<Map<String, Value>, DecodeError> {
    let json = base64url(part, encoded)?;
    strict_json::object(&json, limits.max_depth).map_err(|fault| match fault {
        Fault::Syntax { detail } => DecodeError::NotJson { part, detail },
        Fault::NotObject => DecodeError::NotObject { part },
        Fault::Duplicate { member } => DecodeError::DuplicateMember { part, member },
        Fault::TooDeep => DecodeError::TooDeep { part, limit: limits.max_depth },
    })
}

fn base64url(part: &'static str, encoded: &[u8]) -> Result<Vec<u8>, DecodeError> {
    URL_SAFE_NO_PAD.decode(encoded).map_err(|_| DecodeError::Base64 { part })
}

fn algorithm(header: &Map<String, Value>) -> Result<Algorithm, DecodeError> {
    let value = header.get("alg").ok_or(DecodeError::MissingAlgorithm)?;
    let name = value.as_str().ok_or(DecodeError::HeaderMember { member: "alg", expected: "a string" })?;
    name.parse().map_err(|_| {
        let algorithm = name.to_owned();
        if name.eq_ignore_ascii_case("none") {
            DecodeError::Unsigned { algorithm }
        } else if matches!(name, "HS256" | "HS384" | "HS512") {
            DecodeError::Symmetric { algorithm }
        } else {
            DecodeError::UnsupportedAlgorithm { algorithm }
        }
    })
}

fn check_header(header: &Map<String, Value>) -> Result<(), DecodeError> {
    for member in ["kid", "typ", "cty", "jku", "x5u", "x5t"] {
        if header.get(member).is_some_and(|value| !value.is_string()) {
            return Err(DecodeError::HeaderMember { member, expected: "a string" });
        }
    }
    let Some(critical) = header.get("crit") else {
        return Ok(());
    };
    let members = critical
        .as_array()
        .filter(|names| !names.is_empty())
        .and_then(|names| names.iter().map(|name| name.as_str().map(str::to_owned)).collect())
        .ok_or(DecodeError::HeaderMember { member: "crit", expected: "an array of names, not empty" })?;
    // No extension is implemented, so whatever is critical is unknown.
    Err(DecodeError::Critical { members })
}

const HEADER: &str = "header";
const CLAIMS: &str = "claims";
