//! The sandbox as a member of one community.

use std::time::Duration;

use rustls_pki_types::UnixTime as PkiTime;
use safire_pki::Certificate;
use safire_pki::Chain;
use safire_pki::Crl;
use safire_pki::PathVerification;
use safire_pki::Step;
use safire_pki::TrustAnchors;
use safire_pki::TrustCommunity;
use safire_protocol::jose::PrivateKey;

use super::community::Community;
use super::member::Member;
use super::member::MemberRequest;
use crate::clock::now;
use crate::error::SandboxError;

/// The sandbox's certificates in one community.
#[derive(Debug)]
pub(super) struct Membership {
    pub(super) community: Community,
    /// With the URI names of the FHIR server and of the identity provider.
    pub(super) server: Member,
    /// The same, revoked from the start, so that no list is too old to know of it.
    pub(super) revoked: Member,
}

impl Membership {
    pub(super) fn join(community: Community, issuer: &str, key: PrivateKey) -> Result<Self, SandboxError> {
        let request = MemberRequest::new(format!("{issuer}/fhir")).uri_name(issuer).key(key);
        let (server, revoked) = (community.issue_as(&request)?, community.issue_as(&request)?);
        community.revoke(revoked.serial());
        Ok(Self { community, server, revoked })
    }

    /// Whether the community vouches for the leaf of the chain now; otherwise why not.
    ///
    /// Lists and issuers of the community are at hand, so nothing is fetched.
    pub(super) fn check(&self, chain: &Chain) -> Result<(), String> {
        let trusted = self.trusted()?;
        let seconds = u64::try_from(now().as_seconds()).unwrap_or_default();
        let now = PkiTime::since_unix_epoch(Duration::from_secs(seconds));
        let mut verification = PathVerification::begin(chain.clone(), &trusted, now);
        loop {
            match verification.step() {
                Step::Trusted(_) => return Ok(()),
                Step::Refused(failure) => return Err(failure.to_string()),
                Step::Need(needs) => {
                    for need in needs {
                        verification.cannot_fetch(&need, "the sandbox fetches nothing");
                    }
                }
            }
        }
    }

    fn trusted(&self) -> Result<TrustCommunity, String> {
        let read = |der: &[u8]| Certificate::from_der(der).map_err(|error| error.to_string());
        let anchor = read(self.community.root().der())?;
        let intermediate = read(self.community.intermediate().der())?;
        let mut lists = Vec::new();
        for list in [self.community.root_list(), self.community.intermediate_list()] {
            let list = list.map_err(|error| error.to_string())?;
            lists.push(Crl::from_der(&list).map_err(|error| error.to_string())?);
        }
        let anchors = TrustAnchors::new([anchor]);
        Ok(TrustCommunity::new(self.community.uri(), anchors).intermediates([intermediate]).crls(lists))
    }
}
