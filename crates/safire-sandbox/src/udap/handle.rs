//! UDAP as a test sees it.

use super::community::Community;
use super::registration::REGISTRATION_PATH;
use crate::error::SandboxError;
use crate::sandbox::Sandbox;

impl Sandbox {
    /// Where clients register by UDAP.
    #[must_use]
    pub fn udap_registration_endpoint(&self) -> String {
        format!("{}{REGISTRATION_PATH}", self.issuer())
    }

    /// The trust communities that the sandbox belongs to, the default one first: with them certificates for clients
    /// are issued and revoked, and other sandboxes made that trust this one.
    ///
    /// # Errors
    /// [`SandboxError`] when certificates cannot be made; they are at the first call.
    pub async fn udap_communities(&self) -> Result<Vec<Community>, SandboxError> {
        let memberships = self.world.root.udap.memberships().await?;
        Ok(memberships.iter().map(|one| one.community.clone()).collect())
    }

    /// The trust community with this URI.
    ///
    /// # Errors
    /// As [`Self::udap_communities`], and [`SandboxError::UnknownCommunity`].
    pub async fn udap_community(&self, uri: &str) -> Result<Community, SandboxError> {
        let communities = self.udap_communities().await?;
        let known = communities.iter().map(|one| one.uri().to_owned()).collect();
        communities
            .into_iter()
            .find(|one| one.uri() == uri)
            .ok_or_else(|| SandboxError::UnknownCommunity { uri: uri.to_owned(), known })
    }
}
