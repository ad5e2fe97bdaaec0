//! The `safire` command: arguments as typed → validated plan → library call → output.

mod args;
mod command;
mod command_line;
mod environment;
mod exit_code;
mod failure;
mod interrupt;
mod logging;
mod loopback;
mod output;
mod plan;
mod run;
mod session;

fn main() -> std::process::ExitCode {
    run::run().into()
}
