//! Certificates, chains, trust anchors, revocation and URI names (RFC 5280, RFC 6960) for UDAP Security 2.0.
//!
//! No I/O, no clock and no randomness: bytes and `now` come in as arguments, and what has to be fetched is told to
//! the caller as a [`Need`]. Paths are checked by rustls-webpki; what it leaves out is in [`Policy`].

/// The little ASN.1 that is read by hand.
mod asn1;
/// Names of subjects and issuers.
mod distinguished_name;
/// Kinds and sizes of public keys.
mod key_kind;
/// Blocks of PEM.
mod pem;
/// Names of the URI kind.
mod uri_name;

/// Certificates, read once.
mod certificate;
/// Why something cannot be read as a certificate.
mod certificate_error;
/// Certificates from PEM, DER and PKCS#7.
mod certificate_file;
/// What the extensions of a certificate say.
mod extensions;

/// Revocation lists.
mod crl;
/// Why something cannot be read as a revocation list.
mod crl_error;
/// Questions to a responder, and its answers.
mod ocsp;

/// Chains as they are sent.
mod chain;
/// What is asked of a path.
mod policy;
/// The algorithms of certificate signatures.
mod signature_algorithm;
/// Anchors and what belongs to them.
mod trust_community;

/// What a verification asks its caller to fetch.
mod need;
/// What is known of the revocation of a certificate.
mod revocation_status;
/// The rules that a path can break.
mod rule;
/// Why a chain is not trusted.
mod trust_failure;
/// A path that is trusted.
mod trusted_path;

/// What was fetched.
mod evidence;
/// Rules on one certificate and on a whole path.
mod path_rules;
/// The search for a path.
mod path_search;
/// Whether a certificate of a path is revoked.
mod revocation;
/// Signatures, each checked once.
mod signatures;
/// Signatures that rustls-webpki need not check again.
mod verified_signature;

/// Checks without any anchor.
mod unanchored;
/// The verification as a loop.
mod verification;

pub use certificate::Certificate;
pub use certificate_error::CertificateError;
pub use chain::Chain;
pub use crl::Crl;
pub use crl_error::CrlError;
pub use distinguished_name::DistinguishedName;
pub use extensions::KeyUsage;
pub use key_kind::KeyKind;
pub use need::Need;
pub use policy::Limits;
pub use policy::Policy;
pub use policy::Revocation;
pub use revocation_status::RevocationProblem;
pub use revocation_status::RevocationStatus;
pub use revocation_status::Tried;
pub use rule::Rule;
pub use signature_algorithm::SignatureAlgorithm;
pub use trust_community::TrustAnchors;
pub use trust_community::TrustCommunity;
pub use trust_failure::Attempt;
pub use trust_failure::TrustFailure;
pub use trusted_path::TrustedPath;
pub use unanchored::UnanchoredPath;
pub use uri_name::UriMatch;
pub use uri_name::UriName;
pub use verification::PathVerification;
pub use verification::Step;
