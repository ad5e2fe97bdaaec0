//! Whom to trust: a community, its policy, and where its evidence comes from.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use safire_protocol::jose::Algorithm;
use safire_protocol::pki::Policy;
use safire_protocol::pki::TrustCommunity;
use safire_protocol::udap::CommunityUri;
use safire_protocol::udap::SignedMetadataPolicy;
use safire_protocol::url::UrlPolicy;

use super::evidence_cache::EvidenceCache;
use crate::transport::Transport;

/// Whom to trust: a community, its policy, and how its revocation lists and missing issuers are fetched.
///
/// Clones share what was fetched, so one for all servers of a community fetches each list once.
#[derive(Clone)]
pub struct UdapTrust {
    anchors: Anchors,
    community_uri: Option<CommunityUri>,
    algorithms: Vec<Algorithm>,
    skew: i64,
    pub(super) transport: Option<Arc<dyn Transport>>,
    pub(super) limits: EvidenceLimits,
    pub(super) fetched: Arc<EvidenceCache>,
}

/// Whether a chain must lead to an anchor.
#[derive(Clone)]
pub(super) enum Anchors {
    Of(Box<TrustCommunity>),
    /// Anyone can make such a chain; its dates and signatures still count.
    NoneForTesting(Box<Policy>),
}

/// How much may be fetched for one verification; the policy of the community has limits of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct EvidenceLimits {
    /// The longest time for everything together.
    pub total: Duration,
    /// The longest time for one request.
    pub each: Duration,
    /// Hosts that are asked.
    pub hosts: usize,
}

impl Default for EvidenceLimits {
    fn default() -> Self {
        Self { total: Duration::from_secs(30), each: Duration::from_secs(10), hosts: 6 }
    }
}

impl UdapTrust {
    /// Trusts what this community trusts, by its policy.
    #[must_use]
    pub fn new(community: TrustCommunity) -> Self {
        Self::with(Anchors::Of(Box::new(community)))
    }

    /// Accepts any server that signs its metadata with any certificate: whoever is asked may be anyone. Signature,
    /// claims, names, dates and key sizes still count, and each use is logged.
    ///
    /// For tests and demonstrations alone.
    #[must_use]
    pub fn accept_any_certificate_for_testing() -> Self {
        Self::with(Anchors::NoneForTesting(Box::new(Policy::strict())))
    }

    fn with(anchors: Anchors) -> Self {
        Self {
            anchors,
            community_uri: None,
            algorithms: vec![Algorithm::Rs256],
            skew: 60,
            transport: None,
            limits: EvidenceLimits::default(),
            fetched: Arc::default(),
        }
    }

    /// Asks the server for the metadata of the community with this URI.
    #[must_use]
    pub fn community_uri(mut self, uri: CommunityUri) -> Self {
        self.community_uri = Some(uri);
        self
    }

    /// Lets the servers of this community sign their metadata by these algorithms in place of RS256.
    #[must_use]
    pub fn metadata_algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = algorithms.into_iter().collect();
        self
    }

    /// How many seconds a server's clock may be ahead. Default: 60.
    #[must_use]
    pub const fn clock_skew(mut self, seconds: i64) -> Self {
        self.skew = seconds;
        self
    }

    /// Fetches revocation lists, issuers and OCSP answers through this transport. Default: one that uses http too,
    /// carries no credentials, and refuses private addresses.
    #[must_use]
    pub fn evidence_transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Limits what is fetched for one verification.
    #[must_use]
    pub const fn evidence_limits(mut self, limits: EvidenceLimits) -> Self {
        self.limits = limits;
        self
    }

    /// The URI of the community, where one is named.
    #[must_use]
    pub const fn community(&self) -> Option<&CommunityUri> {
        self.community_uri.as_ref()
    }

    pub(super) const fn anchors(&self) -> &Anchors {
        &self.anchors
    }

    pub(super) fn metadata_policy(&self, urls: &UrlPolicy) -> SignedMetadataPolicy {
        SignedMetadataPolicy::new(urls.clone())
            .with_algorithms(self.algorithms.iter().copied())
            .with_skew(self.skew)
    }
}

impl fmt::Debug for UdapTrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("UdapTrust");
        match &self.anchors {
            Anchors::Of(community) => shown.field("anchors", community),
            Anchors::NoneForTesting(_) => shown.field("anchors", &"none, for testing"),
        };
        shown.field("community_uri", &self.community_uri).finish_non_exhaustive()
    }
}
