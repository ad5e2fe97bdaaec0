use std::fmt;

use rustls_pki_types::SignatureVerificationAlgorithm;
use webpki::aws_lc_rs;

/// An algorithm that certificates, revocation lists and OCSP answers may be signed with.
///
/// There is no SHA-1 and no MD5 to choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SignatureAlgorithm {
    /// RSA PKCS #1 v1.5 with SHA-256.
    RsaPkcs1Sha256,
    /// RSA PKCS #1 v1.5 with SHA-384.
    RsaPkcs1Sha384,
    /// RSA PKCS #1 v1.5 with SHA-512.
    RsaPkcs1Sha512,
    /// RSA-PSS with SHA-256.
    RsaPssSha256,
    /// RSA-PSS with SHA-384.
    RsaPssSha384,
    /// RSA-PSS with SHA-512.
    RsaPssSha512,
    /// ECDSA with SHA-256.
    EcdsaSha256,
    /// ECDSA with SHA-384.
    EcdsaSha384,
    /// ECDSA with SHA-512.
    EcdsaSha512,
}

impl SignatureAlgorithm {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::RsaPkcs1Sha256,
        Self::RsaPkcs1Sha384,
        Self::RsaPkcs1Sha512,
        Self::RsaPssSha256,
        Self::RsaPssSha384,
        Self::RsaPssSha512,
        Self::EcdsaSha256,
        Self::EcdsaSha384,
        Self::EcdsaSha512,
    ];

    /// The name that OpenSSL and others write.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RsaPkcs1Sha256 => "sha256WithRSAEncryption",
            Self::RsaPkcs1Sha384 => "sha384WithRSAEncryption",
            Self::RsaPkcs1Sha512 => "sha512WithRSAEncryption",
            Self::RsaPssSha256 => "RSASSA-PSS with SHA-256",
            Self::RsaPssSha384 => "RSASSA-PSS with SHA-384",
            Self::RsaPssSha512 => "RSASSA-PSS with SHA-512",
            Self::EcdsaSha256 => "ecdsa-with-SHA256",
            Self::EcdsaSha384 => "ecdsa-with-SHA384",
            Self::EcdsaSha512 => "ecdsa-with-SHA512",
        }
    }

    /// The implementations, one for each kind of key and spelling of the parameters.
    pub(crate) fn implementations(self) -> &'static [&'static dyn SignatureVerificationAlgorithm] {
        match self {
            // RFC 4055 §5: the parameters are NULL, and must be accepted when absent.
            Self::RsaPkcs1Sha256 => RSA_PKCS1_SHA256,
            Self::RsaPkcs1Sha384 => RSA_PKCS1_SHA384,
            Self::RsaPkcs1Sha512 => RSA_PKCS1_SHA512,
            Self::RsaPssSha256 => RSA_PSS_SHA256,
            Self::RsaPssSha384 => RSA_PSS_SHA384,
            Self::RsaPssSha512 => RSA_PSS_SHA512,
            Self::EcdsaSha256 => ECDSA_SHA256,
            Self::EcdsaSha384 => ECDSA_SHA384,
            Self::EcdsaSha512 => ECDSA_SHA512,
        }
    }
}

impl fmt::Display for SignatureAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

static RSA_PKCS1_SHA256: &[&dyn SignatureVerificationAlgorithm] =
    &[aws_lc_rs::RSA_PKCS1_2048_8192_SHA256, aws_lc_rs::RSA_PKCS1_2048_8192_SHA256_ABSENT_PARAMS];
static RSA_PKCS1_SHA384: &[&dyn SignatureVerificationAlgorithm] =
    &[aws_lc_rs::RSA_PKCS1_2048_8192_SHA384, aws_lc_rs::RSA_PKCS1_2048_8192_SHA384_ABSENT_PARAMS];
static RSA_PKCS1_SHA512: &[&dyn SignatureVerificationAlgorithm] =
    &[aws_lc_rs::RSA_PKCS1_2048_8192_SHA512, aws_lc_rs::RSA_PKCS1_2048_8192_SHA512_ABSENT_PARAMS];
static RSA_PSS_SHA256: &[&dyn SignatureVerificationAlgorithm] =
    &[aws_lc_rs::RSA_PSS_2048_8192_SHA256_LEGACY_KEY];
static RSA_PSS_SHA384: &[&dyn SignatureVerificationAlgorithm] =
    &[aws_lc_rs::RSA_PSS_2048_8192_SHA384_LEGACY_KEY];
static RSA_PSS_SHA512: &[&dyn SignatureVerificationAlgorithm] =
    &[aws_lc_rs::RSA_PSS_2048_8192_SHA512_LEGACY_KEY];
static ECDSA_SHA256: &[&dyn SignatureVerificationAlgorithm] =
    &[aws_lc_rs::ECDSA_P256_SHA256, aws_lc_rs::ECDSA_P384_SHA256, aws_lc_rs::ECDSA_P521_SHA256];
static ECDSA_SHA384: &[&dyn SignatureVerificationAlgorithm] =
    &[aws_lc_rs::ECDSA_P256_SHA384, aws_lc_rs::ECDSA_P384_SHA384, aws_lc_rs::ECDSA_P521_SHA384];
static ECDSA_SHA512: &[&dyn SignatureVerificationAlgorithm] =
    &[aws_lc_rs::ECDSA_P256_SHA512, aws_lc_rs::ECDSA_P384_SHA512, aws_lc_rs::ECDSA_P521_SHA512];
