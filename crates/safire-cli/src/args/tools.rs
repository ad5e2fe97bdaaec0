//! What the commands around the command take.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

pub(super) const DEMO_EXAMPLES: &str = "\
Examples:
  safire demo
      needs no network and leaves nothing behind
  safire demo | less
      the same, to read at leisure";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  safire completions bash > ~/.local/share/bash-completion/completions/safire
      for bash
  safire completions fish > ~/.config/fish/completions/safire.fish
      for fish";

/// What `completions` takes.
#[derive(Debug, Args)]
#[command(after_long_help = COMPLETIONS_EXAMPLES)]
pub(crate) struct CompletionsArgs {
    /// the shell
    #[arg(value_name = "SHELL")]
    pub(crate) shell: Shell,
}

const MAN_EXAMPLES: &str = "\
Examples:
  safire man ~/.local/share/man/man1
      then: man safire
  safire man . && man ./safire-register.1
      one page, from here";

/// What `man` takes.
#[derive(Debug, Args)]
#[command(after_long_help = MAN_EXAMPLES)]
pub(crate) struct ManArgs {
    /// the folder; it is made where it is missing
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
}
