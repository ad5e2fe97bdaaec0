//! What `register` takes.

use std::path::PathBuf;

use clap::Args;

use super::secret_text::SecretText;

const EXAMPLES: &str = "\
Examples:
  safire register https://fhir.example.com/r4 --client-name 'My App' \\
      --redirect-uri http://localhost:8000/callback --auth-method none
      an app for users, without a secret
  safire register https://fhir.example.com/r4 --client-name 'My Backend' --key key.pem \\
      --auth-method private_key_jwt --grant-type client_credentials --scope 'system/*.rs' \\
      --authorization-env REGISTRATION_TOKEN
      a backend service with a key of its own, permitted by an initial access token";

/// What `register` takes.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct RegisterArgs {
    /// the server's FHIR base URL
    #[arg(value_name = "FHIR_BASE")]
    pub(crate) base: String,
    #[command(flatten)]
    pub(crate) metadata: MetadataArgs,
    #[command(flatten)]
    pub(crate) key: KeyArgs,
    #[command(flatten)]
    pub(crate) request: RequestArgs,
}

/// The client's metadata, RFC 7591 §2. What is not given is not sent.
#[derive(Debug, Args)]
#[command(next_help_heading = "Client metadata")]
pub(crate) struct MetadataArgs {
    /// what people call the client
    #[arg(long, value_name = "N")]
    pub(crate) client_name: Option<String>,
    /// where users come back to (repeat)
    #[arg(long, value_name = "U")]
    pub(crate) redirect_uri: Vec<String>,
    /// how the client gets tokens, such as `authorization_code` or `client_credentials` (repeat)
    #[arg(long, value_name = "G")]
    pub(crate) grant_type: Vec<String>,
    /// how the client proves itself
    #[arg(long, value_name = "M", value_parser = ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"])]
    pub(crate) auth_method: Option<String>,
    /// the scope that the client may ask for
    #[arg(long, value_name = "S")]
    pub(crate) scope: Option<String>,
    /// where the client's public keys are published
    #[arg(long, value_name = "U", conflicts_with = "jwks")]
    pub(crate) jwks_uri: Option<String>,
    /// a file with the client's public keys, a JWK Set
    #[arg(long, value_name = "FILE", conflicts_with = "key")]
    pub(crate) jwks: Option<PathBuf>,
    /// the client's home page
    #[arg(long, value_name = "U")]
    pub(crate) client_uri: Option<String>,
    /// the client's logo
    #[arg(long, value_name = "U")]
    pub(crate) logo_uri: Option<String>,
    /// who answers for the client (repeat)
    #[arg(long, value_name = "C")]
    pub(crate) contact: Vec<String>,
    /// the software's id, the same for each of its clients
    #[arg(long, value_name = "I")]
    pub(crate) software_id: Option<String>,
    /// the software's version
    #[arg(long, value_name = "V")]
    pub(crate) software_version: Option<String>,
    /// a file with a signed software statement
    #[arg(long, value_name = "FILE")]
    pub(crate) software_statement: Option<PathBuf>,
    /// any other member, its value as JSON (repeat)
    #[arg(long, value_name = "NAME=JSON")]
    pub(crate) set: Vec<String>,
    /// a JSON file with metadata, `-` for stdin; options win over it
    #[arg(long, value_name = "FILE")]
    pub(crate) metadata: Option<PathBuf>,
}

/// The client's own key.
#[derive(Debug, Args)]
#[command(next_help_heading = "Key")]
pub(crate) struct KeyArgs {
    /// the client's private key, kept sealed with the registration; its public half is what a server gets
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// keep only the key file's path, not the key
    #[arg(long, requires = "key")]
    pub(crate) key_by_path: bool,
}

/// How the request is made, and what becomes of its answer.
#[derive(Debug, Args)]
#[command(next_help_heading = "Request")]
pub(crate) struct RequestArgs {
    /// the registration endpoint; no discovery then
    #[arg(long, value_name = "U")]
    pub(crate) registration_endpoint: Option<String>,
    /// the token endpoint to use later instead of the discovered one
    #[arg(long, value_name = "U")]
    pub(crate) token_endpoint: Option<String>,
    /// how Basic credentials are written later: `form` as RFC 6749 says, `raw` for a server that does not decode them
    #[arg(long, value_name = "E", value_parser = ["form", "raw"])]
    pub(crate) basic_encoding: Option<String>,
    /// the `Authorization` value, sent verbatim
    #[arg(long, value_name = "VALUE", conflicts_with_all = ["authorization_file", "authorization_env"])]
    pub(crate) authorization: Option<SecretText>,
    /// the file with the `Authorization` value
    #[arg(long, value_name = "F", conflicts_with = "authorization_env")]
    pub(crate) authorization_file: Option<PathBuf>,
    /// the environment variable with the `Authorization` value
    #[arg(long, value_name = "VAR")]
    pub(crate) authorization_env: Option<String>,
    /// register even if the store has the same registration already
    #[arg(long)]
    pub(crate) again: bool,
    /// fail (exit 4) where the answer departs badly from what was asked; it is stored first
    #[arg(long)]
    pub(crate) strict: bool,
    /// show the request and send nothing; discovery happens unless an endpoint is given
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// keep nothing; needs `--show-secrets`
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) no_store: bool,
}
