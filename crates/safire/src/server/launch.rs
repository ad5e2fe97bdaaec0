//! An EHR launches the app (SMART App Launch 2.2).

use safire_protocol::authorize::AllowedIssuers;
use safire_protocol::authorize::EhrLaunch;
use url::Url;

use super::Server;
use super::ServerBuilder;
use crate::error::Error;

impl Server {
    /// The server that opened the app's launch URL, to be set up, and the launch. The list decides; nothing is sent.
    ///
    /// The launch's value goes with [`safire_protocol::authorize::AuthorizationRequest::with_launch`].
    ///
    /// # Errors
    /// [`Error::Launch`] when the launch URL is unusable, or the server is not on the list.
    pub fn launched_by(url: &Url, allowed: &AllowedIssuers) -> Result<(ServerBuilder, EhrLaunch), Error> {
        let launch = EhrLaunch::from_url(url, allowed)?;
        Ok((Self::builder(launch.base().as_str()), launch))
    }
}
