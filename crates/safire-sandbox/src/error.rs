//! Why a sandbox does not start, or does not take a fault.

use std::io;
use std::net::SocketAddr;

use thiserror::Error;

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
    /// The certificates could not be made.
    #[error("cannot make the sandbox's certificates")]
    Certificate(#[from] rcgen::Error),
    /// The certificates could not be used.
    #[error("cannot set up TLS with the sandbox's certificate")]
    Tls(#[from] rustls::Error),
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
    #[error("no endpoint is named `{0}`: it is `discovery`, `register` or `token`")]
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
