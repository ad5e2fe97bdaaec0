//! What is chosen about UDAP before the start.

use super::community::Community;
use crate::builder::SandboxBuilder;

/// The choices that do not change while the sandbox runs.
#[derive(Debug, Clone, Default)]
pub(crate) struct UdapSetup {
    pub(super) offer: Offer,
    pub(super) communities: Vec<Wanted>,
    pub(super) required_certifications: Vec<String>,
}

/// Whether there is UDAP at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Offer {
    #[default]
    Udap,
    Nothing,
}

/// A community that the sandbox belongs to.
#[derive(Debug, Clone)]
pub(super) enum Wanted {
    /// It is there already.
    Made(Community),
    /// It is made when it is first needed.
    Named(String),
}

impl SandboxBuilder {
    /// Belongs to this trust community. The first one named is asked where a client names none; where no community is
    /// named at all, there is one of the sandbox's own, [`DEFAULT_COMMUNITY`](crate::DEFAULT_COMMUNITY).
    pub fn udap(mut self, community: Community) -> Self {
        self.udap.communities.push(Wanted::Made(community));
        self
    }

    /// Belongs to a trust community with this URI, which is made for this run.
    pub fn udap_community(mut self, uri: impl Into<String>) -> Self {
        self.udap.communities.push(Wanted::Named(uri.into()));
        self
    }

    /// Registers by UDAP only who shows a certification with this URI (UDAP Security 2.0 §3.3).
    pub fn require_certification(mut self, uri: impl Into<String>) -> Self {
        self.udap.required_certifications.push(uri.into());
        self
    }

    /// Offers no UDAP: 404 in place of its metadata.
    pub fn without_udap(mut self) -> Self {
        self.udap.offer = Offer::Nothing;
        self
    }
}
