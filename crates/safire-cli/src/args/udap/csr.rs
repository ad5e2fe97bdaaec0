//! What `keys csr` takes.

use std::path::PathBuf;

use clap::Args;

const EXAMPLES: &str = "\
Examples:
  safire keys csr --key client.key.pem --uri-name https://app.example.org/udap --out client.csr
      a request for a UDAP certificate, to send to the trust community
  safire keys csr --key client.key.pem --uri-name https://app.example.org/udap#T-TREAT \\
      --common-name 'My Backend' --out client.csr --json
      the same for one TEFCA exchange purpose, with a name for people";

/// What `keys csr` takes.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct CsrArgs {
    /// the private key that the certificate is for
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// the URI name of the certificate, which is who the client is (repeat)
    #[arg(long, value_name = "URI", required = true)]
    pub(crate) uri_name: Vec<String>,
    /// the common name in its subject
    #[arg(long, value_name = "N")]
    pub(crate) common_name: Option<String>,
    /// the organization in its subject
    #[arg(long, value_name = "N")]
    pub(crate) organization: Option<String>,
    /// where the request is written, in PEM; an existing file is never overwritten [default: stdout]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}
