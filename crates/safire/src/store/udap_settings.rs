//! What a registration by UDAP is bound to.

use safire_protocol::jose::Algorithm;
use serde::Deserialize;
use serde::Serialize;

/// What a registration by UDAP is bound to: community, client and certificate. It holds no secret.
///
/// The exchange purpose of a TEFCA client is the fragment of its URI, and kept apart so that a listing can show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UdapSettings {
    /// The community's URI, where one was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub community: Option<String>,
    /// The client's URI: `iss` and `sub` of its statements.
    pub client_uri: String,
    /// The TEFCA exchange purpose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange_purpose: Option<String>,
    /// The certificates in plain base64, the client's first.
    pub chain: Vec<String>,
    /// The algorithm of its authentication tokens.
    pub algorithm: Algorithm,
    /// The extension objects that each token request must have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions_required: Vec<String>,
}
