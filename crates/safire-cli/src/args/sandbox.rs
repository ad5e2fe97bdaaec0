//! What `sandbox` takes.

use std::path::PathBuf;

use clap::Args;
use clap::ValueEnum;

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
    /// answer every login at once, as if this user (`clinician` or `patient`) had agreed; the patient is `example` unless named
    #[arg(long, value_name = "USER[:PATIENT]")]
    pub(crate) auto_approve: Option<String>,
    /// how long access tokens live, such as `10s` or `5m` [default: 5m]
    #[arg(long, value_name = "D")]
    pub(crate) token_lifetime: Option<String>,
    /// behave as a vendor's servers were seen to; `--list-profiles` names them
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// know scopes of one SMART version only, and drop the others
    #[arg(long, value_name = "VERSION", value_enum)]
    pub(crate) scopes: Option<Scopes>,
    /// be so many servers at once, each at a path of its own: `/t/0/fhir`, `/t/1/fhir` …
    #[arg(long, value_name = "N")]
    pub(crate) tenants: Option<u32>,
    /// spread the tenants over so many loopback addresses, from 127.0.1.0 on: each is a host of its own
    #[arg(long, value_name = "N", requires = "tenants", conflicts_with = "tls", value_parser = clap::value_parser!(u8).range(1..))]
    pub(crate) hosts: Option<u8>,
    /// let so many tenants have a manner or a profile, such as `slow=100` (repeat)
    #[arg(long, value_name = "MANNER=N", requires = "tenants")]
    pub(crate) share: Vec<String>,
    /// misbehave: `NAME`, or `ENDPOINT:NAME` such as `register:slow` (repeat; each endpoint has one, the last wins)
    #[arg(long, value_name = "FAULT")]
    pub(crate) fault: Vec<String>,
    /// list the faults and stop
    #[arg(long)]
    pub(crate) list_faults: bool,
    /// list the profiles of vendors and the manners of tenants, and stop
    #[arg(long)]
    pub(crate) list_profiles: bool,
}

/// The one version whose scopes a sandbox knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scopes {
    /// such as `patient/*.read`
    V1,
    /// such as `patient/*.rs`
    V2,
}
