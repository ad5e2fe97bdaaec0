//! What `sandbox` takes.

use std::path::PathBuf;

use clap::Args;

use super::secret_text::SecretText;

const EXAMPLES: &str = "\
Examples:
  safire sandbox --port 8080
      then: safire discover http://127.0.0.1:8080/fhir --allow-insecure-localhost
  safire sandbox --tls --ca-out ca.pem --fault register:slow
      over TLS with a CA of its own, and slow to register";

/// What `sandbox` takes.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct SandboxArgs {
    /// the port on 127.0.0.1 [default: a free one]
    #[arg(long, value_name = "P")]
    pub(crate) port: Option<u16>,
    /// serve https with a certificate authority of its own
    #[arg(long, requires = "ca_out")]
    pub(crate) tls: bool,
    /// where that authority's certificate is written
    #[arg(long, value_name = "FILE", requires = "tls")]
    pub(crate) ca_out: Option<PathBuf>,
    /// register only with this initial access token
    #[arg(long, value_name = "T")]
    pub(crate) require_initial_access_token: Option<SecretText>,
    /// misbehave: `NAME`, or `discovery:NAME`, `register:NAME`, `token:NAME` (repeat; each endpoint has one, the last wins)
    #[arg(long, value_name = "FAULT")]
    pub(crate) fault: Vec<String>,
    /// list the faults and stop
    #[arg(long)]
    pub(crate) list_faults: bool,
}
