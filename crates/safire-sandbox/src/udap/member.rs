//! A member of a community: a certificate with its key.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use safire_protocol::jose::Algorithm;
use safire_protocol::jose::PrivateKey;

use super::der::pem;

/// A server or client that a community gave a certificate: the chain and the private key.
#[derive(Clone)]
pub struct Member {
    pub(super) chain: Vec<Vec<u8>>,
    pub(super) key: PrivateKey,
    pub(super) serial: Vec<u8>,
}

/// What a certificate shall say. By default it is for an RSA key of 2048 bits and good for a year.
///
/// ```
/// # fn main() -> Result<(), safire_sandbox::SandboxError> {
/// use safire_sandbox::Community;
/// use safire_sandbox::MemberRequest;
///
/// let community = Community::builder("https://community.example/").make()?;
/// let request = MemberRequest::new("https://app.example.org/udap").algorithm(safire_jose::Algorithm::Es256);
/// let client = community.issue_as(&request)?;
/// assert!(client.chain_pem().starts_with("-----BEGIN CERTIFICATE-----"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct MemberRequest {
    pub(super) uri_names: Vec<String>,
    pub(super) algorithm: Algorithm,
    pub(super) key: Option<PrivateKey>,
    /// Seconds before and after now.
    pub(super) good: (i64, i64),
}

impl MemberRequest {
    /// A certificate with this URI name, by which UDAP knows servers and clients.
    #[must_use]
    pub fn new(uri_name: impl Into<String>) -> Self {
        Self {
            uri_names: vec![uri_name.into()],
            algorithm: Algorithm::Rs256,
            key: None,
            good: (HOUR, 365 * 24 * HOUR),
        }
    }

    /// Adds a further URI name.
    #[must_use]
    pub fn uri_name(mut self, name: impl Into<String>) -> Self {
        self.uri_names.push(name.into());
        self
    }

    /// Makes a key for this algorithm.
    #[must_use]
    pub const fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// Takes this key, and makes none.
    #[must_use]
    pub fn key(mut self, key: PrivateKey) -> Self {
        self.key = Some(key);
        self
    }

    /// Makes a certificate that ended yesterday.
    #[must_use]
    pub const fn expired(mut self) -> Self {
        self.good = (30 * 24 * HOUR, -24 * HOUR);
        self
    }

    /// Makes a certificate that begins tomorrow.
    #[must_use]
    pub const fn not_yet_valid(mut self) -> Self {
        self.good = (-24 * HOUR, 30 * 24 * HOUR);
        self
    }
}

impl Member {
    /// The certificates as DER: that of the member, then that of its issuer.
    #[must_use]
    pub fn chain(&self) -> &[Vec<u8>] {
        &self.chain
    }

    /// The same as one PEM text.
    #[must_use]
    pub fn chain_pem(&self) -> String {
        self.chain.iter().map(|der| pem("CERTIFICATE", der)).collect()
    }

    /// The elements of an `x5c` header (RFC 7515 §4.1.6).
    #[must_use]
    pub fn x5c(&self) -> Vec<String> {
        self.chain.iter().map(|der| STANDARD.encode(der)).collect()
    }

    /// The private key.
    #[must_use]
    pub const fn key(&self) -> &PrivateKey {
        &self.key
    }

    /// The serial number of the certificate, for [`Community::revoke`](super::Community::revoke).
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        &self.serial
    }

    /// The certificate alone.
    pub(super) fn leaf(&self) -> &[u8] {
        self.chain.first().map(Vec::as_slice).unwrap_or_default()
    }
}

impl std::fmt::Debug for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let serial: String = self.serial.iter().map(|byte| format!("{byte:02x}")).collect();
        f.debug_struct("Member").field("serial", &serial).finish_non_exhaustive()
    }
}

const HOUR: i64 = 3_600;
