//! Whom to trust, and the command that only asks that.

use std::path::PathBuf;

use clap::Args;
use clap::Subcommand;
use clap::ValueEnum;

/// Whom to trust.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Trust")]
pub(crate) struct TrustArgs {
    /// the URI of the trust community; the server answers with its default without it
    #[arg(long, value_name = "URI")]
    pub(crate) community: Option<String>,
    /// the certificates of the community's authorities: a PEM, DER or PKCS#7 file, or a folder of them (repeat)
    #[arg(long, value_name = "FILE|DIR")]
    pub(crate) anchors: Vec<PathBuf>,
    /// certificates between leaf and anchor, for a server that leaves them out (repeat)
    #[arg(long, value_name = "FILE|DIR")]
    pub(crate) intermediates: Vec<PathBuf>,
    /// revocation lists, besides those that are fetched where the certificates say (repeat)
    #[arg(long, value_name = "FILE|DIR")]
    pub(crate) crl: Vec<PathBuf>,
    /// what has to be known of revocation [default: required]
    #[arg(long, value_name = "POLICY")]
    pub(crate) revocation: Option<RevocationPolicy>,
    /// an algorithm by which servers may sign their metadata, in place of RS256 (repeat)
    #[arg(long, value_name = "ALG", value_parser = ["RS256", "RS384", "ES256", "ES384"])]
    pub(crate) metadata_alg: Vec<String>,
}

/// What has to be known of revocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RevocationPolicy {
    /// Each certificate is known not to be revoked.
    Required,
    /// None is known to be revoked.
    UnknownAccepted,
    /// Nobody is asked.
    NotCheckedForTesting,
}

/// The commands about trust.
#[derive(Debug, Subcommand)]
pub(crate) enum TrustCommand {
    /// draw the path of a certificate chain, with what stands in its way
    Check(TrustCheckArgs),
}

const CHECK_EXAMPLES: &str = "\
Examples:
  safire udap trust check server.pem --anchors community-root.pem
      whether the chain in a file is trusted: which anchor, which revocation list, what failed
  safire udap trust check https://fhir.example.com/r4 --anchors anchors/ --explain
      the same of the chain with which a server signs its metadata, telling what is fetched";

/// What `udap trust check` takes.
#[derive(Debug, Args)]
#[command(after_long_help = CHECK_EXAMPLES)]
pub(crate) struct TrustCheckArgs {
    /// files with one chain each, the leaf first, or the FHIR bases of servers
    #[arg(required = true, value_name = "CHAIN")]
    pub(crate) chains: Vec<String>,
    #[command(flatten)]
    pub(crate) trust: TrustArgs,
}
