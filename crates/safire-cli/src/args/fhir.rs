//! What `fhir` takes.

use std::path::PathBuf;

use clap::Args;

const EXAMPLES: &str = "\
Examples:
  safire fhir rabcdefghijklmno GET Patient/123
      reads a patient with the token that `safire token` would give
  safire fhir https://fhir.example.com/r4 POST Observation --data observation.json
      creates an observation from a file

The answer's body goes to stdout as it came, laid out on a terminal if it is JSON. Where the status
is no success, stdout is empty, the exit code is 5, and the error tells the status and what the
server's OperationOutcome says.";

/// What `fhir` takes.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct FhirArgs {
    /// the registration's local id, or the FHIR base when only one registration is there
    pub(crate) id: String,
    /// the HTTP method
    #[arg(value_name = "METHOD", value_parser = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"], ignore_case = true)]
    pub(crate) method: String,
    /// the path below the FHIR base, with its query
    #[arg(value_name = "PATH")]
    pub(crate) path: String,
    /// the scope that the token must have, as for `safire token`
    #[arg(long, value_name = "S")]
    pub(crate) scope: Option<String>,
    /// the media type to ask for
    #[arg(long, value_name = "T", default_value = "application/fhir+json")]
    pub(crate) accept: String,
    /// the file to send, `-` for stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) data: Option<PathBuf>,
    /// the media type of what is sent
    #[arg(long, value_name = "T", default_value = "application/fhir+json", requires = "data")]
    pub(crate) content_type: String,
    /// the private key to sign with instead of the registration's own
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
}
