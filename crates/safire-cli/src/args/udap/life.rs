//! What the commands take that change and end a registration.

use clap::Args;

use super::certificate::CertificateArgs;
use super::extensions::UsualArgs;
use super::metadata::StatementArgs;
use super::trust::TrustArgs;

const MODIFY_EXAMPLES: &str = "\
Examples:
  safire udap modify rabcdefghijklmno --scope 'system/Patient.rs system/Observation.rs'
      asks for another scope; everything else stays as it was registered
  safire udap modify rabcdefghijklmno --cert renewed.pem --key renewed.key.pem
      shows the server a renewed certificate of the same client";

/// What `udap modify` takes.
#[derive(Debug, Args)]
#[command(after_long_help = MODIFY_EXAMPLES)]
pub(crate) struct ModifyArgs {
    /// the registration's local id, or the FHIR base when only one registration is there
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) statement: StatementArgs,
    #[command(flatten)]
    pub(crate) certificate: CertificateArgs,
    #[command(flatten)]
    pub(crate) usual: UsualArgs,
    #[command(flatten)]
    pub(crate) trust: TrustArgs,
}

const CANCEL_EXAMPLES: &str = "\
Examples:
  safire udap cancel rabcdefghijklmno
      the server forgets the client; here it is marked as deleted
  safire udap cancel https://fhir.example.com/r4 --json
      the one registration at that server, for programs";

/// What `udap cancel` takes.
#[derive(Debug, Args)]
#[command(after_long_help = CANCEL_EXAMPLES)]
pub(crate) struct CancelArgs {
    /// the registration's local id, or the FHIR base when only one registration is there
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) certificate: CertificateArgs,
    #[command(flatten)]
    pub(crate) trust: TrustArgs,
}
