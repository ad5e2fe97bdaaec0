//! Every exit code of the command, and which failure gives which.

use safire::Error;
use safire::error::Stage;
use safire::protocol::fault::Diagnose;
use safire::protocol::fault::Fault;
use safire::protocol::udap::UdapError;
use safire::store::StoreError;
use safire::transport::TransportError;

use crate::failure::Failure;

/// How the command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum ExitCode {
    /// Done.
    Done = 0,
    /// A bug in safire.
    Bug = 1,
    /// Wrong usage, an unknown or ambiguous id, or refused by a local rule.
    Usage = 2,
    /// Discovery: the answer is an error, unusable or too large, or a refused redirect.
    Discovery = 3,
    /// Registration, likewise.
    Registration = 4,
    /// Authorization or token, likewise.
    Token = 5,
    /// No complete answer.
    Network = 6,
    /// A certificate or a signature that is not trusted.
    Trust = 7,
    /// The store.
    Store = 8,
    /// Partly done: some of several are in trouble.
    Partly = 9,
    /// Ctrl-C.
    Interrupted = 130,
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code as u8)
    }
}

impl From<&Failure> for ExitCode {
    fn from(failure: &Failure) -> Self {
        match failure {
            Failure::Usage { .. } | Failure::Output { .. } | Failure::System { .. } => Self::Usage,
            Failure::LoginNeeded { .. } | Failure::Fhir { .. } => Self::Token,
            Failure::NobodyCame { .. } => Self::Network,
            Failure::Untrusted { .. } => Self::Trust,
            Failure::Lost { .. } | Failure::Unsound { .. } => Self::Store,
            Failure::Trouble { .. } => Self::Partly,
            Failure::Fleet(failure) => failure.exit,
            Failure::Interrupted { .. } => Self::Interrupted,
            Failure::Library(error) | Failure::FleetStore(error) => Self::from(&**error),
        }
    }
}

impl From<&Error> for ExitCode {
    fn from(error: &Error) -> Self {
        match error {
            Error::OfRecord(recorded) => Self::from(&*recorded.error),
            Error::Config(_)
            | Error::Metadata(_)
            | Error::InDoubt { .. }
            | Error::Launch(_)
            | Error::Fleet(_)
            | Error::Credentials(_)
            | Error::Signer(_) => Self::Usage,
            // An endpoint that may not be used is the document's fault, every other rule is a local one.
            Error::Authorize(error) if error.fault() == Fault::Server => Self::Discovery,
            Error::Authorize(_) => Self::Usage,
            Error::Udap(error) => of_udap(error),
            Error::Transport { stage, source } => of_transport(*stage, source),
            Error::Manage(error) if error.fault() == Fault::Store => Self::Store,
            Error::Manage(error) if is_local(&**error) => Self::Usage,
            Error::Manage(_) => Self::Registration,
            Error::Discovery(_) | Error::Redirect(_) => Self::Discovery,
            Error::Strict { .. } => Self::Registration,
            // A local rule inside a stage: nothing was sent.
            Error::Registration(error) if is_local(&**error) => Self::Usage,
            Error::Token(error) if is_local(&**error) => Self::Usage,
            Error::TokenEndpoint(error) if is_local(&**error) => Self::Usage,
            Error::Registration(_) => Self::Registration,
            Error::Token(_)
            | Error::Callback(_)
            | Error::LoginNeeded(_)
            | Error::TokenEndpoint(_)
            | Error::IdToken(_)
            | Error::KeySet(_) => Self::Token,
            Error::Store(StoreError::Exists { .. } | StoreError::Unknown { .. }) => Self::Usage,
            Error::Store(_) | Error::NotStored { .. } => Self::Store,
            Error::Random { .. } | _ => Self::Bug,
        }
    }
}

fn of_transport(stage: Stage, source: &TransportError) -> ExitCode {
    if source.is_trust() {
        return ExitCode::Trust;
    }
    match source.fault() {
        Fault::Caller => ExitCode::Usage,
        // Too large, or an address that is refused: the stage's own answer is at fault.
        Fault::Server => of_stage(stage),
        Fault::Trust => ExitCode::Trust,
        Fault::Store => ExitCode::Store,
        Fault::Bug => ExitCode::Bug,
        Fault::Network | _ => ExitCode::Network,
    }
}

/// A certificate or signature of the server's; else what the stage says.
fn of_udap(error: &UdapError) -> ExitCode {
    match (error.fault(), error) {
        (Fault::Trust, _) => ExitCode::Trust,
        (Fault::Caller, error) if is_local(error) => ExitCode::Usage,
        (Fault::Bug, _) => ExitCode::Bug,
        (_, UdapError::Registration(_)) => ExitCode::Registration,
        // What the trusted metadata lack for this client is found before anything is sent.
        _ => ExitCode::Discovery,
    }
}

fn of_stage(stage: Stage) -> ExitCode {
    match stage {
        Stage::Discovery => ExitCode::Discovery,
        Stage::Registration | Stage::Management => ExitCode::Registration,
        Stage::Authorization
        | Stage::Fhir
        | Stage::Token
        | Stage::IdToken
        | Stage::Introspection
        | Stage::Revocation => ExitCode::Token,
        Stage::Store => ExitCode::Store,
        Stage::Setup | _ => ExitCode::Usage,
    }
}

fn is_local(error: &dyn Diagnose) -> bool {
    error.fault() == Fault::Caller && error.server_answer().is_none()
}
