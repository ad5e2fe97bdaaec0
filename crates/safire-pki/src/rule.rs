/// A rule that a path broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// There must be anchors.
    Anchors,
    /// The issuer of each certificate must be found, up to an anchor.
    IssuerFound,
    /// The issuer's name must be written as its own certificate writes it (RFC 5280 §7.1 folds; we do not).
    IssuerNameEncoding,
    /// A self-issued certificate at the top must be an anchor.
    TrustedAnchor,
    /// The issuer's key must have made the signature (RFC 5280 §6.1.3 (a)(1)).
    Signature,
    /// The signature algorithm must be allowed, and fit the key.
    SignatureAlgorithm,
    /// The certificate must be valid already (RFC 5280 §6.1.3 (a)(2)); anchors too.
    NotBefore,
    /// The certificate must still be valid (RFC 5280 §6.1.3 (a)(2)); anchors too.
    NotAfter,
    /// The leaf must not be the certificate of an authority.
    LeafIsNoAuthority,
    /// The leaf's key must be for digital signatures.
    LeafUsage,
    /// An issuer must be an authority (RFC 5280 §6.1.4 (k)).
    IssuerIsAuthority,
    /// An issuer's key must be for signing certificates (RFC 5280 §6.1.4 (n)).
    IssuerUsage,
    /// No more intermediates than an issuer, or the policy, allows (RFC 5280 §6.1.4 (m)).
    PathLength,
    /// RSA keys must be long enough.
    KeySize,
    /// Keys must be RSA or on a curve of NIST.
    KeyKind,
    /// Critical extensions must be known (RFC 5280 §4.2).
    CriticalExtension,
    /// Names must be within the constraints of the issuers (RFC 5280 §6.1.3 (b), (c)).
    NameConstraints,
    /// The certificate must be formed as RFC 5280 has it otherwise.
    Form,
    /// The certificate must not be revoked.
    NotRevoked,
    /// It must be known whether the certificate is revoked.
    RevocationKnown,
    /// The search must end within its limits.
    SearchLimit,
}

impl Rule {
    /// The stable code of a failure by this rule.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Anchors => "trust-no-anchors",
            Self::IssuerFound => "trust-issuer-not-found",
            Self::IssuerNameEncoding => "trust-issuer-name-encoding",
            Self::TrustedAnchor => "trust-root-not-trusted",
            Self::Signature => "trust-signature-wrong",
            Self::SignatureAlgorithm => "trust-signature-algorithm",
            Self::NotBefore => "trust-not-valid-yet",
            Self::NotAfter => "trust-expired",
            Self::LeafIsNoAuthority => "trust-leaf-is-ca",
            Self::LeafUsage => "trust-leaf-usage",
            Self::IssuerIsAuthority => "trust-issuer-not-ca",
            Self::IssuerUsage => "trust-issuer-usage",
            Self::PathLength => "trust-path-too-long",
            Self::KeySize => "trust-key-too-short",
            Self::KeyKind => "trust-key-kind",
            Self::CriticalExtension => "trust-critical-extension",
            Self::NameConstraints => "trust-name-constraints",
            Self::Form => "trust-certificate-form",
            Self::NotRevoked => "trust-revoked",
            Self::RevocationKnown => "trust-revocation-unknown",
            Self::SearchLimit => "trust-search-limit",
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Anchors => "give the root certificates of the trust community",
            Self::IssuerFound => {
                "give the missing intermediate, or check that the server belongs to this community"
            }
            Self::IssuerNameEncoding => {
                "have the certificate issued anew by the authority in use, or give its old certificate"
            }
            Self::TrustedAnchor => {
                "if the root is right, add it to the anchors; roots are renewed under one name"
            }
            Self::Signature => {
                "the issuer of that name is another one: give the one with the key identifier wanted"
            }
            Self::SignatureAlgorithm => "have the certificate issued anew with SHA-256 and RSA or ECDSA",
            Self::NotBefore | Self::NotAfter => "check the clock, else have the certificate renewed",
            Self::LeafIsNoAuthority | Self::LeafUsage => {
                "sign with a certificate made for signing, not with that of an authority"
            }
            Self::IssuerIsAuthority | Self::IssuerUsage => {
                "that certificate cannot issue others: ask the trust community"
            }
            Self::PathLength => "ask the trust community for the intended path",
            Self::KeySize => "have the certificate issued anew for an RSA key of at least 2048 bits",
            Self::KeyKind => "use RSA, P-256 or P-384",
            Self::CriticalExtension | Self::NameConstraints | Self::Form => {
                "look at the certificate with `openssl x509 -text` and ask its issuer"
            }
            Self::NotRevoked => {
                "the certificate was withdrawn: do not talk to that server until it has another"
            }
            Self::RevocationKnown => "give a current revocation list of the issuer, or let it be fetched",
            Self::SearchLimit => "the chain holds too many issuers of one name; send only those of the path",
        }
    }

    /// How far a path had come that broke this rule: the failure furthest on is the one to tell first.
    pub(crate) const fn progress(self) -> u8 {
        match self {
            Self::Anchors => 0,
            Self::IssuerFound => 1,
            Self::TrustedAnchor => 2,
            Self::Signature => 3,
            Self::SignatureAlgorithm | Self::IssuerNameEncoding => 4,
            Self::NotBefore
            | Self::NotAfter
            | Self::KeySize
            | Self::KeyKind
            | Self::LeafIsNoAuthority
            | Self::LeafUsage
            | Self::IssuerIsAuthority
            | Self::IssuerUsage
            | Self::CriticalExtension
            | Self::Form => 5,
            Self::SearchLimit => 6,
            Self::PathLength | Self::NameConstraints => 7,
            Self::RevocationKnown => 8,
            Self::NotRevoked => 9,
        }
    }
}
