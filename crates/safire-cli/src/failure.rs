//! Why a command did not do what it was asked.

use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

use safire::Error;
use safire::Registered;
use safire::fleet::Outcome;
use safire::protocol::fault::Diagnose;
use safire::protocol::fault::Fault;
use safire::protocol::pki::TrustFailure;
use safire::protocol::server_answer::ServerAnswer;
use safire::store::RecordId;
use safire::store::StoreError;
use thiserror::Error;

use crate::exit_code::ExitCode;
use crate::output::counted;

/// Why a command did not do what it was asked.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// The command line, a file or a variable is not usable; nothing was sent.
    #[error("{message}")]
    Usage { code: &'static str, message: String, hint: Option<String> },
    /// The library says why.
    #[error(transparent)]
    Library(Box<Error>),
    /// The store failed in the middle of a fleet.
    #[error(transparent)]
    FleetStore(Box<Error>),
    /// The server registered the client, and what it issued is nowhere but in this process, which ends.
    #[error("{message}")]
    Lost { message: String, hint: String, endpoint: String, id: Option<RecordId>, source: Box<StoreError> },
    /// Nobody came back from the login page.
    #[error("nobody came back from the login page within {}", seconds(*.waited))]
    NobodyCame { waited: Duration },
    /// Nobody has logged in, or not with what is needed; nothing was sent.
    #[error("{message}")]
    LoginNeeded {
        message: String,
        id: RecordId,
        #[source]
        error: Option<Box<Error>>,
    },
    /// The FHIR server refuses a request.
    #[error("{method} {url} was refused: {answer}")]
    Fhir { method: String, url: String, answer: Box<ServerAnswer>, id: RecordId },
    /// Some registrations are in trouble; what it is was told row by row.
    #[error("{troubled} of {checked} registrations are in trouble")]
    Trouble { troubled: usize, checked: usize },
    /// A store holds what it cannot give.
    #[error("the store {store} is not sound: {findings}")]
    Unsound { store: String, findings: String },
    /// A fleet that was stopped, or did not do all that was wanted.
    #[error(transparent)]
    Fleet(#[from] FleetFailure),
    /// A certificate chain is not trusted.
    #[error("{what} is not trusted")]
    Untrusted {
        what: String,
        #[source]
        failure: Box<TrustFailure>,
    },
    /// Ctrl-C.
    #[error("interrupted{}", doubt_text(.in_doubt.as_ref()))]
    Interrupted { in_doubt: Option<Doubt> },
    /// The result cannot be written to stdout.
    #[error("the result cannot be written: {detail}")]
    Output { detail: String, hint: String },
    /// A folder or socket of this machine refuses.
    #[error("{message}")]
    System { code: &'static str, message: String, hint: Option<String> },
}

/// What an interruption leaves in doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// Whether the client is registered.
    Registration(RecordId),
    /// What became of a read, an update or a delete.
    Management(RecordId),
}

impl Doubt {
    /// The registration.
    pub(crate) const fn id(&self) -> &RecordId {
        match self {
            Self::Registration(id) | Self::Management(id) => id,
        }
    }
}

/// A fleet that was stopped, or did not do all that was wanted; its rows and its summary are told already.
#[derive(Debug, Error)]
#[error("{message}")]
pub(crate) struct FleetFailure {
    code: &'static str,
    message: String,
    hint: &'static str,
    pub(crate) fault: Fault,
    pub(crate) exit: ExitCode,
}

const GO_ON: &str = "run the same again with `--resume`: what is done is not done again";

impl FleetFailure {
    /// Somebody said stop; so many rows are left where that is known.
    pub(crate) fn interrupted(left: Option<u64>) -> Self {
        let message = match left {
            Some(1) => "interrupted: 1 row is not done".to_owned(),
            Some(left) => format!("interrupted: {left} rows are not done"),
            None => "interrupted while the list was read; nothing was sent".to_owned(),
        };
        let hint = "go on with `--resume`: what is done is not done again";
        Self { code: "interrupted", message, hint, fault: Fault::Caller, exit: ExitCode::Interrupted }
    }

    /// So many rows failed, all of them in one way where `only` says which.
    pub(crate) fn failed(failed: u64, rows: u64, only: Option<Outcome>) -> Self {
        let message = format!("{failed} of {} failed", counted(rows, "row"));
        let exit = match only {
            Some(Outcome::Invalid) => ExitCode::Usage,
            Some(Outcome::Unsupported | Outcome::Unusable) => ExitCode::Discovery,
            Some(Outcome::Refused) => ExitCode::Registration,
            Some(Outcome::Unreachable) => ExitCode::Network,
            Some(Outcome::Untrusted) => ExitCode::Trust,
            Some(_) | None => ExitCode::Partly,
        };
        let hint = "each row tells why; `--resume` tries again what could not be reached";
        let fault = match only {
            Some(Outcome::Invalid) => Fault::Caller,
            Some(Outcome::Unreachable) => Fault::Network,
            Some(Outcome::Untrusted) => Fault::Trust,
            Some(_) | None => Fault::Server,
        };
        Self { code: "fleet-rows-failed", message, hint, fault, exit }
    }
}

impl Failure {
    /// A wrong use, and what to do instead.
    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage { code: "usage", message: message.into(), hint: Some(hint.into()) }
    }

    /// The same in the middle of a fleet, which can be gone on with when its store is there again.
    pub(crate) fn in_fleet(mut self) -> Self {
        if let Self::Lost { hint, .. } = &mut self {
            *hint = format!("{hint}; for the other rows {GO_ON}");
        }
        if let Self::Library(error) = self {
            return if error.fault() == Fault::Store {
                Self::FleetStore(error)
            } else {
                Self::Library(error)
            };
        }
        self
    }

    /// A file that cannot be used.
    pub(crate) fn file(what: &str, path: &Path, cause: &std::io::Error) -> Self {
        Self::Usage {
            code: "file-unreadable",
            message: format!("the {what} {} cannot be read: {cause}", path.display()),
            hint: Some("check the path and its permissions".to_owned()),
        }
    }

    /// What to do next.
    pub(crate) fn hint(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Usage { hint, .. } | Self::System { hint, .. } => hint.as_deref().map(Cow::Borrowed),
            Self::Output { hint, .. } | Self::Lost { hint, .. } => Some(Cow::Borrowed(hint)),
            Self::Library(error) if error.fault() == Fault::Trust && error.code().starts_with("trust-") => {
                error
                    .hint()
                    .map(|hint| Cow::Owned(format!("{hint}; `safire udap trust check` draws the path")))
            }
            Self::Library(error) => error.hint(),
            Self::FleetStore(error) => {
                let first = error.hint().map(|hint| format!("{hint}; then ")).unwrap_or_default();
                Some(Cow::Owned(format!("{first}{GO_ON}")))
            }
            Self::Untrusted { failure, .. } => Some(Cow::Borrowed(failure.hint())),
            Self::Interrupted { in_doubt: Some(Doubt::Registration(id)) } => Some(Cow::Owned(format!(
                "ask the server's operator whether the client is registered there; `safire registration show {id}` tells what is known"
            ))),
            Self::Interrupted { in_doubt: Some(Doubt::Management(id)) } => Some(Cow::Owned(format!(
                "wait a minute, then `safire registration read {id}` shows what the server did"
            ))),
            Self::Trouble { .. } => Some(Cow::Borrowed("each row tells what it is and what to do")),
            Self::Unsound { .. } => Some(Cow::Borrowed(
                "keep a copy of the store as it is; then restore the rows from a backup with `safire store import`",
            )),
            Self::Fleet(failure) => Some(Cow::Borrowed(failure.hint)),
            Self::Interrupted { in_doubt: None } => None,
            Self::NobodyCame { .. } => {
                Some(Cow::Borrowed("start the login again; `--wait 15m` gives people more time"))
            }
            Self::LoginNeeded { id, error, .. } => {
                let more = error.as_ref().and_then(|error| error.hint());
                let more = more.map(|more| format!("; {more}")).unwrap_or_default();
                Some(Cow::Owned(format!("`safire login {id}` logs a user in{more}")))
            }
            Self::Fhir { answer, id, .. } => Some(fhir_hint(answer.status, id)),
        }
    }

    /// The stable name.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Usage { code, .. } | Self::System { code, .. } => code,
            Self::Library(error) | Self::FleetStore(error) => error.code(),
            Self::Untrusted { failure, .. } => failure.code(),
            Self::Lost { source, .. } => source.code(),
            Self::Trouble { .. } => "registrations-in-trouble",
            Self::Unsound { .. } => "store-unsound",
            Self::Fleet(failure) => failure.code,
            Self::Interrupted { .. } => "interrupted",
            Self::NobodyCame { .. } => "login-timeout",
            Self::LoginNeeded { error: Some(error), .. } => error.code(),
            Self::LoginNeeded { error: None, .. } => "login-needed-first",
            Self::Fhir { .. } => "fhir-refused",
            Self::Output { .. } => "output-failed",
        }
    }

    /// The registration concerned.
    pub(crate) fn id(&self) -> Option<&RecordId> {
        match self {
            Self::Library(error) | Self::FleetStore(error) => error.record_id(),
            Self::Lost { id, .. } => id.as_ref(),
            Self::Interrupted { in_doubt } => in_doubt.as_ref().map(Doubt::id),
            Self::LoginNeeded { id, .. } | Self::Fhir { id, .. } => Some(id),
            Self::NobodyCame { .. }
            | Self::Trouble { .. }
            | Self::Unsound { .. }
            | Self::Fleet(_)
            | Self::Untrusted { .. }
            | Self::Usage { .. }
            | Self::Output { .. }
            | Self::System { .. } => None,
        }
    }
}

fn fhir_hint(status: u16, id: &RecordId) -> Cow<'static, str> {
    match status {
        300..=399 => {
            Cow::Borrowed("a redirect is not followed with a token: ask for the place that is right")
        }
        401 => Cow::Owned(format!(
            "the token is not taken, and neither was a renewed one: `safire introspect {id}` tells what the server knows of it, `safire login {id}` gets another"
        )),
        403 => Cow::Owned(format!(
            "the scope may be too narrow: `safire registration show {id}` tells what was granted; ask for more with `--scope`"
        )),
        404 | 410 => Cow::Borrowed("check the path; it stands relative to the FHIR base"),
        429 | 500..=599 => Cow::Borrowed("try again later"),
        _ => Cow::Borrowed("`--explain` shows the whole exchange"),
    }
}

fn seconds(span: Duration) -> String {
    let seconds = span.as_secs_f64();
    if seconds >= 60.0 && span.as_secs().is_multiple_of(60) {
        return format!("{} min", span.as_secs() / 60);
    }
    format!("{seconds} s")
}

fn doubt_text(doubt: Option<&Doubt>) -> String {
    match doubt {
        None => String::new(),
        Some(Doubt::Registration(id)) => {
            format!(" while the server was asked: registration `{id}` is in doubt")
        }
        Some(Doubt::Management(id)) => {
            format!(" while registration `{id}` was managed: what the server did is in doubt")
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        if let Error::NotStored { registered, source } = &error
            && !matches!(source, StoreError::Rescued { .. })
        {
            return lost(registered, source.clone());
        }
        Self::Library(Box::new(error))
    }
}

/// A client that the server knows and nobody else; printing what was issued on a failure would break the rule
/// that stdout is empty then.
fn lost(registered: &Registered, source: StoreError) -> Failure {
    let registration = &registered.registration;
    let client = registration.client_id();
    let name = registration.granted().client_name.as_deref().map(|name| format!(" ({name})"));
    let name = name.unwrap_or_default();
    let endpoint = registration.endpoint().to_owned();
    let issued = match (registration.client_secret(), registration.registration_access_token()) {
        (Some(_), _) => "its secret is lost: this process ends",
        (None, Some(_)) => "its registration access token is lost: this process ends",
        (None, None) => "nothing secret is lost",
    };
    let id = registered.id().cloned();
    let forget = id.as_ref().map(|id| format!(", `safire registration forget {id}`")).unwrap_or_default();
    let or_add = if registration.client_secret().is_none() {
        format!("; or keep it with `safire registration add` and `--client-id {client}`")
    } else {
        String::new()
    };
    Failure::Lost {
        message: format!(
            "client `{client}`{name} was registered at {endpoint}, but could not be stored, and {issued}"
        ),
        hint: format!(
            "mend the store first; then ask the server's operator to delete client `{client}`{forget} and register again{or_add}"
        ),
        endpoint,
        id,
        source: Box::new(source),
    }
}
