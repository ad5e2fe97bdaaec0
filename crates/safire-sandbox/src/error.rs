//! Why a sandbox does not start, or does not take a fault.

use std::io;
use std::net::SocketAddr;

use safire_protocol::jose::KeyError;
use safire_protocol::jose::SignError;
use thiserror::Error;

use crate::endpoint::Endpoint;
use crate::keys::NoKey;

/// What can go wrong with the sandbox itself.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// The port is taken, or not allowed.
    #[error("cannot listen on {address}")]
    Listen {
        /// Where it was tried.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
    /// The certificate is for one host.
    #[error("tenants at several hosts are served without TLS only")]
    HostsWithTls,
    /// The certificates could not be made.
    #[error("cannot make the sandbox's certificates")]
    Certificate(#[from] rcgen::Error),
    /// The certificates could not be used.
    #[error("cannot set up TLS with the sandbox's certificate")]
    Tls(#[from] rustls::Error),
    /// Nobody of that name logs in here.
    #[error("no user is named `{name}`: it is one of {}", list(.known))]
    UnknownUser {
        /// The name given.
        name: String,
        /// Who does.
        known: Vec<String>,
    },
    /// The sandbox has no such patient, or the user may not see it.
    #[error("no patient is named `{name}` that the user may see: it is one of {}", list(.known))]
    UnknownPatient {
        /// The id given.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// The sandbox has no such encounter of that patient.
    #[error("the patient has no encounter `{name}`")]
    UnknownEncounter {
        /// The id given.
        name: String,
    },
    /// No profile has this name.
    #[error("no profile is named `{name}`: it is one of {}", list(.known))]
    UnknownProfile {
        /// The name given.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// No client has this id.
    #[error("no client has the id `{}`", .0.escape_debug())]
    UnknownClient(String),
    /// A client that cannot be added.
    #[error("the client's metadata: {0}")]
    Metadata(String),
    /// No tenant has this number.
    #[error("there is no tenant `{}`: they are numbered from 0 to {}", given.escape_debug(), last(*tenants))]
    UnknownTenant {
        /// The number given.
        given: String,
        /// How many there are.
        tenants: u32,
    },
    /// No manner of tenants has this name.
    #[error("no manner is named `{name}`: it is one of {}", list(.known))]
    UnknownManner {
        /// The name given.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// The shares are more than the tenants.
    #[error("the shares add up to {shares} tenants, of which there are {tenants}")]
    TooManyShares {
        /// Their sum.
        shares: u64,
        /// How many tenants there are.
        tenants: u32,
    },
    /// A key could not be made.
    #[error("cannot make a key")]
    Key(#[from] KeyError),
    /// A key does not sign.
    #[error("cannot sign")]
    Sign(#[from] SignError),
    /// A certificate that was just made cannot be read.
    #[cfg(feature = "udap")]
    #[error("cannot read a certificate of the sandbox")]
    Unreadable(#[from] safire_pki::CertificateError),
    /// The sandbox belongs to no such trust community.
    #[error("no trust community is named `{uri}`: it is one of {}", list(.known))]
    UnknownCommunity {
        /// The URI given.
        uri: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// The runtime is going down.
    #[error("the sandbox stops")]
    Stopped,
    /// The server has no key for the algorithm.
    #[error("there is no key to sign with")]
    NoKey,
    /// The operating system gives no random bytes.
    #[error("there are no random numbers")]
    Random(#[from] getrandom::Error),
    /// No fault has this name.
    #[error("no fault is named `{name}`; {}", closest(.close))]
    UnknownFault {
        /// The name given.
        name: String,
        /// Names that look like it.
        close: Vec<String>,
    },
    /// The fault does not occur at that endpoint.
    #[error("fault `{name}` does not occur at `{endpoint}`, only at {}; {}", list(.endpoints), closest(.close))]
    NotThere {
        /// The fault's name.
        name: String,
        /// The endpoint given.
        endpoint: String,
        /// Where it does occur.
        endpoints: Vec<String>,
        /// Names that look like it and do occur there.
        close: Vec<String>,
    },
    /// What stands before the colon is no endpoint.
    #[error("no endpoint is named `{}`: it is one of {}", .0, list(&endpoint_names()))]
    UnknownEndpoint(String),
    /// The fault's value is missing, not wanted, or not readable.
    #[error("fault `{name}`: {wanted}, not `{value}`")]
    Value {
        /// The fault's name.
        name: String,
        /// What is expected.
        wanted: &'static str,
        /// What was given; empty when nothing was.
        value: String,
    },
}

fn last(tenants: u32) -> String {
    tenants
        .checked_sub(1)
        .map_or_else(|| "none, for there are no tenants".to_owned(), |last| last.to_string())
}

fn endpoint_names() -> Vec<String> {
    Endpoint::ALL.iter().map(|endpoint| endpoint.as_str().to_owned()).collect()
}

fn closest(names: &[String]) -> String {
    if names.is_empty() {
        "see the list of faults".to_owned()
    } else {
        format!("close to it: {}", list(names))
    }
}

fn list(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

impl From<NoKey> for SandboxError {
    fn from(_: NoKey) -> Self {
        Self::NoKey
    }
}
