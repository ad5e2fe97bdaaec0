//! What the commands about tokens take.

use std::path::PathBuf;

use clap::Args;
use clap::ValueEnum;

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
    /// the scope that the token must have; a backend service asks for it [default: that of the login; for a backend service what was registered, with a key `system/*.rs`]
    #[arg(long, value_name = "S")]
    pub(crate) scope: Option<String>,
    /// renew the token even if the held one is still valid
    #[arg(long, conflicts_with = "token_endpoint")]
    pub(crate) fresh: bool,
    /// ask this token endpoint as a backend service, whatever is held; no discovery then
    #[arg(long, value_name = "U")]
    pub(crate) token_endpoint: Option<String>,
    /// how Basic credentials are written this time: `form` as RFC 6749 says, `raw` for a server that does not decode them
    #[arg(long, value_name = "E", value_parser = ["form", "raw"])]
    pub(crate) basic_encoding: Option<String>,
    /// the private key to sign with instead of the registration's own
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
}

/// Which of the held tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum HeldTokenKind {
    /// The access token.
    Access,
    /// The refresh token.
    Refresh,
}

const INTROSPECT_EXAMPLES: &str = "\
Examples:
  safire introspect rabcdefghijklmno
      what the server knows of the held access token
  safire introspect rabcdefghijklmno --token refresh --json | jq .active
      whether the refresh token is still good";

/// What `introspect` takes.
#[derive(Debug, Args)]
#[command(after_long_help = INTROSPECT_EXAMPLES)]
pub(crate) struct IntrospectArgs {
    /// the registration's local id, or the FHIR base when only one registration is there
    pub(crate) id: String,
    /// which of the held tokens
    #[arg(long, value_name = "KIND", default_value = "access")]
    pub(crate) token: HeldTokenKind,
    /// prove yourself with the held access token instead of the client's credentials
    #[arg(long)]
    pub(crate) bearer: bool,
    /// the private key to sign with instead of the registration's own
    #[arg(long, value_name = "FILE", conflicts_with = "bearer")]
    pub(crate) key: Option<PathBuf>,
}

const REVOKE_EXAMPLES: &str = "\
Examples:
  safire revoke https://fhir.example.com/r4
      logs out: the refresh token, and what was got with it
  safire revoke rabcdefghijklmno --token access
      the access token alone; a refresh token leads to the next one";

/// What `revoke` takes.
#[derive(Debug, Args)]
#[command(after_long_help = REVOKE_EXAMPLES)]
pub(crate) struct RevokeArgs {
    /// the registration's local id, or the FHIR base when only one registration is there
    pub(crate) id: String,
    /// which of the held tokens [default: the refresh token, where there is one]
    #[arg(long, value_name = "KIND")]
    pub(crate) token: Option<HeldTokenKind>,
    /// the private key to sign with instead of the registration's own
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
}
