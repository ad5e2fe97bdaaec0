//! The registrations of one client that a store keeps.

use safire_protocol::registration::ClientMetadata;
use safire_protocol::udap::Certifications;
use safire_protocol::udap::CommunityUri;
use safire_protocol::udap::UdapIdentity;
use safire_protocol::url::FhirBase;

use crate::error::Error;
use crate::store::Protocol;
use crate::store::Query;
use crate::store::Record;
use crate::store::State;
use crate::store::Store;

/// One client in one community at one server: what a server keeps one registration for (UDAP Security 2.0 §3.4).
pub(super) struct Who<'a> {
    pub(super) base: &'a FhirBase,
    pub(super) community: Option<&'a CommunityUri>,
    pub(super) identity: &'a UdapIdentity,
}

impl Who<'_> {
    /// The live registrations of this client, the newest last. With a TEFCA client each exchange purpose is a client.
    pub(super) async fn records(&self, store: &dyn Store) -> Result<Vec<Record>, Error> {
        let mut found = store.load(Query::BaseKey(self.base.key())).await?;
        found.retain(|record| record.protocol == Protocol::Udap && record.state.is_live() && self.is(record));
        Ok(found)
    }

    /// The one that the server has answered, if any.
    pub(super) async fn registered(&self, store: &dyn Store) -> Result<Option<Record>, Error> {
        let found = self.records(store).await?;
        Ok(found.into_iter().rfind(|record| record.state != State::InDoubt && record.client_id.is_some()))
    }

    fn is(&self, record: &Record) -> bool {
        record.content.settings.udap.as_ref().is_some_and(|bound| {
            bound.client_uri == self.identity.client_uri().as_str()
                && bound.community.as_deref() == self.community.map(CommunityUri::as_str)
        })
    }

    /// Equal for equal registrations: client, community and certifications count as members (UDAP Security 2.0 §3.4).
    pub(super) fn fingerprint(
        &self,
        metadata: &ClientMetadata,
        certifications: &Certifications,
        endpoint: &str,
    ) -> String {
        let community = self.community.map(CommunityUri::as_str).unwrap_or_default();
        let bound = metadata
            .clone()
            .extra("udap_client_uri", self.identity.client_uri().as_str())
            .extra("udap_community", community)
            .extra("udap_certifications", certifications.as_slice().unwrap_or_default().to_vec());
        bound.fingerprint(self.base, endpoint)
    }
}
