//! `safire completions`.

use clap::CommandFactory as _;
use serde_json::json;

use crate::args::Cli;
use crate::args::CompletionsArgs;
use crate::failure::Failure;
use crate::session::Session;

/// Prints the completions of a shell.
pub(crate) fn completions(session: &Session, args: &CompletionsArgs) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "safire", &mut script);
    let script = String::from_utf8_lossy(&script);
    session.output.data(&json!({ "shell": args.shell.to_string(), "script": script }), || script.to_string())
}
