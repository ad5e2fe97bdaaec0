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

const TOKEN_EXAMPLES: &str = "\
Examples:
  safire token https://fhir.example.com/r4 --scope system/Patient.rs
      a token for the one registration at that server
  safire token rabcdefghijklmno --json | jq -r .access_token
      the bare token, for a script";

/// What `token` takes.
#[derive(Debug, Args)]
#[command(after_long_help = TOKEN_EXAMPLES)]
pub(crate) struct TokenArgs {
    /// the registration's local id, or the FHIR base when only one registration is there
    pub(crate) id: String,
    /// the scope to ask for [default: what was registered; for a key client `system/*.rs`]
    #[arg(long, value_name = "S")]
    pub(crate) scope: Option<String>,
    /// the token endpoint; no discovery then
    #[arg(long, value_name = "U")]
    pub(crate) token_endpoint: Option<String>,
    /// how Basic credentials are written this time: `form` as RFC 6749 says, `raw` for a server that does not decode them
    #[arg(long, value_name = "E", value_parser = ["form", "raw"])]
    pub(crate) basic_encoding: Option<String>,
    /// the private key to sign with instead of the registration's own
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
}
