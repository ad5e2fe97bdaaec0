//! What the commands over single registrations take.

use std::path::PathBuf;

use clap::Args;
use clap::Subcommand;

use super::register::KeyArgs;

pub(super) const LIST_EXAMPLES: &str = "\
Examples:
  safire registrations
      a table, the soonest trouble first
  safire registrations --json | jq -r '.[] | select(.state == \"in-doubt\") | .id'
      the ids of those in doubt";

/// What `registrations` takes.
#[derive(Debug, Args)]
pub(crate) struct RegistrationsArgs {
    #[command(subcommand)]
    pub(crate) command: Option<RegistrationsCommand>,
}

/// What else can be done with all registrations.
#[derive(Debug, Subcommand)]
pub(crate) enum RegistrationsCommand {
    /// ask every server whether its registration still works; exit 9 where some do not
    #[command(after_long_help = CHECK_EXAMPLES)]
    Check,
}

const CHECK_EXAMPLES: &str = "\
Examples:
  safire registrations check
      discovery, secrets that end, registrations, tokens: a table, the soonest trouble first
  safire registrations check --json | jq '.[] | select(.ok | not)'
      only those in trouble";

/// The commands over single registrations.
#[derive(Debug, Subcommand)]
pub(crate) enum RegistrationCommand {
    /// add a client that was registered by hand, in a portal
    Add(Box<AddArgs>),
    /// show one registration whole
    #[command(after_long_help = SHOW_EXAMPLES)]
    Show(IdArgs),
    /// read one registration at its server, RFC 7592, and keep what changed
    #[command(after_long_help = READ_EXAMPLES)]
    Read(IdArgs),
    /// change one registration at its server, RFC 7592
    Update(Box<UpdateArgs>),
    /// delete one registration at its server, RFC 7592; here it is marked as deleted
    #[command(after_long_help = DELETE_EXAMPLES)]
    Delete(IdArgs),
    /// give one client a new key, the old one in use until the new one was seen to work
    RotateKey(RotateKeyArgs),
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

const READ_EXAMPLES: &str = "\
Examples:
  safire registration read rabcdefghijklmno
      what the server knows now
  safire registration read rabcdefghijklmno --json | jq .changed
      the members that it has changed";

const DELETE_EXAMPLES: &str = "\
Examples:
  safire registration delete rabcdefghijklmno
      the client is gone at the server, its entry stays here as history
  safire registration delete https://fhir.example.com/r4 --json
      by its server, when only one registration is there";

const UPDATE_EXAMPLES: &str = "\
Examples:
  safire registration update rabcdefghijklmno --set 'client_name=\"A better name\"'
      one member changed, the others as they are registered
  safire registration update rabcdefghijklmno --metadata changes.json --set logo_uri=null
      several changed, and one taken out";

/// What `registration update` takes.
#[derive(Debug, Args)]
#[command(after_long_help = UPDATE_EXAMPLES)]
pub(crate) struct UpdateArgs {
    /// the local id, or the FHIR base when only one registration is there
    pub(crate) id: String,
    /// a member with its new value as JSON, `null` to take it out (repeat)
    #[arg(long, value_name = "NAME=JSON", required_unless_present = "metadata")]
    pub(crate) set: Vec<String>,
    /// a JSON file with the members to change, `-` for stdin; `--set` wins over it
    #[arg(long, value_name = "FILE")]
    pub(crate) metadata: Option<PathBuf>,
    /// leave `client_id` out, which the RFC wants and some servers refuse
    #[arg(long)]
    pub(crate) without_client_id: bool,
    /// leave `client_secret` out, which some servers refuse
    #[arg(long)]
    pub(crate) without_client_secret: bool,
}

const ROTATE_KEY_EXAMPLES: &str = "\
Examples:
  safire registration rotate-key rabcdefghijklmno
      a new key of the same kind, made here; the same command goes on where it stopped
  safire registration rotate-key rabcdefghijklmno --key new-key.pem
      a key of your own";

/// What `registration rotate-key` takes.
#[derive(Debug, Args)]
#[command(after_long_help = ROTATE_KEY_EXAMPLES)]
pub(crate) struct RotateKeyArgs {
    /// the local id, or the FHIR base when only one registration is there
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) key: KeyArgs,
    /// make a new key of this kind [default: the kind of the present one]
    #[arg(long, value_name = "ALG", conflicts_with = "key", value_parser = ["RS256", "RS384", "PS384", "ES256", "ES384"])]
    pub(crate) alg: Option<String>,
    /// go on with the new key without a token of the client's own to prove it: a login has shown that it works
    #[arg(long, conflicts_with_all = ["key", "alg"])]
    pub(crate) trust: bool,
}

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
