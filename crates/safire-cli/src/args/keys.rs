//! What the commands over keys take.

use std::path::PathBuf;

use clap::Args;
use clap::Subcommand;

use super::udap::CsrArgs;

/// The commands over keys. They never touch the store.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// make a private key
    Generate(GenerateArgs),
    /// print the public halves of keys as one JWK Set
    Jwks(JwksArgs),
    /// print the RFC 7638 thumbprint of a key
    Thumbprint(ThumbprintArgs),
    /// ask for a certificate: a PKCS#10 request with a URI name, as UDAP needs
    Csr(CsrArgs),
}

const GENERATE_EXAMPLES: &str = "\
Examples:
  safire keys generate --out key.pem
      an ES384 key, in a file that only you can read
  safire keys generate --alg RS384 --show-secrets
      an RSA key on stdout";

/// What `keys generate` takes.
#[derive(Debug, Args)]
#[command(after_long_help = GENERATE_EXAMPLES)]
pub(crate) struct GenerateArgs {
    /// the algorithm the key is for
    #[arg(long, value_name = "ALG", default_value = "ES384", value_parser = ["RS256", "RS384", "PS384", "ES256", "ES384"])]
    pub(crate) alg: String,
    /// where the key is written, mode 0600; an existing file is never overwritten
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

const JWKS_EXAMPLES: &str = "\
Examples:
  safire keys jwks key.pem
      what a server needs to know of the key
  safire keys jwks old.pem new.pem > jwks.json
      two keys, for a change of keys";

/// What `keys jwks` takes.
#[derive(Debug, Args)]
#[command(after_long_help = JWKS_EXAMPLES)]
pub(crate) struct JwksArgs {
    /// key files: PEM, JWK or JWK Set, private or public
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

const THUMBPRINT_EXAMPLES: &str = "\
Examples:
  safire keys thumbprint key.pem
      the default `kid` of the key
  safire keys thumbprint key.pem --json
      the same for programs";

/// What `keys thumbprint` takes.
#[derive(Debug, Args)]
#[command(after_long_help = THUMBPRINT_EXAMPLES)]
pub(crate) struct ThumbprintArgs {
    /// a key file: PEM or JWK, private or public
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}
