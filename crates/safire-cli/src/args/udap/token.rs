//! What the commands take that get tokens by UDAP.

use clap::Args;

use super::extensions::ExtensionArgs;
use super::trust::TrustArgs;
use crate::args::LoginArgs;

const TOKEN_EXAMPLES: &str = "\
Examples:
  safire udap token rabcdefghijklmno --organization-id https://clinic.example.org \\
      --purpose-of-use urn:oid:2.16.840.1.113883.5.8#TREAT
      a token for treatment by that organization
  safire udap token rabcdefghijklmno --organization-id https://clinic.example.org \\
      --purpose-of-use T-IAS --extension-file tefca_ias=who-asks.json --json | jq -r .access_token
      the bare token of an individual access service, for a script

A token is for the circumstances of its own request, and never serves another. Those that `safire udap register`
keeps serve where none are given here, and for `safire token` and `safire fhir`.";

/// What `udap token` takes.
#[derive(Debug, Args)]
#[command(after_long_help = TOKEN_EXAMPLES)]
pub(crate) struct UdapTokenArgs {
    /// the registration's local id, or the FHIR base when only one registration is there
    pub(crate) id: String,
    /// the scope that the token must have [default: what was registered]
    #[arg(long, value_name = "S")]
    pub(crate) scope: Option<String>,
    /// ask for another token even if the held one is still valid
    #[arg(long)]
    pub(crate) fresh: bool,
    #[command(flatten)]
    pub(crate) extensions: ExtensionArgs,
    #[command(flatten)]
    pub(crate) trust: TrustArgs,
}

const LOGIN_EXAMPLES: &str = "\
Examples:
  safire udap login rabcdefghijklmno
      opens the browser, waits for the user to come back, and keeps the tokens
  safire udap login rabcdefghijklmno --idp https://idp.example.org
      the user logs in at their own organization (Tiered OAuth)";

/// What `udap login` takes.
#[derive(Debug, Args)]
#[command(after_long_help = LOGIN_EXAMPLES)]
pub(crate) struct UdapLoginArgs {
    #[command(flatten)]
    pub(crate) login: LoginArgs,
    /// the base URL of the identity provider at which the user logs in; adds the scope `udap`
    #[arg(long, value_name = "URL")]
    pub(crate) idp: Option<String>,
    #[command(flatten)]
    pub(crate) trust: TrustArgs,
}
