//! For whom and what for a token is asked.

use std::path::PathBuf;

use clap::Args;

use crate::args::SecretText;

/// For whom and what for a token is asked, UDAP Security 2.0 §5.2.1.1.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Circumstances (hl7-b2b and other extension objects)")]
pub(crate) struct ExtensionArgs {
    /// the organization that asks, as a URI
    #[arg(long, value_name = "URI", requires = "purpose_of_use")]
    pub(crate) organization_id: Option<String>,
    /// what the organization is called
    #[arg(long, value_name = "N", requires = "organization_id")]
    pub(crate) organization_name: Option<String>,
    /// what the data are for, such as `urn:oid:2.16.840.1.113883.5.8#TREAT` (repeat)
    #[arg(long, value_name = "CODE", requires = "organization_id")]
    pub(crate) purpose_of_use: Vec<String>,
    /// the person or program that asks
    #[arg(long, value_name = "N", requires = "organization_id")]
    pub(crate) subject_name: Option<String>,
    /// that person's identifier, as a URI
    #[arg(long, value_name = "URI", requires = "subject_name")]
    pub(crate) subject_id: Option<String>,
    /// that person's role
    #[arg(long, value_name = "CODE", requires = "subject_name")]
    pub(crate) subject_role: Option<String>,
    /// the privacy policy under which consent was given, as a URI (repeat)
    #[arg(long, value_name = "URI", requires = "organization_id")]
    pub(crate) consent_policy: Vec<String>,
    /// where the consent itself is (repeat)
    #[arg(long, value_name = "URL", requires = "consent_policy")]
    pub(crate) consent_reference: Vec<String>,
    /// any other extension object, such as `tefca_ias={…}` (repeat)
    #[arg(long, value_name = "NAME=JSON")]
    pub(crate) extension: Vec<SecretText>,
    /// the same from a file, for what should not show on the command line (repeat)
    #[arg(long, value_name = "NAME=FILE")]
    pub(crate) extension_file: Vec<String>,
    /// the private key to sign with instead of the registration's own
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
}

/// What token requests say where nothing else is said. No person: that is for each request.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Kept for token requests (hl7-b2b)")]
pub(crate) struct UsualArgs {
    /// the organization that asks, as a URI
    #[arg(long, value_name = "URI", requires = "purpose_of_use")]
    pub(crate) organization_id: Option<String>,
    /// what the organization is called
    #[arg(long, value_name = "N", requires = "organization_id")]
    pub(crate) organization_name: Option<String>,
    /// what the data are for, such as `urn:oid:2.16.840.1.113883.5.8#TREAT` (repeat)
    #[arg(long, value_name = "CODE", requires = "organization_id")]
    pub(crate) purpose_of_use: Vec<String>,
}
