//! Reads the command line. A mistake in it is told like every other failure.

use std::ffi::OsString;

use clap::CommandFactory as _;
use clap::FromArgMatches as _;
use clap::error::ContextKind;
use clap::error::ContextValue;
use clap::error::ErrorKind;

use crate::args::Cli;
use crate::exit_code::ExitCode;
use crate::output;

/// What was typed, or how the command ends already: help, version, or a mistake.
pub(crate) fn read(args: Vec<OsString>) -> Result<Cli, ExitCode> {
    let told = if wants_json(&args) { output::usage_line } else { output::usage_text };
    let mut definition = Cli::command();
    let matches = definition.try_get_matches_from_mut(args);
    matches
        .and_then(|mut matches| Cli::from_arg_matches_mut(&mut matches))
        .map_err(|error| tell(&error, told))
}

/// The line could not be read, so nobody knows for sure; the bare flag is a good sign.
fn wants_json(args: &[OsString]) -> bool {
    args.iter().take_while(|arg| *arg != "--").any(|arg| arg == "--json")
}

fn tell(error: &clap::Error, told: fn(&str, &str) -> String) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // Written through the stream that knows whether colours are wanted.
        let text = error.render().ansi().to_string();
        let written = output::write_stdout(&format!("{}\n", text.trim_end()));
        return written.map_or_else(|failure| ExitCode::from(&failure), |()| ExitCode::Done);
    }
    let (message, hint) = in_words(error);
    output::write_stderr(&told(&message, &hint));
    ExitCode::Usage
}

/// A stray word may be the rest of an unquoted secret: it is not repeated.
fn in_words(error: &clap::Error) -> (String, String) {
    let stray = matches!(
        (error.kind(), error.get(ContextKind::InvalidArg)),
        (ErrorKind::UnknownArgument, Some(ContextValue::String(word))) if !word.starts_with('-')
    );
    let help = usage_of(error);
    if stray {
        return (
            "there is a word too many".to_owned(),
            format!(
                "quote values that contain blanks{}",
                help.map(|help| format!("; {help}")).unwrap_or_default()
            ),
        );
    }
    let rendered = error.render().to_string();
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let usage = rendered.lines().find(|line| line.starts_with("Usage: ")).unwrap_or_default();
        return ("a subcommand is missing".to_owned(), help_of(usage));
    }
    let mut lines = rendered.lines();
    let mut message = lines.next().unwrap_or_default().trim_start_matches("error: ").to_owned();
    for line in lines.by_ref().take_while(|line| !line.trim().is_empty()) {
        message.push(' ');
        message.push_str(line.trim());
    }
    let tip = lines.map(str::trim).find_map(|line| line.strip_prefix("tip: ")).map(str::to_owned);
    let hint = match (tip, help) {
        (Some(tip), Some(help)) => format!("{tip}; {help}"),
        (Some(tip), None) => tip,
        (None, Some(help)) => help,
        (None, None) => "`safire --help` tells what there is".to_owned(),
    };
    (message, hint)
}

/// The usage line of the command concerned.
fn usage_of(error: &clap::Error) -> Option<String> {
    Some(help_of(error.get(ContextKind::Usage)?.to_string().lines().next()?))
}

fn help_of(usage: &str) -> String {
    let line = usage.trim_start_matches("Usage: ");
    let command: Vec<&str> =
        line.split(' ').take_while(|word| word.chars().all(|c| c.is_ascii_lowercase())).collect();
    format!("`{} --help` tells what it takes", command.join(" "))
}
