//! Where a profile comes from when SMART discovery is not asked.

use std::fmt::Debug;
use std::sync::Arc;

use safire_protocol::server_profile::ServerProfile;

use super::Server;
use crate::error::Error;
use crate::future::BoxFuture;

/// Tells a server's profile: a later stage brings it, and what uses the profile does not ask which.
pub(crate) trait MetadataSource: Debug + Send + Sync {
    /// The profile, kept or fetched.
    fn profile<'a>(&'a self, server: &'a Server) -> BoxFuture<'a, Result<Arc<ServerProfile>, Error>>;

    /// The profile, fetched again.
    fn refreshed_profile<'a>(
        &'a self,
        server: &'a Server,
    ) -> BoxFuture<'a, Result<Arc<ServerProfile>, Error>>;
}
