use rustls_pki_types::UnixTime;

use crate::certificate::Certificate;
use crate::revocation_status::RevocationStatus;

/// A path from a leaf to an anchor that holds by every rule of the community.
#[derive(Debug, Clone)]
pub struct TrustedPath {
    community: String,
    certificates: Vec<Certificate>,
    anchor: Certificate,
    revocation: Vec<RevocationStatus>,
}

impl TrustedPath {
    pub(crate) fn new(
        community: &str,
        certificates: Vec<Certificate>,
        anchor: Certificate,
        revocation: Vec<RevocationStatus>,
    ) -> Self {
        Self { community: community.to_owned(), certificates, anchor, revocation }
    }

    /// The community that trusts it.
    #[must_use]
    pub fn community(&self) -> &str {
        &self.community
    }

    /// From the leaf up to the certificate that the anchor issued.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The leaf.
    #[must_use]
    pub fn leaf(&self) -> &Certificate {
        self.certificates.first().unwrap_or(&self.anchor)
    }

    /// The anchor.
    #[must_use]
    pub const fn anchor(&self) -> &Certificate {
        &self.anchor
    }

    /// How it is known of each of [`Self::certificates`] that it is not revoked.
    #[must_use]
    pub fn revocation(&self) -> &[RevocationStatus] {
        &self.revocation
    }

    /// Until when all of it holds: the first end of a certificate, or the first list or answer that must be renewed.
    ///
    /// No cache should keep what was signed by the leaf as trusted any longer.
    #[must_use]
    pub fn fresh_until(&self) -> UnixTime {
        let lists = self.revocation.iter().filter_map(|status| match status {
            RevocationStatus::NotRevoked { until, .. } => Some(*until),
            RevocationStatus::Unknown { .. } | RevocationStatus::NotChecked => None,
        });
        let ends = self.certificates.iter().map(Certificate::not_after);
        lists.chain(ends).fold(self.anchor.not_after(), UnixTime::min)
    }
}
