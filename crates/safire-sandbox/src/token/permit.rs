//! What a grant file hands to the answer.

use std::sync::Arc;

use crate::client::Client;
use crate::grant::Grant;

/// A token request that is granted.
#[derive(Debug)]
pub(super) struct Permit {
    pub(super) client: Arc<Client>,
    pub(super) grant: Arc<Grant>,
    /// The scope of the access token; a refresh may want less than was granted.
    pub(super) scope: String,
    pub(super) by: By,
}

/// By which grant.
#[derive(Debug)]
pub(super) enum By {
    AuthorizationCode,
    ClientCredentials,
    JwtBearer,
    /// With the refresh token that is spent by it.
    Refresh {
        spent: String,
    },
}
