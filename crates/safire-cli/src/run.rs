//! One run of the command.

use std::panic::catch_unwind;
use std::time::Duration;

use safire::fleet::Stopper;

use crate::args::Cli;
use crate::args::Command;
use crate::args::FleetCommand;
use crate::args::KeysCommand;
use crate::args::RegistrationCommand;
use crate::args::RegistrationsArgs;
use crate::args::RegistrationsCommand;
use crate::args::StoreCommand;
use crate::command;
use crate::command_line;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::interrupt::stopped_by_interrupt;
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
        Command::Fleet(args) => in_runtime(fleet(session, &args)),
        command @ (Command::Discover(_)
        | Command::Register(_)
        | Command::Registrations(_)
        | Command::Registration(_)
        | Command::Login(_)
        | Command::Token(_)
        | Command::Introspect(_)
        | Command::Revoke(_)
        | Command::Fhir(_)
        | Command::Store(_)
        | Command::Udap(_)
        | Command::Sandbox(_)
        | Command::Demo) => in_runtime(unless_interrupted(&session.phase, asynchronous(session, command))),
    }
}

fn in_runtime(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|cause| Failure::System {
        code: "runtime-unavailable",
        message: format!("the system gives no event loop: {cause}"),
        hint: Some("look for limits on open files".to_owned()),
    })?;
    let done = runtime.block_on(work);
    runtime.shutdown_timeout(PATIENCE);
    done
}

async fn fleet(session: &Session, args: &FleetCommand) -> Result<(), Failure> {
    let stopper = Stopper::new();
    stopped_by_interrupt(&stopper, Box::pin(command::fleet(session, args, &stopper))).await
}

async fn asynchronous(session: &Session, command: Command) -> Result<(), Failure> {
    match command {
        Command::Discover(args) => Box::pin(command::discover(session, &args)).await,
        Command::Register(args) => Box::pin(command::register(session, &args)).await,
        Command::Registrations(RegistrationsArgs { command: None }) => {
            Box::pin(command::registrations(session)).await
        }
        Command::Registrations(RegistrationsArgs { command: Some(RegistrationsCommand::Check) }) => {
            Box::pin(command::registrations_check(session)).await
        }
        Command::Registration(command) => Box::pin(registration(session, command)).await,
        Command::Store(command) => Box::pin(store(session, command)).await,
        Command::Login(args) => Box::pin(command::login(session, &args)).await,
        Command::Introspect(args) => Box::pin(command::introspect(session, &args)).await,
        Command::Revoke(args) => Box::pin(command::revoke(session, &args)).await,
        Command::Udap(command) => Box::pin(command::udap(session, command)).await,
        Command::Fhir(args) => Box::pin(command::fhir(session, &args)).await,
        Command::Token(args) => Box::pin(command::token(session, &args)).await,
        Command::Sandbox(args) => Box::pin(command::sandbox(session, &args)).await,
        Command::Demo => Box::pin(command::demo(session)).await,
        Command::Fleet(_) | Command::Keys(_) | Command::Completions(_) | Command::Man(_) => Ok(()),
    }
}

async fn registration(session: &Session, command: RegistrationCommand) -> Result<(), Failure> {
    match command {
        RegistrationCommand::Add(args) => command::registration_add(session, &args).await,
        RegistrationCommand::Show(args) => command::registration_show(session, &args).await,
        RegistrationCommand::Read(args) => command::registration_read(session, &args).await,
        RegistrationCommand::Update(args) => command::registration_update(session, &args).await,
        RegistrationCommand::Delete(args) => command::registration_delete(session, &args).await,
        RegistrationCommand::RotateKey(args) => {
            Box::pin(command::registration_rotate_key(session, &args)).await
        }
        RegistrationCommand::Forget(args) => command::registration_forget(session, &args).await,
    }
}

async fn store(session: &Session, command: StoreCommand) -> Result<(), Failure> {
    match command {
        StoreCommand::Check => command::store_check(session).await,
        StoreCommand::RotateKey(args) => command::store_rotate_key(session, &args).await,
        StoreCommand::Export(args) => command::store_export(session, &args).await,
        StoreCommand::Import(args) => command::store_import(session, &args).await,
        StoreCommand::History(args) => command::store_history(session, &args).await,
    }
}
