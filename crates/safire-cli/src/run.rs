//! One run of the command.

use std::panic::catch_unwind;
use std::time::Duration;

use crate::args::Cli;
use crate::args::Command;
use crate::args::KeysCommand;
use crate::args::RegistrationCommand;
use crate::command;
use crate::command_line;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::interrupt::unless_interrupted;
use crate::logging;
use crate::output;
use crate::session::Session;

/// What is left in the background, such as a name look-up that nobody waits for, gets this long to end.
const PATIENCE: Duration = Duration::from_millis(200);

/// Reads the command line, does what it says, and tells how it went.
pub(crate) fn run() -> ExitCode {
    // The hook has told it; a panic is a bug in safire.
    catch_unwind(told).unwrap_or(ExitCode::Bug)
}

fn told() -> ExitCode {
    let cli = match command_line::read(std::env::args_os().collect()) {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    let Cli { global, command } = cli;
    let session = Session::new(global);
    output::report_panics(session.output);
    logging::start(session.global.verbose);
    match dispatch(&session, command) {
        Ok(()) => ExitCode::Done,
        Err(failure) => {
            output::render(session.output, &failure);
            ExitCode::from(&failure)
        }
    }
}

fn dispatch(session: &Session, command: Command) -> Result<(), Failure> {
    match command {
        Command::Keys(KeysCommand::Generate(args)) => command::keys_generate(session, &args),
        Command::Keys(KeysCommand::Jwks(args)) => command::keys_jwks(session, &args),
        Command::Keys(KeysCommand::Thumbprint(args)) => command::keys_thumbprint(session, &args),
        Command::Keys(KeysCommand::Csr(args)) => command::keys_csr(session, &args),
        Command::Completions(args) => command::completions(session, &args),
        Command::Man(args) => command::man(session, &args),
        command @ (Command::Discover(_)
        | Command::Register(_)
        | Command::Registrations
        | Command::Registration(_)
        | Command::Login(_)
        | Command::Token(_)
        | Command::Introspect(_)
        | Command::Revoke(_)
        | Command::Fhir(_)
        | Command::Udap(_)
        | Command::Sandbox(_)
        | Command::Demo) => in_runtime(session, command),
    }
}

fn in_runtime(session: &Session, command: Command) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|cause| Failure::System {
        code: "runtime-unavailable",
        message: format!("the system gives no event loop: {cause}"),
        hint: Some("look for limits on open files".to_owned()),
    })?;
    let done = runtime.block_on(unless_interrupted(&session.phase, asynchronous(session, command)));
    runtime.shutdown_timeout(PATIENCE);
    done
}

async fn asynchronous(session: &Session, command: Command) -> Result<(), Failure> {
    match command {
        Command::Discover(args) => Box::pin(command::discover(session, &args)).await,
        Command::Register(args) => Box::pin(command::register(session, &args)).await,
        Command::Registrations => Box::pin(command::registrations(session)).await,
        Command::Registration(RegistrationCommand::Add(args)) => {
            Box::pin(command::registration_add(session, &args)).await
        }
        Command::Registration(RegistrationCommand::Show(args)) => {
            Box::pin(command::registration_show(session, &args)).await
        }
        Command::Registration(RegistrationCommand::Forget(args)) => {
            Box::pin(command::registration_forget(session, &args)).await
        }
        Command::Login(args) => Box::pin(command::login(session, &args)).await,
        Command::Introspect(args) => Box::pin(command::introspect(session, &args)).await,
        Command::Revoke(args) => Box::pin(command::revoke(session, &args)).await,
        Command::Udap(command) => Box::pin(command::udap(session, command)).await,
        Command::Fhir(args) => Box::pin(command::fhir(session, &args)).await,
        Command::Token(args) => Box::pin(command::token(session, &args)).await,
        Command::Sandbox(args) => Box::pin(command::sandbox(session, &args)).await,
        Command::Demo => Box::pin(command::demo(session)).await,
        Command::Keys(_) | Command::Completions(_) | Command::Man(_) => Ok(()),
    }
}
