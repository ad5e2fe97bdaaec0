//! What the commands over test communities take.

use std::path::PathBuf;

use clap::Args;
use clap::Subcommand;

/// The commands over test communities.
#[derive(Debug, Subcommand)]
pub(crate) enum CommunityCommand {
    /// make authorities, revocation lists and certificates in a new folder
    New(NewCommunityArgs),
}

const NEW_EXAMPLES: &str = "\
Examples:
  safire udap community new trust --client https://app.example.org/udap
      root, intermediate, their lists, and a client's certificate with its key
  safire udap community new trust --server https://fhir.example.org/r4 --alg ES256 --revoked https://old.example.org
      a server's certificate too, and one that is on the list";

/// What `udap community new` takes.
#[derive(Debug, Args)]
#[command(after_long_help = NEW_EXAMPLES)]
pub(crate) struct NewCommunityArgs {
    /// the folder; it is made, and nothing in it is ever overwritten
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// the URI of the community
    #[arg(long, value_name = "URI", default_value = "https://community.example/")]
    pub(crate) community: String,
    /// the URI name of the client
    #[arg(long, value_name = "URI", default_value = "https://app.example.org/udap")]
    pub(crate) client: String,
    /// the URI name of a server, which is its FHIR base
    #[arg(long, value_name = "URI")]
    pub(crate) server: Option<String>,
    /// the URI name of a client whose certificate is revoked
    #[arg(long, value_name = "URI")]
    pub(crate) revoked: Option<String>,
    /// the URI name of a client whose certificate has ended
    #[arg(long, value_name = "URI")]
    pub(crate) expired: Option<String>,
    /// the algorithm that the members' keys are for
    #[arg(long, value_name = "ALG", default_value = "RS256", value_parser = ["RS256", "ES256", "ES384"])]
    pub(crate) alg: String,
    /// where the folder will be served, which the certificates then tell: lists below `crl/`, issuers below `ca/`
    #[arg(long, value_name = "URL")]
    pub(crate) published_at: Option<String>,
}
