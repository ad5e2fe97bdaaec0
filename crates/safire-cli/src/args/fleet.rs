//! What `fleet` takes.

use std::path::PathBuf;

use clap::Args;
use clap::Subcommand;

use super::register::KeyArgs;

const REGISTER_EXAMPLES: &str = "\
Examples:
  safire fleet register servers.csv --template template.json
      one client at each server of the list; `{name}` in the template is the column `name`
  safire fleet register servers.csv --template template.json --resume --json > outcomes.ndjson
      go on where it stopped, and try again what could not be reached";

const DISCOVER_EXAMPLES: &str = "\
Examples:
  safire fleet discover endpoints.json
      what each server of an Endpoint or Brands bundle offers
  safire fleet discover servers.txt --per-host 2 --rate 5 --json > profiles.ndjson
      the same for programs, gently: two requests at once and five a second for each host";

/// What is done with many servers.
#[derive(Debug, Subcommand)]
pub(crate) enum FleetCommand {
    /// register a client at each server of a list, and keep what each answers
    Register(FleetRegisterArgs),
    /// ask each server of a list what it offers
    Discover(FleetDiscoverArgs),
}

/// What `fleet register` takes.
#[derive(Debug, Args)]
#[command(after_long_help = REGISTER_EXAMPLES)]
pub(crate) struct FleetRegisterArgs {
    #[command(flatten)]
    pub(crate) fleet: FleetArgs,
    /// a JSON file with client metadata, `-` for stdin; `{base_url}`, `{host}`, `{line}` and `{column}` are filled in for each row
    #[arg(long, value_name = "FILE")]
    pub(crate) template: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) key: KeyArgs,
}

/// What `fleet discover` takes.
#[derive(Debug, Args)]
#[command(after_long_help = DISCOVER_EXAMPLES)]
pub(crate) struct FleetDiscoverArgs {
    #[command(flatten)]
    pub(crate) fleet: FleetArgs,
}

/// The list, and how fast it is worked through.
#[derive(Debug, Args)]
pub(crate) struct FleetArgs {
    /// the servers: CSV, NDJSON, one URL a line, or a FHIR bundle of brands or endpoints; `-` for stdin
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// the kind of the file, where its name and beginning do not tell
    #[arg(long, value_name = "F", value_parser = ["list", "csv", "ndjson", "bundle"])]
    pub(crate) format: Option<String>,
    /// go on with an earlier run of the same file: also try again what could not be reached
    #[arg(long)]
    pub(crate) resume: bool,
    /// requests under way at once, over all hosts; one that takes more than a second no longer counts
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) concurrency: u16,
    /// requests under way at one host
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) per_host: u16,
    /// requests a second at one host [default: as fast as it answers]
    #[arg(long, value_name = "R")]
    pub(crate) rate: Option<String>,
    /// accept private addresses and `.local` names: for a list of your own
    #[arg(long)]
    pub(crate) inner_hosts: bool,
}
