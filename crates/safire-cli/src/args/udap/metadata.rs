//! What a software statement says of the client.

use std::path::PathBuf;

use clap::Args;

/// What a software statement says of the client, UDAP Security 2.0 §3.1.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Software statement")]
pub(crate) struct StatementArgs {
    /// what people call the client
    #[arg(long, value_name = "N")]
    pub(crate) client_name: Option<String>,
    /// `client_credentials`, or `authorization_code` with or without `refresh_token` (repeat)
    #[arg(long, value_name = "G")]
    pub(crate) grant_type: Vec<String>,
    /// the scope that the client may ask for
    #[arg(long, value_name = "S")]
    pub(crate) scope: Option<String>,
    /// who answers for the client, as URIs; at least one `mailto:` (repeat)
    #[arg(long, value_name = "URI")]
    pub(crate) contact: Vec<String>,
    /// where users come back to (repeat)
    #[arg(long, value_name = "U")]
    pub(crate) redirect_uri: Vec<String>,
    /// the client's logo, needed where users log in
    #[arg(long, value_name = "U")]
    pub(crate) logo_uri: Option<String>,
    /// any other member, its value as JSON; `null` takes one out (repeat)
    #[arg(long, value_name = "NAME=JSON")]
    pub(crate) set: Vec<String>,
    /// a JSON file with metadata, `-` for stdin; options win over it
    #[arg(long, value_name = "FILE")]
    pub(crate) metadata: Option<PathBuf>,
    /// a file with a signed certification or endorsement to send along (repeat)
    #[arg(long, value_name = "FILE")]
    pub(crate) certification: Vec<PathBuf>,
}
