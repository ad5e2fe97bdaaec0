//! What `udap discover` takes.

use clap::Args;

use super::trust::TrustArgs;

const EXAMPLES: &str = "\
Examples:
  safire udap discover https://fhir.example.com/r4 --anchors community-root.pem
      endpoints, grants and extensions, as the server signed them
  safire udap discover https://fhir.example.com/r4 --community https://community.example.org \\
      --anchors anchors/ --json | jq .path
      the certificates from the server's own to the anchor";

/// What `udap discover` takes.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct UdapDiscoverArgs {
    /// the server's FHIR base URL
    #[arg(value_name = "FHIR_BASE")]
    pub(crate) base: String,
    #[command(flatten)]
    pub(crate) trust: TrustArgs,
}
