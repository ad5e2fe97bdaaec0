//! What `login` takes.

use std::path::PathBuf;

use clap::Args;

use super::secret_text::SecretText;

const EXAMPLES: &str = "\
Examples:
  safire login https://fhir.example.com/r4 \\
      --scope 'launch/patient openid fhirUser offline_access patient/*.rs'
      opens the browser, waits for the user to come back, and keeps the tokens
  safire login rabcdefghijklmno --no-browser --port 8000 --wait 15m
      for a browser elsewhere, from which port 8000 is forwarded here: tells the page on stderr";

/// What `login` takes.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct LoginArgs {
    /// the registration's local id, or the FHIR base when only one registration is there
    pub(crate) id: String,
    /// the scope to ask for [default: what was registered, without what only a backend gets]
    #[arg(long, value_name = "S")]
    pub(crate) scope: Option<String>,
    /// the value that the EHR gave with its launch
    #[arg(long, value_name = "L")]
    pub(crate) launch: Option<SecretText>,
    /// open no browser: tell the page on stderr, as a line `open: URL`
    #[arg(long)]
    pub(crate) no_browser: bool,
    /// the port to listen at on loopback [default: the registered one if it is free, else a free one]
    #[arg(long, value_name = "P", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) port: Option<u16>,
    /// how long to wait for the user to come back, such as `90s` or `15m`
    #[arg(long, value_name = "D", default_value = "5m")]
    pub(crate) wait: String,
    /// whom the login page may suggest
    #[arg(long, value_name = "NAME")]
    pub(crate) login_hint: Option<String>,
    /// what the server shall ask the user again
    #[arg(long, value_name = "P", value_parser = ["none", "login", "consent", "select_account"])]
    pub(crate) prompt: Option<String>,
    /// the `aud` to send instead of the FHIR base as it was given
    #[arg(long, value_name = "A", conflicts_with = "no_aud")]
    pub(crate) aud: Option<String>,
    /// send no `aud`, for a server that refuses it
    #[arg(long)]
    pub(crate) no_aud: bool,
    /// the private key to sign with instead of the registration's own
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
}
