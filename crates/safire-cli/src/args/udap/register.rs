//! What `udap register` takes.

use clap::Args;

use super::certificate::CertificateArgs;
use super::extensions::UsualArgs;
use super::metadata::StatementArgs;
use super::trust::TrustArgs;

const EXAMPLES: &str = "\
Examples:
  safire udap register https://fhir.example.com/r4 --anchors community-root.pem \\
      --cert client.pem --key client.key.pem --client-name 'My Backend' --contact mailto:ops@example.org \\
      --grant-type client_credentials --scope 'system/Patient.rs' \\
      --organization-id https://clinic.example.org --purpose-of-use urn:oid:2.16.840.1.113883.5.8#TREAT
      a backend service, with what its tokens are for
  safire udap register https://fhir.example.com/r4 --anchors community-root.pem \\
      --cert client.pem --key client.key.pem --client-name 'My App' --contact mailto:ops@example.org \\
      --grant-type authorization_code --grant-type refresh_token --redirect-uri http://127.0.0.1/callback \\
      --logo-uri https://app.example.org/logo.png --scope 'openid offline_access patient/*.rs' \\
      --allow-insecure-localhost
      an app whose users log in";

/// What `udap register` takes.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct UdapRegisterArgs {
    /// the server's FHIR base URL
    #[arg(value_name = "FHIR_BASE")]
    pub(crate) base: String,
    #[command(flatten)]
    pub(crate) statement: StatementArgs,
    #[command(flatten)]
    pub(crate) certificate: CertificateArgs,
    #[command(flatten)]
    pub(crate) usual: UsualArgs,
    #[command(flatten)]
    pub(crate) trust: TrustArgs,
    /// register even if the store has the same registration already
    #[arg(long)]
    pub(crate) again: bool,
}
