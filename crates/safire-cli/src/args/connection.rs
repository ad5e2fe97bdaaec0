//! How servers are reached, and the commands that only reach one.

use std::path::PathBuf;

use clap::Args;

/// How servers are reached.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection options")]
pub(crate) struct ConnectionArgs {
    /// accept http on loopback addresses, for development [env: SAFIRE_ALLOW_INSECURE_LOCALHOST=1]
    #[arg(long, global = true)]
    pub(crate) allow_insecure_localhost: bool,
    /// trust only the certificate authorities in this PEM file
    #[arg(long, global = true, value_name = "PEM")]
    pub(crate) ca_file: Option<PathBuf>,
    /// trust the certificate authorities in this PEM file too
    #[arg(long, global = true, value_name = "PEM")]
    pub(crate) extra_ca: Option<PathBuf>,
    /// the longest time for one request in total, such as `10s`, `500ms` or `1m` [default: 10s]
    #[arg(long, global = true, value_name = "D")]
    pub(crate) timeout: Option<String>,
    /// server-supplied endpoints must be on this host or the FHIR base's own (repeat)
    #[arg(long, global = true, value_name = "H")]
    pub(crate) auth_host: Vec<String>,
}

const DISCOVER_EXAMPLES: &str = "\
Examples:
  safire discover https://fhir.example.com/r4
      endpoints, capabilities and departures from the specification
  safire discover https://fhir.example.com/r4 --json | jq .supports
      the same for programs";

/// What `discover` takes.
#[derive(Debug, Args)]
#[command(after_long_help = DISCOVER_EXAMPLES)]
pub(crate) struct DiscoverArgs {
    /// the server's FHIR base URL
    #[arg(value_name = "FHIR_BASE")]
    pub(crate) base: String,
}
