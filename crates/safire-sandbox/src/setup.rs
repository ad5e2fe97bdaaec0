//! What was chosen before the start.

use crate::management::Management;
use crate::profile::Profile;
use crate::scope_syntax::ScopeSyntax;
#[cfg(feature = "udap")]
use crate::udap::UdapSetup;

/// The choices that do not change while the sandbox runs.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) initial_access_token: Option<InitialAccess>,
    /// How many seconds an access token lives.
    pub(crate) token_lifetime: i64,
    pub(crate) profile: &'static Profile,
    /// In place of the profile's.
    pub(crate) scopes: Option<ScopeSyntax>,
    /// In place of the profile's.
    pub(crate) management: Option<Management>,
    #[cfg(feature = "udap")]
    pub(crate) udap: UdapSetup,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            initial_access_token: None,
            token_lifetime: LIFETIME,
            profile: Profile::standard(),
            scopes: None,
            management: None,
            #[cfg(feature = "udap")]
            udap: UdapSetup::default(),
        }
    }
}

/// The token that permits a registration.
pub(crate) struct InitialAccess(pub(crate) String);

impl std::fmt::Debug for InitialAccess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InitialAccess([redacted])")
    }
}

/// SMART recommends at most five minutes for backend services.
const LIFETIME: i64 = 300;
