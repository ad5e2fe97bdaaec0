use std::fmt;

use crate::certificate::Certificate;
use crate::certificate_error::CertificateError;
use crate::certificate_file::read_certificates;
use crate::crl::Crl;
use crate::policy::Policy;

/// Certificates of authorities that are trusted without further proof.
///
/// Several may have the same name: roots are rolled over under one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustAnchors {
    certificates: Vec<Certificate>,
}

impl TrustAnchors {
    /// Trusts these certificates.
    #[must_use]
    pub fn new(certificates: impl IntoIterator<Item = Certificate>) -> Self {
        Self { certificates: certificates.into_iter().collect() }
    }

    /// Trusts every certificate of a PEM text, a DER file or a PKCS#7 envelope.
    ///
    /// # Errors
    /// [`CertificateError`] when there is none or one is malformed.
    pub fn parse(bytes: &[u8]) -> Result<Self, CertificateError> {
        read_certificates(bytes, MAX_CERTIFICATES).map(Self::new)
    }

    /// Them.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }
}

impl Extend<Certificate> for TrustAnchors {
    fn extend<T: IntoIterator<Item = Certificate>>(&mut self, certificates: T) {
        self.certificates.extend(certificates);
    }
}

/// Whom to trust and by which rules: one community of servers and clients.
///
/// Each community is asked on its own, so that what one of them trusts never counts in another.
#[derive(Clone)]
pub struct TrustCommunity {
    name: String,
    anchors: TrustAnchors,
    intermediates: Vec<Certificate>,
    crls: Vec<Crl>,
    policy: Policy,
}

impl TrustCommunity {
    /// A community under the strict policy. The name stands in messages.
    #[must_use]
    pub fn new(name: impl Into<String>, anchors: TrustAnchors) -> Self {
        Self {
            name: name.into(),
            anchors,
            intermediates: Vec::new(),
            crls: Vec::new(),
            policy: Policy::strict(),
        }
    }

    /// Adds intermediates, for servers that send only their leaf. They are not trusted for being here.
    #[must_use]
    pub fn intermediates(mut self, certificates: impl IntoIterator<Item = Certificate>) -> Self {
        self.intermediates.extend(certificates);
        self
    }

    /// Adds revocation lists.
    #[must_use]
    pub fn crls(mut self, crls: impl IntoIterator<Item = Crl>) -> Self {
        self.crls.extend(crls);
        self
    }

    /// Replaces the policy.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its anchors.
    #[must_use]
    pub const fn anchors(&self) -> &TrustAnchors {
        &self.anchors
    }

    /// Its policy.
    #[must_use]
    pub const fn rules(&self) -> &Policy {
        &self.policy
    }

    pub(crate) fn known_intermediates(&self) -> &[Certificate] {
        &self.intermediates
    }

    pub(crate) fn known_crls(&self) -> &[Crl] {
        &self.crls
    }
}

impl fmt::Debug for TrustCommunity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (anchors, crls) = (self.anchors.certificates.len(), self.crls.len());
        write!(f, "TrustCommunity({:?}, {anchors} anchors, {crls} revocation lists)", self.name)
    }
}

/// A file with more is no list of anchors of one community.
const MAX_CERTIFICATES: usize = 1_000;
