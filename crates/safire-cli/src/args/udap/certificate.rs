//! Who the client is: a certificate and its key.

use std::path::PathBuf;

use clap::Args;

/// Who the client is.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Client")]
pub(crate) struct CertificateArgs {
    /// the client's certificate and those above it, in PEM
    #[arg(long, value_name = "CHAIN.pem")]
    pub(crate) cert: Option<PathBuf>,
    /// the private key of the certificate, kept sealed with the registration
    #[arg(long, value_name = "KEY.pem")]
    pub(crate) key: Option<PathBuf>,
    /// keep only the key file's path, not the key
    #[arg(long, requires = "key")]
    pub(crate) key_by_path: bool,
    /// which URI name of the certificate the client is [default: the only one]
    #[arg(long, value_name = "URI")]
    pub(crate) uri_name: Option<String>,
    /// the algorithm to sign with [default: the first that key and server have in common]
    #[arg(long, value_name = "ALG", value_parser = ["RS256", "RS384", "ES256", "ES384"])]
    pub(crate) alg: Option<String>,
}
