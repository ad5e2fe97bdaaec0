//! What a registration by UDAP is bound to.

use std::path::PathBuf;

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

/// Whom a registration by UDAP trusts, so that its server can be trusted anew later. The store keeps it for the
/// application, which makes a [`TrustCommunity`](safire_protocol::pki::TrustCommunity) of it. It holds no secret.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(default)]
pub struct KeptTrust {
    /// The anchors, in plain base64.
    pub anchors: Vec<String>,
    /// Intermediates for servers that send only their leaf, likewise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub intermediates: Vec<String>,
    /// Where revocation lists lie; they change, so they are not kept themselves.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub revocation_lists: Vec<PathBuf>,
    /// The application's name for a policy on revocation softer than the strict one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revocation: Option<String>,
    /// By which algorithms servers may sign their metadata, where it is not RS256 alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub metadata_algorithms: Vec<Algorithm>,
}
