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

    /// The last second until which all of it holds, revocation aside: no cache should keep it longer.
    #[must_use]
    pub fn not_after(&self) -> rustls_pki_types::UnixTime {
        let ends = self.certificates.iter().map(Certificate::not_after);
        ends.min().map_or_else(|| self.anchor.not_after(), |end| end.min(self.anchor.not_after()))
    }
}
