//! The rules that signed metadata can break.

use std::fmt;

/// A rule of signed metadata, UDAP Security 2.0 §2.3 and §7.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignedMetadataRule {
    /// It must be there, as a string.
    Present,
    /// It must be a compact JWS whose header and claims are JSON objects.
    Jws,
    /// It must be signed by an algorithm that the policy allows: RS256.
    Algorithm,
    /// The header must carry the certificate chain in `x5c`.
    Chain,
    /// The key of the first certificate must have made the signature.
    Signature,
    /// `nbf`, where it is there, must have passed.
    NotBefore,
    /// `iss` must be a URI name of the first certificate.
    IssuerInCertificate,
    /// `iss` must be the FHIR base.
    IssuerIsBase,
    /// `sub` must be `iss`.
    Subject,
    /// `iat` must be a whole number, and not in the future.
    IssuedAt,
    /// `exp` must be a whole number, in the future, and at most a year after `iat`.
    Expiry,
    /// `jti` must be a string with something in it.
    JwtId,
    /// The endpoints must be signed.
    EndpointSigned,
    /// A signed endpoint must be a URL that may be used.
    EndpointUrl,
}

impl SignedMetadataRule {
    /// The stable code of a failure by this rule.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Present => "udap-signed-metadata-missing",
            Self::Jws => "udap-signed-metadata-not-jws",
            Self::Algorithm => "udap-signed-metadata-algorithm",
            Self::Chain => "udap-signed-metadata-without-chain",
            Self::Signature => "udap-signed-metadata-signature",
            Self::NotBefore => "udap-signed-metadata-not-yet-valid",
            Self::IssuerInCertificate => "udap-issuer-not-in-certificate",
            Self::IssuerIsBase => "udap-issuer-not-base",
            Self::Subject => "udap-subject-not-issuer",
            Self::IssuedAt => "udap-issued-at",
            Self::Expiry => "udap-expiry",
            Self::JwtId => "udap-jti",
            Self::EndpointSigned => "udap-endpoint-not-signed",
            Self::EndpointUrl => "udap-endpoint-url",
        }
    }

    /// What to do about it.
    pub(super) const fn hint(self) -> &'static str {
        match self {
            Self::IssuerIsBase => {
                "give the FHIR base exactly as the server's certificate names it, letter case, port and slash included; if that is what you gave, the server signs for another base"
            }
            Self::IssuerInCertificate => {
                "the server's certificate is not for this server: tell its operator, and do not register"
            }
            Self::Algorithm => {
                "the guide has RS256; where a community lets its servers sign otherwise, allow that algorithm by policy"
            }
            Self::Expiry | Self::IssuedAt | Self::NotBefore => {
                "check this machine's clock; if it is right, the server signs old metadata: tell its operator"
            }
            Self::Present
            | Self::Jws
            | Self::Chain
            | Self::Signature
            | Self::Subject
            | Self::JwtId
            | Self::EndpointSigned
            | Self::EndpointUrl => "the server's metadata must not be used: tell its operator",
        }
    }
}

/// One rule that signed metadata break.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The rule.
    pub rule: SignedMetadataRule,
    /// What was seen, and what was expected.
    pub detail: String,
}

impl Violation {
    pub(super) fn new(rule: SignedMetadataRule, detail: impl Into<String>) -> Self {
        Self { rule, detail: detail.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}
