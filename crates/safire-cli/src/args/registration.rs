//! What the commands over single registrations take.

use std::path::PathBuf;

use clap::Args;
use clap::Subcommand;

use super::register::KeyArgs;

pub(super) const LIST_EXAMPLES: &str = "\
Examples:
  safire registrations
      a table, oldest first
  safire registrations --json | jq -r '.[] | select(.state == \"in-doubt\") | .id'
      the ids of those in doubt";

/// The commands over single registrations.
#[derive(Debug, Subcommand)]
pub(crate) enum RegistrationCommand {
    /// add a client that was registered by hand, in a portal
    Add(Box<AddArgs>),
    /// show one registration whole
    #[command(after_long_help = SHOW_EXAMPLES)]
    Show(IdArgs),
    /// forget one registration here; the server is not told
    #[command(after_long_help = FORGET_EXAMPLES)]
    Forget(IdArgs),
}

const SHOW_EXAMPLES: &str = "\
Examples:
  safire registration show https://fhir.example.com/r4
      the one registration at that server
  safire registration show rabcdefghijklmno --json --show-secrets
      everything, the client secret too";

const FORGET_EXAMPLES: &str = "\
Examples:
  safire registration forget rabcdefghijklmno
      by its id
  safire registration forget https://fhir.example.com/r4
      by its server, when only one registration is there";

/// Which registration.
#[derive(Debug, Args)]
pub(crate) struct IdArgs {
    /// the local id, or the FHIR base when only one registration is there
    pub(crate) id: String,
}

const ADD_EXAMPLES: &str = "\
Examples:
  safire registration add https://fhir.example.com/r4 --client-id my-app --secret-env CLIENT_SECRET
      a client with a secret
  safire registration add https://fhir.example.com/r4 --client-id my-backend --key key.pem
      a client with a key";

/// What `registration add` takes.
#[derive(Debug, Args)]
#[command(after_long_help = ADD_EXAMPLES)]
pub(crate) struct AddArgs {
    /// the server's FHIR base URL
    #[arg(value_name = "FHIR_BASE")]
    pub(crate) base: String,
    /// what the server calls the client
    #[arg(long, value_name = "C")]
    pub(crate) client_id: String,
    /// what people call the client
    #[arg(long, value_name = "N")]
    pub(crate) client_name: Option<String>,
    /// how the client proves itself [default: by what is given: secret, key or nothing]
    #[arg(long, value_name = "M", value_parser = ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"])]
    pub(crate) auth_method: Option<String>,
    /// the file with the client secret
    #[arg(long, value_name = "F", conflicts_with_all = ["secret_env", "key"])]
    pub(crate) secret_file: Option<PathBuf>,
    /// the environment variable with the client secret
    #[arg(long, value_name = "V", conflicts_with = "key")]
    pub(crate) secret_env: Option<String>,
    #[command(flatten)]
    pub(crate) key: KeyArgs,
    /// the token endpoint to use instead of the discovered one
    #[arg(long, value_name = "U")]
    pub(crate) token_endpoint: Option<String>,
    /// how Basic credentials are written: `form` as RFC 6749 says, `raw` for a server that does not decode them
    #[arg(long, value_name = "E", value_parser = ["form", "raw"])]
    pub(crate) basic_encoding: Option<String>,
    /// the authorization endpoint to use instead of the discovered one
    #[arg(long, value_name = "U")]
    pub(crate) authorization_endpoint: Option<String>,
    /// the scope to ask for
    #[arg(long, value_name = "S")]
    pub(crate) scope: Option<String>,
    /// where users come back to, as registered in the portal (repeat)
    #[arg(long, value_name = "U")]
    pub(crate) redirect_uri: Vec<String>,
}
