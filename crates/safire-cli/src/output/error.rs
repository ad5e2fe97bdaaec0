//! How a failure is told: `error:`, `caused by:`, `hint:` for people, one JSON line for programs.

use std::error::Error as StdError;
use std::fmt::Write as _;
use std::panic::PanicHookInfo;

use safire::Error;
use safire::protocol::fault::Diagnose;
use safire::protocol::fault::Fault;
use safire::protocol::server_answer::ServerAnswer;
use serde_json::Value;
use serde_json::json;

use super::Output;
use super::clean;
use super::write_stderr;
use crate::failure::Failure;

const BOLD_RED: anstyle::Style = anstyle::AnsiColor::Red.on_default().bold();
const BOLD: anstyle::Style = anstyle::Style::new().bold();

/// Tells a failure on stderr.
pub(crate) fn render(output: Output, failure: &Failure) {
    let text = if output.is_json() { json_line(failure) } else { for_people(failure) };
    write_stderr(&text);
}

fn for_people(failure: &Failure) -> String {
    // A client id or a name may be what a server wrote.
    let mut text = format!("{BOLD_RED}error:{BOLD_RED:#} {}\n", clean_lines(&failure.to_string()));
    for cause in causes(failure) {
        let _ = writeln!(text, "{BOLD}caused by:{BOLD:#} {}", clean_lines(&cause));
    }
    if let Some(hint) = failure.hint() {
        let _ = writeln!(text, "{BOLD}hint:{BOLD:#} {}", clean(&hint));
    }
    text
}

/// A failure of trust lists the paths that were tried; no line of it can be taken for one of ours.
fn clean_lines(text: &str) -> String {
    text.lines().map(clean).collect::<Vec<_>>().join("\n  ")
}

fn json_line(failure: &Failure) -> String {
    let message = in_one_line(failure);
    let (fault, endpoint, answer, retryable) = match failure {
        Failure::Library(error)
        | Failure::FleetStore(error)
        | Failure::LoginNeeded { error: Some(error), .. } => {
            (error.fault(), error.endpoint(), error.server_answer(), error.is_retryable())
        }
        Failure::Fhir { url, answer, .. } => {
            (Fault::Server, Some(url.as_str()), Some(&**answer), matches!(answer.status, 429 | 500..=599))
        }
        Failure::Fleet(failure) => (failure.fault, None, None, failure.fault == Fault::Server),
        Failure::NobodyCame { .. } => (Fault::Caller, None, None, true),
        Failure::Untrusted { .. } => (Fault::Trust, None, None, false),
        Failure::Lost { endpoint, source, .. } => (source.fault(), Some(endpoint.as_str()), None, false),
        Failure::Trouble { .. } => (Fault::Server, None, None, false),
        Failure::Unsound { .. } => (Fault::Store, None, None, false),
        Failure::Usage { .. }
        | Failure::LoginNeeded { error: None, .. }
        | Failure::Interrupted { .. }
        | Failure::Output { .. }
        | Failure::System { .. } => (Fault::Caller, None, None, false),
    };
    let (server_error, description, uri) = said(failure, answer);
    let error = json!({
        "code": failure.code(),
        "message": message,
        "fault": fault.as_str(),
        "endpoint": endpoint,
        "status": answer.map(|answer| answer.status),
        "server_error": server_error,
        "server_error_description": description,
        "server_error_uri": uri,
        "hint": failure.hint(),
        "retryable": retryable,
        "id": failure.id().map(ToString::to_string),
    });
    format!("{}\n", json!({ "error": error }))
}

/// An error and its causes.
pub(crate) fn in_one_line(error: &dyn StdError) -> String {
    causes(error).into_iter().fold(error.to_string(), |all, cause| format!("{all}: {cause}"))
}

/// What a server said of its refusal: in its answer, or in a callback.
fn said<'a>(
    failure: &'a Failure,
    answer: Option<&'a ServerAnswer>,
) -> (Option<&'a str>, Option<&'a str>, Option<&'a str>) {
    if let Some(answer) = answer {
        let (error, description) = (answer.error.as_deref(), answer.error_description.as_deref());
        return (error, description, answer.error_uri.as_deref());
    }
    let (Failure::Library(error) | Failure::FleetStore(error)) = failure else { return (None, None, None) };
    let refusal = if let Error::Callback(error) = error.without_record() { error.refusal() } else { None };
    let description = refusal.and_then(|refusal| refusal.description.as_deref());
    (
        refusal.map(|refusal| refusal.code.as_str()),
        description,
        refusal.and_then(|refusal| refusal.uri.as_deref()),
    )
}

/// The causes below an error, without those that only repeat their parent.
fn causes(failure: &dyn StdError) -> Vec<String> {
    let mut told = failure.to_string();
    let mut causes = Vec::new();
    let mut next = failure.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        if !told.contains(&text) {
            causes.push(text.clone());
            told = text;
        }
        next = cause.source();
    }
    causes
}

/// The JSON line of a command line that could not be read.
pub(crate) fn usage_line(message: &str, hint: &str) -> String {
    plain_line("usage", message, Fault::Caller, hint)
}

/// The text of a command line that could not be read.
pub(crate) fn usage_text(message: &str, hint: &str) -> String {
    format!("{BOLD_RED}error:{BOLD_RED:#} {message}\n{BOLD}hint:{BOLD:#} {hint}\n")
}

fn plain_line(code: &str, message: &str, fault: Fault, hint: &str) -> String {
    let error = json!({
        "code": code, "message": message, "fault": fault.as_str(), "endpoint": Value::Null, "status": Value::Null,
        "server_error": Value::Null, "server_error_description": Value::Null, "server_error_uri": Value::Null,
        "hint": hint, "retryable": false, "id": Value::Null,
    });
    format!("{}\n", json!({ "error": error }))
}

/// A panic is told as what it is; its message is left out, for it may hold what nobody checked for secrets.
pub(crate) fn report_panics(output: Output) {
    const HINT: &str = "please report it with the command line, without its secrets";
    std::panic::set_hook(Box::new(move |info: &PanicHookInfo<'_>| {
        let place = info.location().map(|place| format!(" ({}:{})", place.file(), place.line()));
        let message = format!("a bug in safire{}", place.unwrap_or_default());
        write_stderr(&if output.is_json() {
            plain_line("bug", &message, Fault::Bug, HINT)
        } else {
            usage_text(&message, HINT)
        });
    }));
}
