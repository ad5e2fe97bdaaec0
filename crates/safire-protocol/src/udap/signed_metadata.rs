//! Signed metadata: form, algorithm and signature (UDAP Security 2.0 §2.3, §7.1). Whom the chain leads to is for
//! `safire-pki` to say.

use safire_jose::Algorithm;
use safire_jose::DecodeError;
use safire_jose::Limits;
use safire_jose::PublicKey;
use safire_jose::UnverifiedJwt;
use safire_jose::decode;
use safire_pki::Certificate;
use safire_pki::Chain;
use serde_json::Map;
use serde_json::Value;

use super::discovery_error::UdapDiscoveryError;
use super::location::UntrustedMetadata;
use super::signed_claims;
use super::structure::SIGNED;
use super::violation::SignedMetadataRule as Rule;
use super::violation::Violation;
use crate::deviation::Deviation;
use crate::json::kind_of;
use crate::time::UnixTime;
use crate::url::UrlPolicy;

/// Sixteen certificates of two kilobytes in base64 within base64url, and the claims.
const LIMITS: Limits = Limits { max_bytes: 128 * 1024, max_depth: 32 };

/// By which rules signed metadata are taken.
#[derive(Debug, Clone)]
pub struct SignedMetadataPolicy {
    algorithms: Vec<Algorithm>,
    skew: i64,
    urls: UrlPolicy,
}

impl SignedMetadataPolicy {
    /// The guide's rules, and this policy for the URLs: RS256 alone, and clocks that differ by a minute at most.
    #[must_use]
    pub fn new(urls: UrlPolicy) -> Self {
        Self { algorithms: vec![Algorithm::Rs256], skew: 60, urls }
    }

    /// Allows these algorithms in place of RS256, where a community lets its servers sign so.
    #[must_use]
    pub fn with_algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = algorithms.into_iter().collect();
        self
    }

    /// Sets how many seconds the server's clock may be ahead.
    #[must_use]
    pub const fn with_skew(mut self, seconds: i64) -> Self {
        self.skew = seconds;
        self
    }

    pub(super) const fn skew(&self) -> i64 {
        self.skew
    }

    pub(super) const fn urls(&self) -> &UrlPolicy {
        &self.urls
    }
}

/// Signed metadata whose signature and claims hold. Whether the chain leads to an anchor is still open.
#[derive(Debug, Clone)]
pub struct SignedMetadata {
    pub(super) chain: Chain,
    pub(super) claims: Map<String, Value>,
    pub(super) expires_at: UnixTime,
    pub(super) deviations: Vec<Deviation>,
}

impl UntrustedMetadata {
    /// Checks everything about the signed metadata but the trust in its chain.
    ///
    /// # Errors
    /// [`UdapDiscoveryError::SignedMetadata`] with every rule of the claims that is broken, or with the first of form
    /// and signature; [`UdapDiscoveryError::Certificate`] for an element of `x5c` that is no certificate.
    pub fn signed_metadata(
        &self,
        policy: &SignedMetadataPolicy,
        now: UnixTime,
    ) -> Result<SignedMetadata, UdapDiscoveryError> {
        let refused = |violations| UdapDiscoveryError::SignedMetadata {
            url: self.url.clone(),
            community: self.community.clone(),
            violations,
        };
        let jwt = self.jwt().map_err(|violation| refused(vec![violation]))?;
        if !policy.algorithms.contains(&jwt.alg()) {
            let allowed: Vec<&str> = policy.algorithms.iter().map(|algorithm| algorithm.as_str()).collect();
            let detail = format!("it is signed with {}, expected {}", jwt.alg(), allowed.join(" or "));
            return Err(refused(vec![Violation::new(Rule::Algorithm, detail)]));
        }
        let elements = x5c(jwt.header()).map_err(|violation| refused(vec![violation]))?;
        let chain = Chain::from_x5c(&elements).map_err(|source| UdapDiscoveryError::Certificate {
            url: self.url.clone(),
            community: self.community.clone(),
            source,
        })?;
        let claims =
            verified(jwt, chain.leaf(), &policy.algorithms).map_err(|violation| refused(vec![violation]))?;
        match signed_claims::check(self, &claims, chain.leaf(), policy, now) {
            Ok(checked) => {
                let (expires_at, deviations) = (checked.expires_at, checked.deviations);
                Ok(SignedMetadata { chain, claims, expires_at, deviations })
            }
            Err(violations) => Err(refused(violations)),
        }
    }

    fn jwt(&self) -> Result<UnverifiedJwt, Violation> {
        let text = match self.members.get(SIGNED) {
            Some(Value::String(text)) => text,
            None => return Err(Violation::new(Rule::Present, "`signed_metadata` is missing")),
            Some(other) => {
                let detail = format!("`signed_metadata` is {}, expected a string", kind_of(other));
                return Err(Violation::new(Rule::Present, detail));
            }
        };
        decode(text, LIMITS).map_err(|error| {
            let by_algorithm = matches!(
                error,
                DecodeError::Unsigned { .. }
                    | DecodeError::Symmetric { .. }
                    | DecodeError::UnsupportedAlgorithm { .. }
            );
            let rule = if by_algorithm { Rule::Algorithm } else { Rule::Jws };
            Violation::new(rule, format!("`signed_metadata` cannot be used: {error}"))
        })
    }
}

impl SignedMetadata {
    /// The chain that is still to be trusted.
    #[must_use]
    pub const fn chain(&self) -> &Chain {
        &self.chain
    }

    /// When the server's word ends.
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        self.expires_at
    }
}

fn x5c(header: &Map<String, Value>) -> Result<Vec<&str>, Violation> {
    let missing = |detail: &str| Violation::new(Rule::Chain, detail);
    let items = match header.get("x5c") {
        Some(Value::Array(items)) if !items.is_empty() => items,
        Some(Value::Array(_)) => {
            return Err(missing("`x5c` is an empty array, expected the certificate chain"));
        }
        Some(_) => return Err(missing("`x5c` is not an array, expected the certificate chain")),
        None => return Err(missing("the header has no `x5c`, expected the certificate chain")),
    };
    let elements: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
    elements.ok_or_else(|| missing("`x5c` has an element that is not a string"))
}

fn verified(
    jwt: UnverifiedJwt,
    leaf: &Certificate,
    allowed: &[Algorithm],
) -> Result<Map<String, Value>, Violation> {
    let violation = |detail: String| Violation::new(Rule::Signature, detail);
    let key = PublicKey::from_spki(leaf.public_key().as_ref())
        .map_err(|error| violation(format!("the key of the first certificate cannot be used: {error}")))?;
    let jwt = jwt.verify(allowed, &key).map_err(|error| violation(error.to_string()))?;
    Ok(jwt.claims)
}
