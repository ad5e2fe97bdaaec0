//! `safire completions`.

use clap::CommandFactory as _;

use crate::args::Cli;
use crate::args::CompletionsArgs;
use crate::failure::Failure;
use crate::output;

/// Prints the completions of a shell.
pub(crate) fn completions(args: &CompletionsArgs) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "safire", &mut script);
    output::write_stdout(&String::from_utf8_lossy(&script))
}
